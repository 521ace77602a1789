/**
 * Kernel Inception Distance (Binkowski et al., ICLR 2018) with any features: the squared maximum mean discrepancy under the polynomial kernel
 * (x.y / d + 1)^3 in its unbiased form, so that few pictures make it no larger on average; it may be negative.
 */
import { randomStream } from '@cyclegan/core';
import { MetricError } from '../pixels.ts';
import { dot } from './dot.ts';
import { type Compared, checkFeatures, type Features } from './features.ts';

/** Pictures of each kind in a subset, as published. */
const LARGEST_SUBSET = 1000;

/** How subsets are drawn. */
export interface SubsetOptions {
  /** How many; 100 by default, 1 where a subset holds all pictures. */
  readonly subsets?: number;
  /** Pictures of each kind in a subset; 1000 by default, but at most half of the fewer, so that subsets differ and their deviation means something. */
  readonly subsetSize?: number;
  readonly seed?: number;
}

/** The numbers of the pictures in one subset. */
export interface Subset {
  readonly real: Uint32Array;
  readonly generated: Uint32Array;
}

/** The discrepancy over all subsets. */
export interface KernelDistance {
  readonly mean: number;
  /** Standard deviation over subsets, with the number of subsets as the divisor. */
  readonly deviation: number;
  readonly subsets: number;
  readonly subsetSize: number;
  /** Of each subset. */
  readonly values: readonly number[];
}

/** Pictures of each kind. */
interface Counts {
  readonly real: number;
  readonly generated: number;
}

/** Subsets of pictures, drawn without repetition inside each; throws MetricError when they need more than there are, or fewer than 2. */
export function drawSubsets(counts: Counts, { subsets = 100, subsetSize, seed = 0 }: SubsetOptions = {}): Subset[] {
  const fewer = Math.min(counts.real, counts.generated);
  const size = subsetSize ?? Math.max(2, Math.min(LARGEST_SUBSET, Math.floor(fewer / 2)));
  if (size > fewer || size < 2)
    throw new MetricError(`KID: expected subsets of 2 to ${fewer} pictures, as many as there are of either kind, got ${size}.`);
  const all = size === counts.real && size === counts.generated;
  const draw = (kind: keyof Counts, subset: number) =>
    randomStream(seed, `kid/${kind}`).permutation(subset, counts[kind]).slice(0, size).sort();
  return Array.from({ length: all ? 1 : subsets }, (_, subset) => ({ real: draw('real', subset), generated: draw('generated', subset) }));
}

/** The kernel distance of real and generated pictures; throws MetricError for fewer than 2 of either, or features that do not fit. */
export function kernelDistance(compared: Compared, options: SubsetOptions = {}): KernelDistance {
  checkFeatures('KID', { ...compared, least: 2 });
  const { real, generated } = compared;
  const drawn = drawSubsets({ real: real.count, generated: generated.count }, options);
  const values = drawn.map((subset) => meanDiscrepancy(compared, subset));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), subsets: drawn.length, subsetSize: drawn[0]?.real.length ?? 0, values };
}

/** The unbiased squared maximum mean discrepancy of a subset of m real and n generated pictures. */
export function meanDiscrepancy({ real, generated }: Compared, subset: Subset): number {
  const [m, n] = [subset.real.length, subset.generated.length];
  const within = (features: Features, chosen: Uint32Array) =>
    (2 * kernelSum(features, chosen, (at) => ({ features, chosen: chosen.subarray(0, at) }))) / (chosen.length * (chosen.length - 1));
  const across = kernelSum(real, subset.real, () => ({ features: generated, chosen: subset.generated })) / (m * n);
  return within(real, subset.real) + within(generated, subset.generated) - 2 * across;
}

interface Chosen {
  readonly features: Features;
  readonly chosen: Uint32Array;
}

/** The sum of kernels between each chosen picture and its `partners`. */
function kernelSum(features: Features, chosen: Uint32Array, partners: (at: number) => Chosen): number {
  const { width } = features;
  let sum = 0;
  for (let at = 0; at < chosen.length; at++) {
    const other = partners(at);
    const row = (chosen[at] ?? 0) * width;
    for (const partner of other.chosen) {
      const base = dot(features.data, row, other.features.data, partner * width, width) / width + 1;
      sum += base * base * base;
    }
  }
  return sum;
}
