/** The pairs of a study: what belongs together, what is drawn, and names that tell nothing. */
import { expect, it } from 'vitest';
import { drawPairs } from '../../../src/study/draw-pairs.ts';

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

it('are of one name where the sets share names, each once, in random order', () => {
  const drawn = drawPairs({ real: ['alone', ...numbered('p', 30)], generated: numbered('p', 30), least: 5, seed: 1 });
  expect(drawn.every(({ real, generated }) => real === generated)).toBe(true);
  expect(new Set(drawn.map(({ real }) => real))).toEqual(new Set(numbered('p', 30)));
  expect(drawn.map(({ real }) => real)).not.toEqual(numbered('p', 30));
});

it('are any two where they share none, no picture twice', () => {
  const drawn = drawPairs({ real: numbered('zebra', 9), generated: numbered('horse', 12), least: 5, seed: 1 });
  expect(drawn).toHaveLength(9);
  for (const side of ['real', 'generated'] as const) expect(new Set(drawn.map((pair) => pair[side])).size).toBe(9);
});

it('are the same for the same seed, and as many as are asked for', () => {
  const draw = (seed: number) => drawPairs({ real: numbered('p', 30), generated: numbered('p', 30), count: 12, least: 5, seed });
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).toHaveLength(12);
  expect(draw(2).map(({ real }) => real)).not.toEqual(draw(1).map(({ real }) => real));
});

it('have files whose order says nothing of which is real', () => {
  const drawn = drawPairs({ real: numbered('p', 400), generated: numbered('p', 400), least: 1, seed: 1 });
  const first = drawn.filter(({ files }) => files.real < files.generated).length;
  // five standard deviations of a fair coin
  expect(Math.abs(first - 200)).toBeLessThan(50);
  expect(new Set(drawn.flatMap(({ files }) => Object.values(files))).size).toBe(800);
});

it('are refused when there are too few, with the remedy', () => {
  const few = { real: numbered('p', 30), generated: numbered('p', 30), least: 50, seed: 1 };
  expect(() => drawPairs(few)).toThrow(/a study of 50 pairs.* there are 30: give fewer --trials or --practice/);
});
