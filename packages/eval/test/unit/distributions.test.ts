/** Distances between distributions at their edges: equal sets, few pictures, subsets, and what is refused. */
import { describe, expect, it } from 'vitest';
import {
  type Compared,
  classChangeRate,
  drawSubsets,
  FeatureList,
  frechetDistance,
  kernelDistance,
  likeliestClass,
  MetricError,
  precisionRecall,
} from '../../src/index.ts';
import { features } from './golden/inputs.ts';

describe('feature lists', () => {
  it('keep what is added, in order', () => {
    const list = new FeatureList();
    for (let row = 0; row < 100; row++) list.add([row, -row, row / 2], 3);
    list.add([1, 2, 3, 4, 5, 6], 3);
    const { count, width, data } = list.features;
    expect([count, width, data.length]).toEqual([102, 3, 306]);
    expect([...data.slice(3 * 99)]).toEqual([99, -99, 49.5, 1, 2, 3, 4, 5, 6]);
    expect(() => list.add([1, 2], 2)).toThrow(/expected 3 numbers/);
  });
});

describe('FID', () => {
  it('of equal sets is 0, by both ways', () => {
    for (const [count, width] of [
      [50, 10],
      [10, 50],
    ] as const) {
      const real = features(1, count, width);
      expect(frechetDistance({ real, generated: real }).value).toBeCloseTo(0, 6);
    }
  });

  it('of sets that are moved apart grows by the square of the distance', () => {
    const [real, generated] = [features(1, 40, 8), features(1, 40, 8, { shift: 3 })];
    expect(frechetDistance({ real, generated })).toMatchObject({ value: expect.closeTo(72, 6), means: expect.closeTo(72, 9) });
  });

  it('does not depend on the order of the sets, or on a common large mean', () => {
    const [real, generated] = [features(1, 40, 8), features(2, 30, 8, { scale: 2 })];
    const { value } = frechetDistance({ real, generated });
    expect(frechetDistance({ real: generated, generated: real }).value).toBeCloseTo(value, 9);
    const far = { real: features(1, 40, 8, { shift: 1e6 }), generated: features(2, 30, 8, { scale: 2, shift: 1e6 }) };
    expect(frechetDistance(far).value).toBeCloseTo(value, 7);
  });

  it('warns, as data, of fewer pictures than features', () => {
    const [warning] = frechetDistance({ real: features(1, 9, 8), generated: features(2, 8, 8) }).warnings;
    expect(warning).toMatchObject({ kind: 'few-samples', real: 9, generated: 8, features: 8 });
    expect(warning?.message).toContain('8 features');
    expect(frechetDistance({ real: features(1, 9, 8), generated: features(2, 9, 8) }).warnings).toEqual([]);
  });
});

describe('KID', () => {
  it('is about 0 for halves of one set, and larger for another', () => {
    const [real, same, other] = [features(1, 80, 6), features(2, 80, 6), features(3, 80, 6, { shift: 0.5 })];
    const near = kernelDistance({ real, generated: same });
    const far = kernelDistance({ real, generated: other });
    expect(Math.abs(near.mean)).toBeLessThan(far.mean / 10);
    expect(near).toMatchObject({ subsets: 100, subsetSize: 40 });
    expect(kernelDistance({ real, generated: same })).toEqual(near);
    expect(kernelDistance({ real, generated: same }, { seed: 1 }).mean).not.toBe(near.mean);
  });

  it('draws subsets without repetition', () => {
    const drawn = drawSubsets({ real: 20, generated: 9 }, { subsets: 30, subsetSize: 9 });
    expect(drawn).toHaveLength(30);
    for (const { real, generated } of drawn) {
      expect(new Set(real).size).toBe(9);
      expect([...generated]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
    expect(new Set(drawn.flatMap(({ real }) => [...real])).size).toBe(20);
    expect(() => drawSubsets({ real: 20, generated: 9 }, { subsetSize: 10 })).toThrow(/2 to 9 pictures/);
  });
});

describe('precision and recall', () => {
  it('are 1 for equal sets and 0 for sets far apart', () => {
    const real = features(1, 20, 4);
    expect(precisionRecall({ real, generated: real })).toMatchObject({ precision: 1, recall: 1, neighbours: 3 });
    expect(precisionRecall({ real, generated: features(2, 20, 4, { shift: 100 }) })).toMatchObject({ precision: 0, recall: 0 });
  });

  it('tell sameness from quality', () => {
    const real = features(1, 60, 4);
    const one = { ...real, count: 20, data: new Float64Array(80).map((_, at) => real.data[at % 4] ?? 0) };
    const { precision, recall } = precisionRecall({ real, generated: one });
    expect(precision).toBe(1);
    expect(recall).toBeLessThan(0.1);
  });
});

it('finds the likeliest class and its share', () => {
  const found = likeliestClass([1, 3, 2, 5, 5, 0, -1, -3, -2], 3);
  expect(found).toEqual([1, 0, 0]);
  expect(classChangeRate(found, 0)).toBeCloseTo(2 / 3, 15);
});

it.each<[string, Compared, RegExp]>([
  ['widths', { real: features(1, 9, 8), generated: features(2, 9, 7) }, /one network, got 8 and 7 numbers/],
  ['too few', { real: features(1, 9, 8), generated: features(2, 1, 8) }, /at least \d generated pictures, got 1/],
  [
    'numbers',
    { real: { count: 5, width: 2, data: new Float64Array(10).fill(Number.NaN) }, generated: features(2, 5, 2) },
    /real pictures is not finite/,
  ],
])('refuses features that do not fit: %s', (_, compared, message) => {
  for (const measure of [frechetDistance, kernelDistance, precisionRecall]) {
    expect(() => measure(compared)).toThrow(message);
    expect(() => measure(compared)).toThrow(MetricError);
  }
});
