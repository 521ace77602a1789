/** The inner loop of everything that compares features. */

/** An array of floats. */
export type Floats = Float32Array | Float64Array;

/** The sum of products of `length` elements of `a` from `first` on and of `b` from `other` on, in double precision. */
export function dot(a: Floats, first: number, b: Floats, other: number, length: number): number {
  // four sums at a time, none of which waits for another
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let at = 0;
  for (; at + 3 < length; at += 4) {
    s0 += (a[first + at] ?? 0) * (b[other + at] ?? 0);
    s1 += (a[first + at + 1] ?? 0) * (b[other + at + 1] ?? 0);
    s2 += (a[first + at + 2] ?? 0) * (b[other + at + 2] ?? 0);
    s3 += (a[first + at + 3] ?? 0) * (b[other + at + 3] ?? 0);
  }
  for (; at < length; at++) s0 += (a[first + at] ?? 0) * (b[other + at] ?? 0);
  return s0 + s1 + (s2 + s3);
}
