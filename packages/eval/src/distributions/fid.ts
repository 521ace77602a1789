/**
 * Frechet Inception Distance (Heusel et al., NeurIPS 2017) with any features: |m1 - m2|^2 + tr C1 + tr C2 - 2 tr (C1 C2)^(1/2) of their means
 * and covariances. The last trace is found from eigenvalues of symmetric matrices alone, which stay real and need no matrix root.
 */
import { dot } from './dot.ts';
import { type Compared, checkFeatures, type Features, type FewSamples } from './features.ts';
import { centredRows, covariance, meanRow } from './moments.ts';
import { pivotedCholesky } from './pivoted-cholesky.ts';
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts';

/** The distance and what it is made of. */
export interface FrechetDistance {
  readonly value: number;
  /** The squared distance of the means. */
  readonly means: number;
  /** What the covariances add. */
  readonly covariances: number;
  /** Where the trace came from: products of pictures' features ('gram') when there are fewer pictures than features, else covariances. */
  readonly method: 'gram' | 'covariance';
  readonly warnings: readonly FewSamples[];
}

/** The Frechet distance of real and generated pictures; throws MetricError for fewer than 2 of either, or features that do not fit. */
export function frechetDistance(compared: Compared): FrechetDistance {
  checkFeatures('FID', { ...compared, least: 2 });
  const { real, generated } = compared;
  const means = { real: meanRow(real), generated: meanRow(generated) };
  const squared = means.real.reduce((sum, value, at) => sum + (value - (means.generated[at] ?? 0)) ** 2, 0);
  const method = Math.min(real.count, generated.count) <= real.width ? 'gram' : 'covariance';
  const covariances = (method === 'gram' ? byGram : byCovariance)(compared, means);
  // rounding may leave equal sets a trifle below 0
  return { value: Math.max(0, squared + covariances), means: squared, covariances, method, warnings: fewSamples(compared) };
}

interface Means {
  readonly real: Float64Array;
  readonly generated: Float64Array;
}

/** tr C1 + tr C2 - 2 tr (C1 C2)^(1/2): with C1 = L L', the eigenvalues of C1 C2 are those of the symmetric L' C2 L. */
function byCovariance({ real, generated }: Compared, means: Means): number {
  const size = real.width;
  const [first, second] = [covariance(real, means.real), covariance(generated, means.generated)];
  const { order, root, rank } = pivotedCholesky(first, size);
  const half = new Float64Array(size * rank);
  for (let row = 0; row < size; row++) {
    for (let other = 0; other < size; other++) {
      const value = second[(order[row] ?? 0) * size + (order[other] ?? 0)] ?? 0;
      addRow(half, row * rank, { factor: value, from: root, first: other * size, length: Math.min(other + 1, rank) });
    }
  }
  const product = new Float64Array(rank * rank);
  for (let row = 0; row < size; row++) {
    for (let at = 0; at <= Math.min(row, rank - 1); at++) {
      addRow(product, at * rank, { factor: root[row * size + at] ?? 0, from: half, first: row * rank, length: at + 1 });
    }
  }
  return trace(first, size) + trace(second, size) - 2 * sumOfRoots(symmetricEigenvalues(product, rank));
}

interface ScaledRow {
  readonly factor: number;
  readonly from: Float64Array;
  readonly first: number;
  readonly length: number;
}

function addRow(to: Float64Array, start: number, { factor, from, first, length }: ScaledRow): void {
  for (let at = 0; at < length; at++) to[start + at] = (to[start + at] ?? 0) + factor * (from[first + at] ?? 0);
}

/** The same from rows X, Y of features about their means, C1 = X'X and C2 = Y'Y: the roots are the singular values of X Y'. */
function byGram({ real, generated }: Compared, means: Means): number {
  const { width } = real;
  const rows = [
    { count: real.count, data: centredRows(real, means.real) },
    { count: generated.count, data: centredRows(generated, means.generated) },
  ] as const;
  const [few, many] = real.count <= generated.count ? rows : ([rows[1], rows[0]] as const);
  const across = new Float64Array(few.count * many.count);
  for (let row = 0; row < few.count; row++) {
    for (let other = 0; other < many.count; other++)
      across[row * many.count + other] = dot(few.data, row * width, many.data, other * width, width);
  }
  const product = new Float64Array(few.count * few.count);
  for (let row = 0; row < few.count; row++) {
    for (let other = 0; other <= row; other++)
      product[row * few.count + other] = dot(across, row * many.count, across, other * many.count, many.count);
  }
  const [first, second] = rows.map(({ data }) => dot(data, 0, data, 0, data.length));
  return (first ?? 0) + (second ?? 0) - 2 * sumOfRoots(symmetricEigenvalues(product, few.count));
}

function trace(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let at = 0; at < size; at++) sum += matrix[at * size + at] ?? 0;
  return sum;
}

/** The sum of square roots; what rounding has made negative counts 0. */
function sumOfRoots(values: Float64Array): number {
  return values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

/** A warning where a covariance matrix cannot have full rank. */
function fewSamples({ real, generated }: { readonly real: Features; readonly generated: Features }): FewSamples[] {
  if (Math.min(real.count, generated.count) > real.width) return [];
  const [counts, features] = [{ real: real.count, generated: generated.count }, real.width];
  const message = `FID of ${real.count} real and ${generated.count} generated pictures with ${features} features: fewer pictures than features make it far too large; compare it only with FIDs of as many pictures, or take KID.`;
  return [{ kind: 'few-samples', ...counts, features, message }];
}
