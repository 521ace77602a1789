/** Host tensors to the words that the device works on, and back. */
import { BackendError, type DType, type HostData, type HostTensor, sizeOf, type TensorType } from '@cyclegan/core';

/** Element types that this backend computes in. */
export const DTYPES = ['f32', 'i32', 'bool'] as const satisfies readonly DType[];

/** Throws BackendError for an element type that this backend does not have. */
export function supported(dtype: DType): void {
  if (!(DTYPES as readonly DType[]).includes(dtype))
    throw new BackendError(`${dtype}: the webgpu backend takes ${DTYPES.join(', ')}; cast it first.`);
}

/** Words of a tensor, always a copy. */
export function toWords(dtype: DType, data: HostData): Float32Array | Int32Array | Uint32Array {
  switch (dtype) {
    case 'f32':
      return Float32Array.from(data);
    case 'i32':
      return Int32Array.from(data);
    default:
      return Uint32Array.from(data, (value) => (value === 0 ? 0 : 1));
  }
}

/** The tensor whose words start at `offset` of `bytes`, copied. */
export function fromWords({ shape, dtype }: TensorType, bytes: ArrayBuffer, offset: number): HostTensor {
  const count = sizeOf(shape);
  switch (dtype) {
    case 'f32':
      return { shape, dtype, data: new Float32Array(bytes, offset, count).slice() };
    case 'i32':
      return { shape, dtype, data: new Int32Array(bytes, offset, count).slice() };
    default:
      return { shape, dtype, data: Uint8Array.from(new Uint32Array(bytes, offset, count)) };
  }
}
