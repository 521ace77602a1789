/** Error measures over records of tensors, as the golden runs are compared with. */
import type { TensorRecord } from '../tensor.ts';

/** How far `got` is from `gold`, over all tensors of `gold` together; NaN when one is missing. */
export type ErrorMeasure = (gold: TensorRecord, got: TensorRecord) => number;

/** The first path segments of a record's names: its networks. */
export function networksOf(record: TensorRecord): string[] {
  return [...new Set(Object.keys(record).map((name) => name.split('/', 1)[0] ?? ''))];
}

/** The largest of some errors, 0 of none; NaN when one of them is. */
export function largestError(errors: readonly number[]): number {
  return errors.reduce((largest, error) => (Number.isNaN(error) || Number.isNaN(largest) ? Number.NaN : Math.max(largest, error)), 0);
}

/** Largest absolute value of all tensors. */
export function largestValue(record: TensorRecord): number {
  return largestError(Object.values(record).flatMap(({ data }) => Array.from(data, Math.abs)));
}

/** Calls `visit` with each gold value and its difference, NaN where `got` lacks the tensor. */
function visitDifferences(gold: TensorRecord, got: TensorRecord, visit: (value: number, difference: number) => void): void {
  for (const [name, { data }] of Object.entries(gold)) {
    const other = got[name]?.data;
    for (let at = 0; at < data.length; at++) visit(data[at] ?? 0, (other?.[at] ?? Number.NaN) - (data[at] ?? 0));
  }
}

/** Largest difference over the largest gold value. */
export const scaledMaximum: ErrorMeasure = (gold, got) => {
  const differences: number[] = [];
  let largest = 0;
  visitDifferences(gold, got, (value, difference) => {
    largest = Math.max(largest, Math.abs(value));
    differences.push(Math.abs(difference));
  });
  const worst = largestError(differences);
  return worst === 0 ? 0 : worst / largest;
};

/** Euclidean length of the difference over that of gold. */
export const relativeL2: ErrorMeasure = (gold, got) => {
  let squares = 0;
  let differences = 0;
  visitDifferences(gold, got, (value, difference) => {
    squares += value ** 2;
    differences += difference ** 2;
  });
  return differences === 0 ? 0 : Math.sqrt(differences / squares);
};

/** Gold gradients below this are exactly zero in the maths: a bias in front of instance norm. What is computed is rounding noise, which Adam scales up. */
const ZERO_GRADIENT = 1e-9;

/** Names of the parameters whose gold gradient is zero throughout. */
export function zeroGradients(gradients: TensorRecord): ReadonlySet<string> {
  return new Set(
    Object.entries(gradients).flatMap(([name, { data }]) => (data.every((value: number) => Math.abs(value) < ZERO_GRADIENT) ? [name] : [])),
  );
}
