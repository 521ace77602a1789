/** Quantiles and bootstrap intervals are NumPy's, draws included. */
import { expect, it } from 'vitest';
import { estimateMean, pairedDifference, quantile } from '../../../src/index.ts';
import { features, golden } from './inputs.ts';

interface Golden {
  readonly shares: readonly number[];
  readonly quantiles: readonly number[];
  readonly mean: number;
  readonly interval: readonly [number, number];
  readonly difference: { readonly mean: number; readonly interval: readonly [number, number] };
}

const expected = golden<Golden>('statistics');
const [values, other] = [31, 32].map((seed) => [...features(seed, 1, 40).data]) as [number[], number[]];
const near = (value: number) => expect.closeTo(value, 12);

it('interpolates quantiles', () => {
  const sorted = Float64Array.from(values).sort();
  expect(expected.shares.map((share) => quantile(sorted, share))).toEqual(expected.quantiles.map(near));
});

it('draws and bounds means and differences', () => {
  const options = { seed: 7, resamples: 200 };
  const [low, high] = expected.interval;
  expect(estimateMean(values, options)).toEqual({ mean: near(expected.mean), interval: { low: near(low), high: near(high) } });
  const [least, most] = expected.difference.interval;
  const { mean } = expected.difference;
  expect(pairedDifference(values, other, options)).toEqual({ mean: near(mean), interval: { low: near(least), high: near(most) } });
});
