/** The pairs of a study: what belongs together, what is drawn, and names that tell nothing. */
import { expect, it } from 'vitest';
import { drawPairs } from '../../../src/study/draw-pairs.ts';

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

it('are of one name where the sets share names, each once, in random order', () => {
  const { pairs: drawn, alone } = drawPairs({ real: ['alone', ...numbered('p', 30)], generated: numbered('p', 30), least: 5, seed: 1 });
  expect(drawn.every(({ real, generated }) => real === generated)).toBe(true);
  expect(new Set(drawn.map(({ real }) => real))).toEqual(new Set(numbered('p', 30)));
  expect(drawn.map(({ real }) => real)).not.toEqual(numbered('p', 30));
  expect(alone).toBe(1);
});

it('are any two where they share none, no picture twice', () => {
  const { pairs: drawn } = drawPairs({ real: numbered('zebra', 9), generated: numbered('horse', 12), least: 5, seed: 1 });
  expect(drawn).toHaveLength(9);
  for (const side of ['real', 'generated'] as const) expect(new Set(drawn.map((pair) => pair[side])).size).toBe(9);
});

it('are the same for the same seed, and as many as are asked for', () => {
  const draw = (seed: number) => {
    const { pairs } = drawPairs({ real: numbered('p', 30), generated: numbered('p', 30), count: 12, least: 5, seed });
    return pairs.map(({ real }) => real);
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).toHaveLength(12);
  expect(draw(2)).not.toEqual(draw(1));
});

it('have files whose order says nothing of which is real', () => {
  const draw = () => drawPairs({ real: numbered('p', 400), generated: numbered('p', 400), least: 1, seed: 1 }).pairs;
  const drawn = draw();
  const first = drawn.filter(({ files }) => files.real < files.generated).length;
  // eight standard deviations of a fair coin: the names are new each time
  expect(Math.abs(first - 200)).toBeLessThan(80);
  expect(new Set([...drawn, ...draw()].flatMap(({ files }) => Object.values(files))).size).toBe(1600);
});

it('are refused when there are too few, with the remedy', () => {
  const few = { real: numbered('zebra', 30), generated: numbered('horse', 30), least: 50, seed: 1 };
  expect(() => drawPairs(few)).toThrow(/a study of 50 pairs.* there are 30: give fewer --trials or --practice\.$/);
  const oneShared = { ...few, real: [...numbered('zebra', 60), 'same'], generated: [...numbered('horse', 60), 'same'] };
  expect(() => drawPairs(oneShared)).toThrow(
    /there are 1 of one name \(of 61 real and 61 generated pictures\): .*names that agree for all pictures or for none/,
  );
});
