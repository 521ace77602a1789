/**
 * Winograd's minimal filtering by the Cook-Toom construction (Lavin and Gray 2015): m results of an r-tap filter from
 * m + r - 1 products, y = A ((G g) * (B d)), in one dimension; pictures use the Kronecker products of the matrices with themselves.
 */

/** Matrix as rows. */
export type Matrix = readonly (readonly number[])[];

/** The transforms of F(m, r): of the results (m x n), the filter (n x r) and the data (n x n), with n = m + r - 1. */
export interface Transforms {
  readonly results: Matrix;
  readonly filter: Matrix;
  readonly data: Matrix;
}

/** Coefficients of the product of (x - root) over `roots`, the lowest power first. */
function polynomial(roots: readonly number[]): number[] {
  let coefficients = [1];
  for (const root of roots) {
    coefficients = Array.from(
      { length: coefficients.length + 1 },
      (_, power) => (coefficients[power - 1] ?? 0) - root * (coefficients[power] ?? 0),
    );
  }
  return coefficients;
}

function powers(base: number, count: number): number[] {
  return Array.from({ length: count }, (_, power) => base ** power);
}

/** The transforms of F(m, r) from m + r - 2 finite interpolation points and infinity. */
export function cookToom(m: number, r: number, points: readonly number[]): Transforms {
  const n = m + r - 1;
  const others = points.map((_, at) => points.filter((_, other) => other !== at));
  const atInfinity = (length: number) => Array.from({ length }, (_, at) => (at === length - 1 ? 1 : 0));
  const values = points.map((point) => powers(point, m));
  return {
    results: Array.from({ length: m }, (_, row) => [...values.map((value) => value[row] ?? 0), row === m - 1 ? 1 : 0]),
    filter: [
      ...points.map((point, at) => {
        const scale = (others[at] ?? []).reduce((product, other) => product * (point - other), 1);
        return powers(point, r).map((value) => value / scale);
      }),
      atInfinity(r),
    ],
    data: [...others.map((roots) => [...polynomial(roots), 0]), polynomial(points)].map((row) => row.slice(0, n)),
  };
}

/** The Kronecker product. */
export function kronecker(a: Matrix, b: Matrix): number[][] {
  return a.flatMap((rowA) => b.map((rowB) => rowA.flatMap((left) => rowB.map((right) => left * right))));
}
