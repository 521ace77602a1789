/**
 * Eigenvalues of symmetric matrices in double precision, without eigenvectors, which cost most and are not needed here: reduction to three
 * diagonals by Householder reflections, then the QR algorithm with Wilkinson's shifts (Golub and Van Loan, Matrix Computations, 8.3).
 */

/** The eigenvalues of a size x size matrix, of which the lower triangle is read; in no particular order. */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { diagonal, beside } = tridiagonal(matrix.slice(), size);
  const negligible = Number.EPSILON ** 2 * diagonal.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (let high = size - 1; high > 0; ) {
    for (let at = 0; at < high; at++) {
      const scale = Math.abs(diagonal[at] ?? 0) + Math.abs(diagonal[at + 1] ?? 0);
      if (Math.abs(beside[at] ?? 0) <= Number.EPSILON * scale + negligible) beside[at] = 0;
    }
    if (beside[high - 1] === 0) {
      high--;
      continue;
    }
    let low = high - 1;
    while (low > 0 && beside[low - 1] !== 0) low--;
    chaseBulge({ diagonal, beside }, low, high);
  }
  return diagonal;
}

/** A symmetric matrix that is zero but for its diagonal and what is beside it. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
}

/** The tridiagonal matrix with the eigenvalues of `a`, whose lower triangle is overwritten. */
function tridiagonal(a: Float64Array, size: number): Tridiagonal {
  const [diagonal, beside] = [new Float64Array(size), new Float64Array(Math.max(0, size - 1))];
  const [v, w] = [new Float64Array(size), new Float64Array(size)];
  for (let column = 0; column < size - 1; column++) {
    diagonal[column] = a[column * size + column] ?? 0;
    const { scale, head } = reflector(a, { size, column, v });
    beside[column] = head;
    if (scale === 0) continue;
    multiply(a, { size, from: column + 1, v, result: w });
    let overlap = 0;
    for (let at = column + 1; at < size; at++) overlap += (v[at] ?? 0) * (w[at] ?? 0);
    // A - v w' - w v' with w = s A v - s^2 (v' A v) v / 2
    for (let at = column + 1; at < size; at++) w[at] = scale * (w[at] ?? 0) - 0.5 * scale * scale * overlap * (v[at] ?? 0);
    for (let row = column + 1; row < size; row++) {
      const [vRow, wRow, first] = [v[row] ?? 0, w[row] ?? 0, row * size];
      for (let at = column + 1; at <= row; at++) a[first + at] = (a[first + at] ?? 0) - vRow * (w[at] ?? 0) - wRow * (v[at] ?? 0);
    }
  }
  if (size > 0) diagonal[size - 1] = a[size * size - 1] ?? 0;
  return { diagonal, beside };
}

/** The reflection I - scale v v' that turns what is below the diagonal of a column into `head` and zeros; a scale of 0 where it is that already. */
function reflector(
  a: Float64Array,
  { size, column, v }: { readonly size: number; readonly column: number; readonly v: Float64Array },
): { readonly scale: number; readonly head: number } {
  const top = column + 1;
  let below = 0;
  for (let row = top; row < size; row++) {
    const value = a[row * size + column] ?? 0;
    v[row] = value;
    if (row > top) below += value * value;
  }
  const first = v[top] ?? 0;
  if (below === 0) return { scale: 0, head: first };
  const norm = Math.sqrt(first * first + below);
  const head = first > 0 ? -norm : norm;
  v[top] = first - head;
  return { scale: 2 / ((first - head) ** 2 + below), head };
}

/** `result` = A v for rows and columns from `from` on, reading the lower triangle only. */
function multiply(
  a: Float64Array,
  { size, from, v, result }: { readonly size: number; readonly from: number; readonly v: Float64Array; readonly result: Float64Array },
): void {
  result.fill(0, from);
  for (let row = from; row < size; row++) {
    const [first, vRow] = [row * size, v[row] ?? 0];
    let sum = (a[first + row] ?? 0) * vRow;
    for (let at = from; at < row; at++) {
      const value = a[first + at] ?? 0;
      sum += value * (v[at] ?? 0);
      result[at] = (result[at] ?? 0) + value * vRow;
    }
    result[row] = (result[row] ?? 0) + sum;
  }
}

/** One implicit QR step with Wilkinson's shift on the block from `low` to `high`. */
function chaseBulge({ diagonal, beside }: Tridiagonal, low: number, high: number): void {
  const last = beside[high - 1] ?? 0;
  const half = ((diagonal[high - 1] ?? 0) - (diagonal[high] ?? 0)) / 2;
  const root = Math.sqrt(half * half + last * last);
  const shift = (diagonal[high] ?? 0) - (last * last) / (half + (half < 0 ? -root : root));
  let x = (diagonal[low] ?? 0) - shift;
  let bulge = beside[low] ?? 0;
  for (let at = low; at < high; at++) {
    const length = Math.sqrt(x * x + bulge * bulge);
    const [c, s] = length === 0 ? [1, 0] : [x / length, bulge / length];
    if (at > low) beside[at - 1] = length;
    const [upper, lower, between] = [diagonal[at] ?? 0, diagonal[at + 1] ?? 0, beside[at] ?? 0];
    diagonal[at] = c * c * upper + 2 * c * s * between + s * s * lower;
    diagonal[at + 1] = s * s * upper - 2 * c * s * between + c * c * lower;
    x = c * s * (lower - upper) + (c * c - s * s) * between;
    beside[at] = x;
    if (at < high - 1) {
      const next = beside[at + 1] ?? 0;
      bulge = s * next;
      beside[at + 1] = c * next;
    }
  }
}
