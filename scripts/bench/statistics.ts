/** The few numbers by which timings are told. */

/** Seconds, or whatever is given, of several runs. */
export interface Figure {
  readonly min: number;
  readonly median: number;
  /** The largest to the smallest. */
  readonly spread: number;
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Sums values up. */
export function figureOf(values: readonly number[]): Figure {
  const min = Math.min(...values);
  return { min, median: median(values), spread: Math.max(...values) / min };
}
