/** Error measures over records of tensors, as the golden runs are compared with. */
import type { TensorRecord } from '../tensor.ts';

/** How far `got` is from `gold`, over all tensors of `gold` together; NaN when one is missing. */
export type ErrorMeasure = (gold: TensorRecord, got: TensorRecord) => number;

/** The first path segments of a record's names: its networks. */
export function networksOf(record: TensorRecord): string[] {
  return [...new Set(Object.keys(record).map((name) => name.split('/', 1)[0] ?? ''))];
}

/** The largest of some errors; NaN when one is NaN, unlike Math.max of nothing 0. */
export function largestError(errors: readonly number[]): number {
  return errors.reduce((largest, error) => (Number.isNaN(error) || Number.isNaN(largest) ? Number.NaN : Math.max(largest, error)), 0);
}

/** Largest absolute value of all tensors. */
export function largestValue(record: TensorRecord): number {
  return largestError(Object.values(record).flatMap(({ data }) => Array.from(data, Math.abs)));
}

/** Largest difference over the largest gold value. */
export const scaledMaximum: ErrorMeasure = (gold, got) => {
  let largest = 0;
  let difference = 0;
  for (const [name, { data }] of Object.entries(gold)) {
    const other = got[name]?.data;
    if (other === undefined || other.length !== data.length) return Number.NaN;
    for (let at = 0; at < data.length; at++) {
      const [value = 0, computed = Number.NaN] = [data[at], other[at]];
      if (Number.isNaN(computed)) return Number.NaN;
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(computed - value));
    }
  }
  return difference === 0 ? 0 : difference / largest;
};

/** Euclidean length of the difference over that of gold. */
export const relativeL2: ErrorMeasure = (gold, got) => {
  let squares = 0;
  let difference = 0;
  for (const [name, { data }] of Object.entries(gold)) {
    const other = got[name]?.data;
    if (other === undefined || other.length !== data.length) return Number.NaN;
    for (let at = 0; at < data.length; at++) {
      const [value = 0, computed = Number.NaN] = [data[at], other[at]];
      squares += value ** 2;
      difference += (computed - value) ** 2;
    }
  }
  return difference === 0 ? 0 : Math.sqrt(difference / squares);
};

/** Gold gradients below this are exactly zero in the maths: a bias in front of instance norm. What is computed is rounding noise, which Adam scales up. */
const ZERO_GRADIENT = 1e-9;

/** Names of the parameters whose gold gradient is zero throughout. */
export function zeroGradients(gradients: TensorRecord): ReadonlySet<string> {
  return new Set(
    Object.entries(gradients).flatMap(([name, { data }]) => (data.every((value: number) => Math.abs(value) < ZERO_GRADIENT) ? [name] : [])),
  );
}
