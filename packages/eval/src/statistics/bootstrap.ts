/**
 * How sure a figure is: percentile intervals of the bootstrap (Efron 1979) over pictures. Draws are counter-based, so that the same pictures and
 * seed give the same interval everywhere.
 */
import { randomStream } from '@cyclegan/core';

/** A range that the figure would fall into with that confidence, had other pictures been drawn from where these come from. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How intervals are found. */
export interface BootstrapOptions {
  /** 0.95 by default. */
  readonly level?: number;
  /** How often pictures are drawn anew; 1000 by default. */
  readonly resamples?: number;
  readonly seed?: number;
}

/**
 * The interval of a statistic of `count` pictures: `statistic` is given the numbers of as many pictures, drawn with repetition. Draws whose
 * statistic is NaN are left out; NaN when there are none.
 *
 * @example
 * const { low, high } = bootstrapInterval(values.length, (chosen) => meanOf(values, chosen));
 */
export function bootstrapInterval(count: number, statistic: (chosen: Uint32Array) => number, options: BootstrapOptions = {}): Interval {
  return bootstrapIntervals(count, ['value'], (chosen) => ({ value: statistic(chosen) }), options).value;
}

/** The same of several statistics that are found together, by their names. */
export function bootstrapIntervals<K extends string>(
  count: number,
  names: readonly K[],
  statistics: (chosen: Uint32Array) => Readonly<Record<K, number>>,
  { level = 0.95, resamples = 1000, seed = 0 }: BootstrapOptions = {},
): Record<K, Interval> {
  const stream = randomStream(seed, 'bootstrap');
  const chosen = new Uint32Array(count);
  const found = names.map(() => new Float64Array(resamples));
  for (let draw = 0; draw < resamples; draw++) {
    for (let at = 0; at < count; at++) chosen[at] = stream.integer(draw, at, count);
    const values = statistics(chosen);
    for (const [at, name] of names.entries()) found[at]?.set([values[name]], draw);
  }
  const intervals = names.map((name, at) => [name, percentiles(found[at] ?? new Float64Array(), level)]);
  return Object.fromEntries(intervals) as Record<K, Interval>;
}

function percentiles(values: Float64Array, level: number): Interval {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const tail = (1 - level) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/** A mean and its interval. */
export interface Estimate {
  readonly mean: number;
  readonly interval: Interval;
}

/** The mean of a value a picture, and its interval; infinite values make it infinite. */
export function estimateMean(values: readonly number[], options: BootstrapOptions = {}): Estimate {
  const all = Uint32Array.from(values, (_, at) => at);
  return { mean: meanOf(values, all), interval: bootstrapInterval(values.length, (chosen) => meanOf(values, chosen), options) };
}

/**
 * How much larger the values of `a` are than those of `b` on the same pictures, with its interval: the pictures' own difficulty, which both
 * share, drops out. Throws RangeError when they are not as many.
 */
export function pairedDifference(a: readonly number[], b: readonly number[], options: BootstrapOptions = {}): Estimate {
  if (a.length !== b.length)
    throw new RangeError(`paired difference: expected two values for each picture, got ${a.length} and ${b.length} values.`);
  return estimateMean(
    a.map((value, at) => value - (b[at] ?? 0)),
    options,
  );
}

/** The value below which a share of sorted values lies, linear between neighbours as NumPy's default; NaN without values. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const [low = Number.NaN, high = low] = [sorted[below], sorted[below + 1]];
  return low === high ? low : low + (position - below) * (high - low);
}

function meanOf(values: readonly number[], chosen: Uint32Array): number {
  let sum = 0;
  for (const at of chosen) sum += values[at] ?? 0;
  return sum / chosen.length;
}
