/** Host tensors to the words that the device works on, and back. */
import { BackendError, type DType, type HostData, type HostTensor, sizeOf, type TensorType } from '@cyclegan/core';

/** Element types that this backend has on a device with some features. */
export function dtypesOf(features: Pick<GPUSupportedFeatures, 'has'>): readonly DType[] {
  return features.has('shader-f16') ? ['f32', 'f16', 'i32', 'bool'] : ['f32', 'i32', 'bool'];
}

/** Throws BackendError for an element type that is not among those of a device. */
export function checkDtype(dtype: DType, dtypes: readonly DType[]): void {
  if (dtypes.includes(dtype)) return;
  throw new BackendError(`${dtype}: the webgpu backend takes ${dtypes.join(', ')} on this adapter; cast it first.`);
}

/** Words of a tensor, always a copy. */
export function toWords(dtype: DType, data: HostData): Float32Array | Int32Array | Uint32Array | Uint16Array {
  switch (dtype) {
    case 'f32':
      return Float32Array.from(data);
    case 'i32':
      return Int32Array.from(data);
    case 'f16': {
      const padded = new Uint16Array(Math.ceil(data.length / 2) * 2);
      padded.set(data);
      return padded;
    }
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
    case 'f16':
      return { shape, dtype, data: new Uint16Array(bytes, offset, count).slice() };
    case 'i32':
      return { shape, dtype, data: new Int32Array(bytes, offset, count).slice() };
    default:
      return { shape, dtype, data: Uint8Array.from(new Uint32Array(bytes, offset, count)) };
  }
}
