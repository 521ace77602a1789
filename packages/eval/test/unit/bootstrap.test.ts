/** Intervals say how sure a mean is. */
import { expect, it } from 'vitest';
import { bootstrapInterval, estimateMean, pairedDifference, quantile } from '../../src/index.ts';
import { features } from './golden/inputs.ts';

const drawn = [...features(5, 1, 400).data].map((value, at) => value * (1 + at));

it('agrees with the normal approximation where that holds', () => {
  const { mean, interval } = estimateMean(drawn, { resamples: 4000 });
  const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (drawn.length - 1));
  const half = (1.96 * deviation) / Math.sqrt(drawn.length);
  expect((interval.high - mean) / half).toBeCloseTo(1, 1);
  expect((mean - interval.low) / half).toBeCloseTo(1, 1);
});

it('gives the same interval for the same seed only', () => {
  expect(estimateMean(drawn, { seed: 3 })).toEqual(estimateMean(drawn, { seed: 3 }));
  expect(estimateMean(drawn, { seed: 3 })).not.toEqual(estimateMean(drawn, { seed: 4 }));
});

it('sees a small difference that pictures share, which two intervals would hide', () => {
  const better = drawn.map((value, at) => value + 0.05 + 0.01 * (at % 3));
  const { interval } = pairedDifference(better, drawn);
  expect(interval.low).toBeGreaterThan(0);
  expect(estimateMean(better).interval.low).toBeLessThan(estimateMean(drawn).interval.high);
  expect(() => pairedDifference(better, [1])).toThrow(/got 400 and 1 values/);
});

it('leaves draws without a value out, and has edges', () => {
  const { low, high } = bootstrapInterval(2, ([one, other]) => (one === other ? Number.NaN : 5));
  expect([low, high]).toEqual([5, 5]);
  expect(bootstrapInterval(1, () => Number.NaN)).toEqual({ low: Number.NaN, high: Number.NaN });
  expect(quantile([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.5)).toBe(Number.POSITIVE_INFINITY);
  expect(quantile([], 0.5)).toBeNaN();
});
