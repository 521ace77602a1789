/** The root of a covariance matrix, also of one without full rank. */

/** A matrix A with its rows and columns in another order is L L', L lower triangular with `rank` columns. */
export interface PivotedRoot {
  /** Row `at` of L belongs to row `order[at]` of A. */
  readonly order: Uint32Array;
  /** size x size, row by row; columns from `rank` on are zero. */
  readonly root: Float64Array;
  readonly rank: number;
}

/**
 * Cholesky decomposition with the largest remaining diagonal element as the pivot (Higham, Accuracy and Stability, 10.3) of a symmetric positive
 * semidefinite size x size matrix. Ends where what remains is rounding.
 */
export function pivotedCholesky(matrix: Float64Array, size: number): PivotedRoot {
  const order = Uint32Array.from({ length: size }, (_, at) => at);
  const root = new Float64Array(size * size);
  const remaining = Float64Array.from({ length: size }, (_, at) => matrix[at * size + at] ?? 0);
  const negligible = size * Number.EPSILON * remaining.reduce((largest, value) => Math.max(largest, value), 0);
  for (let column = 0; column < size; column++) {
    const pivot = largestFrom(remaining, column);
    if ((remaining[pivot] ?? 0) <= negligible) return { order, root, rank: column };
    swap(order, column, pivot);
    swap(remaining, column, pivot);
    swapRows(root, { size, columns: column, one: column, other: pivot });
    const head = Math.sqrt(remaining[column] ?? 0);
    root[column * size + column] = head;
    for (let row = column + 1; row < size; row++) {
      const value =
        ((matrix[(order[row] ?? 0) * size + (order[column] ?? 0)] ?? 0) -
          dotRows(root, { size, columns: column, one: row, other: column })) /
        head;
      root[row * size + column] = value;
      remaining[row] = (remaining[row] ?? 0) - value * value;
    }
  }
  return { order, root, rank: size };
}

function largestFrom(values: Float64Array, from: number): number {
  let found = from;
  for (let at = from + 1; at < values.length; at++) if ((values[at] ?? 0) > (values[found] ?? 0)) found = at;
  return found;
}

function swap(values: Float64Array | Uint32Array, one: number, other: number): void {
  const kept = values[one] ?? 0;
  values[one] = values[other] ?? 0;
  values[other] = kept;
}

/** The first columns of two rows. */
interface TwoRows {
  readonly size: number;
  readonly columns: number;
  readonly one: number;
  readonly other: number;
}

function swapRows(root: Float64Array, { size, columns, one, other }: TwoRows): void {
  for (let at = 0; at < columns; at++) swap(root, one * size + at, other * size + at);
}

function dotRows(root: Float64Array, { size, columns, one, other }: TwoRows): number {
  const [first, second] = [one * size, other * size];
  let sum = 0;
  for (let at = 0; at < columns; at++) sum += (root[first + at] ?? 0) * (root[second + at] ?? 0);
  return sum;
}
