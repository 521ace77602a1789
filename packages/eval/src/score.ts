/** Many measurements in one figure. */

/** A mean over pictures, and the standard error of that mean. */
export interface Score {
  readonly mean: number;
  readonly standardError: number;
}

/** The mean of some measurements, and how sure it is. */
export function summarise(values: readonly number[]): Score {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, standardError: Math.sqrt(variance / values.length) };
}
