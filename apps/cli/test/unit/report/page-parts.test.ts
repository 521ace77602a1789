/** What the script of the report works out before it shows anything. */
import { expect, it } from 'vitest';
import { chartsOf } from '../../../src/report/page/chart-list.ts';
import { formatValue } from '../../../src/report/page/format.ts';
import { isStale } from '../../../src/report/page/news.ts';
import { captionOf, legendsOf } from '../../../src/report/page/picture-texts.ts';
import { smoothed } from '../../../src/report/page/smoothing.ts';

it('smooths without a bias at the start, and over gaps', () => {
  expect(smoothed([1, 2, 3], 0)).toEqual([1, 2, 3]);
  const [first, gap, third] = smoothed([4, null, 1], 0.5);
  expect([first, gap]).toEqual([4, null]);
  // (0.5 * 4 + 1) / (0.5 + 1)
  expect(third).toBeCloseTo(2, 12);
  expect(smoothed(Array(50).fill(7), 0.9).at(-1)).toBeCloseTo(7, 12);
});

it.each([
  [0, '0'],
  [0.123456, '0.123'],
  [-12.34, '-12.3'],
  [2.0000001e-4, '2e-4'],
  [1.5e-7, '1.5e-7'],
  [2713, '2,713'],
  [3e8, '3e+8'],
])('shows %f as %s', (value, text) => {
  expect(formatValue(value)).toBe(text);
});

it('misses news only of a run that is trained, and later the slower its steps are', () => {
  const progress = { step: 1, lastStep: 9, epoch: 1, epochs: 1, saved: 0 };
  const after = (seconds: number, secondsPerStep: number, status: 'training' | 'done' = 'training') =>
    isStale({ status, updated: 5000, progress: { ...progress, secondsPerStep } }, 5000 + seconds * 1000);
  expect([after(89, 0.1), after(91, 0.1), after(91, 0.1, 'done'), after(299, 30), after(301, 30)]).toEqual([
    false,
    true,
    false,
    false,
    true,
  ]);
});

it('draws each curve once, also one that it does not know', () => {
  const curves = ['discA', 'discB', 'ganAB', 'ganBA', 'learningRate', 'seconds', 'other'];
  const charts = chartsOf(curves);
  expect(charts.flatMap(({ lines }) => lines.map(({ curve }) => curve)).sort()).toEqual([...curves].sort());
  expect(charts.at(-1)?.title).toBe('other');
});

it('says what pictures show, also those that it does not know', () => {
  expect(captionOf('fake', 'A')).toBe('translated to B');
  expect(captionOf('patchFake', 'B', 0.25)).toBe('what the discriminator of A makes of the translation: 0.25');
  expect(captionOf('someOtherMap', 'A')).toBe('some other map');
  expect(legendsOf(['real', 'fake'])).toEqual([]);
  expect(legendsOf(['recDifference', 'patchReal'])).toHaveLength(2);
});
