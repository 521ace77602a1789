/** Comparing tensors as the tests do: the largest difference relative to the largest value, exact for what is not a float. */
import { formatType, type HostTensor, isFloat, sameShape } from '../tensor.ts';

/** The result of a comparison; `at` is the row-major index of the worst element. */
export interface Difference {
  readonly error: number;
  readonly at: number;
}

/**
 * Largest difference of `got` from `expected`, relative to the largest finite value of `expected` (absolute when that is all
 * zeros). Infinite where types differ, where a NaN or an infinity stands against anything else, and where integers or booleans differ.
 */
export function difference(got: HostTensor, expected: HostTensor): Difference {
  if (got.dtype !== expected.dtype || !sameShape(got.shape, expected.shape) || got.data.length !== expected.data.length) {
    return { error: Number.POSITIVE_INFINITY, at: 0 };
  }
  const scale = isFloat(expected.dtype) ? largest(expected) || 1 : 0;
  let worst = { error: 0, at: 0 };
  for (let at = 0; at < expected.data.length; at++) {
    const error = elementError(got.data[at] ?? Number.NaN, expected.data[at] ?? Number.NaN, scale);
    if (error > worst.error) worst = { error, at };
  }
  return worst;
}

/** The elements that differ most, for people: `at 7: got 1.5, expected 1`. */
export function describeDifference(got: HostTensor, expected: HostTensor): string {
  if (got.dtype !== expected.dtype || !sameShape(got.shape, expected.shape)) {
    return `got ${formatType(got)}, expected ${formatType(expected)}`;
  }
  const { at, error } = difference(got, expected);
  return `at ${at}: got ${got.data[at]}, expected ${expected.data[at]} (relative error ${error.toExponential(1)})`;
}

function largest({ data }: HostTensor): number {
  let magnitude = 0;
  for (const value of data) if (Number.isFinite(value)) magnitude = Math.max(magnitude, Math.abs(value));
  return magnitude;
}

function elementError(got: number, expected: number, scale: number): number {
  if (got === expected || (Number.isNaN(got) && Number.isNaN(expected))) return 0;
  const error = Math.abs(got - expected) / scale;
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}
