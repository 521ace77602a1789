/** Runs side by side: which is the best, and how sure a difference is. */
import { PALETTES, scorePictures, scoreSegmentations } from '@cyclegan/eval';
import { describe, expect, it } from 'vitest';
import { compareRuns, picturesSideBySide } from '../../../src/evaluate/comparison.ts';
import { comparisonLines } from '../../../src/evaluate/comparison-report.ts';
import { differenceOf, meanFigure, pictureFigures, segmentationFigures } from '../../../src/evaluate/figures.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const loss = (values: readonly number[], pictures = NAMES) => meanFigure({ name: 'L1', better: 'lower', digits: 1 }, pictures, values);

it('marks the best of each column, lower or higher, and lets a figure be missing', () => {
  const share = meanFigure({ name: 'share', better: 'higher', digits: 2 }, NAMES, [1, 0, 1, 0]);
  const runs = [
    { name: 'one', figures: [loss([4, 4, 4, 4])], pictures: [] },
    { name: 'two', figures: [loss([2, 2, 2, 6]), share], pictures: [] },
  ];
  const comparison = compareRuns(runs, 'one', {});
  expect(comparison.columns.map(({ name }) => name)).toEqual(['L1', 'share']);
  expect(comparison.rows.map(({ values }) => values.map((value) => value?.best))).toEqual([
    [false, undefined],
    [true, true],
  ]);
  expect(comparison.rows[1]?.values[0]?.difference?.mean).toBe(-1);
  expect(comparison.rows[0]?.values[0]?.difference).toBeUndefined();
  const lines = comparisonLines(comparison, { title: 'Both', about: [], pictures: [] });
  expect(lines).toContain('one  4.0      -');
  expect(lines.at(-1)).toMatch(/^two +-1\.0 \[-2\.0, \+1\.0\] +-$/);
});

describe('a difference', () => {
  it('is as sure as the pictures agree on it, however much they differ themselves', () => {
    const [better, worse] = [loss([1, 20, 300, 4000]), loss([2, 21, 301, 4001])];
    expect(differenceOf(worse, better, {})).toEqual({ mean: 1, interval: { low: 1, high: 1 } });
  });

  it('of other pictures has no interval', () => {
    expect(differenceOf(loss([3, 3, 3, 3]), loss([1, 1, 1, 1], ['a', 'b', 'c', 'e']), {})).toEqual({ mean: 2 });
  });
});

it('figures of some pictures are those of an evaluation of these alone', async () => {
  const map = (...data: number[]) => ({ width: 2, height: 1, data: Uint8Array.from(data) });
  const maps = [
    { name: 'a', predicted: map(0, 1), truth: map(0, 1) },
    { name: 'b', predicted: map(0, 0), truth: map(2, 1) },
    { name: 'c', predicted: map(3, 3), truth: map(3, 1) },
  ];
  const all = segmentationFigures(await scoreSegmentations(maps, { palette: PALETTES.town }));
  const some = segmentationFigures(await scoreSegmentations(maps.slice(1), { palette: PALETTES.town }));
  for (const [at, figure] of all.entries()) expect(figure.over?.of([1, 2])).toBeCloseTo(some[at]?.value ?? Number.NaN, 12);
  const picture = (value: number) => ({ width: 12, height: 12, channels: 3 as const, data: new Uint8Array(432).fill(value) });
  const pairs = [10, 20, 60].map((value, at) => ({ name: NAMES[at] ?? '', picture: picture(value), truth: picture(0) }));
  const figures = pictureFigures('A to B', await scorePictures(pairs));
  expect(figures[0]).toMatchObject({ name: 'A to B, L1', better: 'lower', value: 30 });
  expect(figures[0]?.over?.of([0, 1])).toBe(15);
});

it('puts the same places of all runs side by side, between what was translated and what is real', () => {
  const picture = { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) };
  const row = (name: string) => ({ name, note: '', pictures: ['input', 'generated', 'real'].map((about) => ({ about, picture })) });
  const rows = picturesSideBySide([
    { name: 'one', figures: [], pictures: [row('x'), row('y')] },
    { name: 'two', figures: [], pictures: [row('x'), row('y')] },
  ]);
  expect(rows.map(({ name }) => name)).toEqual(['input', 'one', 'two', 'real']);
  expect(rows.map(({ pictures }) => pictures.map(({ about }) => about))).toEqual(Array(4).fill(['x', 'y']));
});
