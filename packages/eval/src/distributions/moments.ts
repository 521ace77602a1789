/** Means and covariances of features, in double precision and about the mean, which loses no digits where means are large. */
import { dot } from './dot.ts';
import type { Features } from './features.ts';

/** Pictures whose products are summed before they go to memory: their features fit into a processor's cache. */
const BLOCK = 256;

/** The mean row. */
export function meanRow({ count, width, data }: Features): Float64Array {
  const mean = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < width; at++) mean[at] = (mean[at] ?? 0) + (data[row * width + at] ?? 0);
  }
  return mean.map((sum) => sum / count);
}

/** All rows less their mean, divided by sqrt(count - 1), so that products of its columns are covariances. */
export function centredRows({ count, width, data }: Features, mean: Float64Array): Float64Array {
  const scale = 1 / Math.sqrt(count - 1);
  const centred = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < width; at++) centred[row * width + at] = ((data[row * width + at] ?? 0) - (mean[at] ?? 0)) * scale;
  }
  return centred;
}

/** The covariance matrix with count - 1 as the divisor: width x width, symmetric. */
export function covariance(features: Features, mean: Float64Array): Float64Array {
  const { count, width } = features;
  const matrix = new Float64Array(width * width);
  const columns = new Float64Array(width * BLOCK);
  for (let first = 0; first < count; first += BLOCK) {
    const length = Math.min(BLOCK, count - first);
    fillColumns(columns, features, { mean, first, length });
    for (let row = 0; row < width; row++) {
      for (let at = 0; at <= row; at++) {
        const cell = row * width + at;
        matrix[cell] = (matrix[cell] ?? 0) + dot(columns, row * BLOCK, columns, at * BLOCK, length);
      }
    }
  }
  for (let row = 0; row < width; row++) {
    for (let at = 0; at <= row; at++) {
      const value = (matrix[row * width + at] ?? 0) / (count - 1);
      matrix[row * width + at] = value;
      matrix[at * width + row] = value;
    }
  }
  return matrix;
}

/** The features of some pictures about their mean, all numbers of one feature side by side. */
function fillColumns(
  columns: Float64Array,
  { width, data }: Features,
  { mean, first, length }: { readonly mean: Float64Array; readonly first: number; readonly length: number },
): void {
  for (let row = 0; row < length; row++) {
    for (let at = 0; at < width; at++) columns[at * BLOCK + row] = (data[(first + row) * width + at] ?? 0) - (mean[at] ?? 0);
  }
}
