/** Smoothing curves, and nothing else. */
import type { Values } from '../report-data.ts';

/**
 * An exponential average: `weight`, from 0 to below 1, is the share of what came before. It is unbiased, so a curve begins at its
 * first value: y_n = Σ w^(n-i) x_i / Σ w^(n-i). Gaps stay gaps.
 */
export function smoothed(values: Values, weight: number): (number | null)[] {
  let [sum, weights] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + value;
    weights = weight * weights + 1;
    return sum / weights;
  });
}
