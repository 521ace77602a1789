/** Views of storages -> tensors in memory, their elements in row-major order. */
import { type HostTensor, sizeOf, stridesOf } from '@cyclegan/core';
import { FormatError } from '../errors.ts';
import { decodeTensor, elementBytes } from '../safetensors/dtypes.ts';
import type { Budget } from './budget.ts';
import { nameOf, type TorchFile, type TorchTensor } from './values.ts';

/** Bytes of the widest element that others become. */
const WIDENED = 4;

/** The tensor called `name`, a view of its storage where no conversion is needed; throws FormatError when that is missing or too short. */
export function readTensor(
  name: string,
  { storage, offset, shape, strides }: TorchTensor,
  { storages, room }: Pick<TorchFile, 'storages'> & { readonly room: Budget },
): HostTensor {
  const { key, dtype, start, length } = storage;
  const unit = elementBytes(dtype);
  const bytes = storages.get(key);
  if (bytes === undefined) throw new FormatError(`Tensor '${name}': the file has no storage ${nameOf(key)}.`);
  if ((start + length) * unit > bytes.length)
    throw new FormatError(
      `Tensor '${name}': storage ${nameOf(key)} is cut off: it has ${bytes.length} bytes of ${(start + length) * unit}.`,
    );
  const size = sizeOf(shape);
  room.spend(size * Math.max(unit, WIDENED));
  const first = (start + offset) * unit;
  const elements = isDense(shape, strides)
    ? bytes.subarray(first, first + size * unit)
    : gather(bytes.subarray(first), { unit, shape, strides });
  return decodeTensor({ name, dtype, shape }, elements);
}

/** Whether elements lie one behind the other in row-major order; the stride of an axis of extent 1 means nothing. */
function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  const dense = stridesOf(shape);
  return shape.every((extent, axis) => extent === 1 || strides[axis] === dense[axis]);
}

/** Elements of `unit` bytes, picked in row-major order. */
function gather(
  bytes: Uint8Array,
  { unit, shape, strides }: { readonly unit: number } & Pick<TorchTensor, 'shape' | 'strides'>,
): Uint8Array {
  const picked = new Uint8Array(sizeOf(shape) * unit);
  let to = 0;
  const walk = (axis: number, from: number): void => {
    if (axis === shape.length) {
      for (let byte = 0; byte < unit; byte++) picked[to++] = bytes[from * unit + byte] ?? 0;
      return;
    }
    for (let index = 0; index < (shape[axis] ?? 0); index++) walk(axis + 1, from + index * (strides[axis] ?? 0));
  };
  if (picked.length > 0) walk(0, 0);
  return picked;
}
