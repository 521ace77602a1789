/**
 * The element types of safetensors files and what each becomes in memory. Floats become `f32` (F64 keeps its precision),
 * every integer type becomes `i32` or is refused when a value does not fit, BOOL becomes `bool`.
 */
import { checkHostTensor, type HostData, type HostTensor } from '@cyclegan/core';
import { aligned, bfloat16ToFloat, halfToFloat } from '../bytes.ts';
import { FormatError } from '../errors.ts';

/** Element types that can be read. */
export type SafetensorsDType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'U64' | 'I32' | 'U32' | 'I16' | 'U16' | 'I8' | 'U8' | 'BOOL';

interface Element {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly dtype: 'f32' | 'i32' | 'bool';
  /** Elements from bytes at an aligned offset; throws FormatError naming the value that does not fit. */
  readonly decode: (buffer: ArrayBufferLike, offset: number, length: number) => HostData;
}

const ELEMENTS: Readonly<Record<SafetensorsDType, Element>> = {
  F64: { bytes: 8, dtype: 'f32', decode: (...at) => new Float64Array(...at) },
  F32: { bytes: 4, dtype: 'f32', decode: (...at) => new Float32Array(...at) },
  F16: { bytes: 2, dtype: 'f32', decode: (...at) => halfToFloat(new Uint16Array(...at)) },
  BF16: { bytes: 2, dtype: 'f32', decode: (...at) => bfloat16ToFloat(new Uint16Array(...at)) },
  I64: { bytes: 8, dtype: 'i32', decode: (...at) => toInt32(new BigInt64Array(...at)) },
  U64: { bytes: 8, dtype: 'i32', decode: (...at) => toInt32(new BigUint64Array(...at)) },
  I32: { bytes: 4, dtype: 'i32', decode: (...at) => new Int32Array(...at) },
  U32: { bytes: 4, dtype: 'i32', decode: (...at) => toInt32(new Uint32Array(...at)) },
  I16: { bytes: 2, dtype: 'i32', decode: (...at) => Int32Array.from(new Int16Array(...at)) },
  U16: { bytes: 2, dtype: 'i32', decode: (...at) => Int32Array.from(new Uint16Array(...at)) },
  I8: { bytes: 1, dtype: 'i32', decode: (...at) => Int32Array.from(new Int8Array(...at)) },
  U8: { bytes: 1, dtype: 'i32', decode: (...at) => Int32Array.from(new Uint8Array(...at)) },
  BOOL: { bytes: 1, dtype: 'bool', decode: (...at) => checkBooleans(new Uint8Array(...at)) },
};

/** The element types that can be read, for messages. */
export const SAFETENSORS_DTYPES = Object.keys(ELEMENTS);

/** Whether a dtype of a header is one that can be read. */
export function isSafetensorsDType(dtype: unknown): dtype is SafetensorsDType {
  return typeof dtype === 'string' && Object.hasOwn(ELEMENTS, dtype);
}

/** Bytes of one element. */
export function elementBytes(dtype: SafetensorsDType): number {
  return ELEMENTS[dtype].bytes;
}

/** The tensor that `bytes` hold, a view of them where no conversion and no alignment is needed; throws FormatError when a value does not fit. */
export function decodeTensor(entry: { name: string; dtype: SafetensorsDType; shape: readonly number[] }, bytes: Uint8Array): HostTensor {
  const element = ELEMENTS[entry.dtype];
  const { buffer, byteOffset } = aligned(bytes, element.bytes);
  try {
    return { shape: entry.shape, dtype: element.dtype, data: element.decode(buffer, byteOffset, bytes.length / element.bytes) };
  } catch (error) {
    throw error instanceof FormatError ? new FormatError(`Tensor '${entry.name}' (${entry.dtype}): ${error.message}`) : error;
  }
}

/** The element type a host tensor is stored as; throws TensorError when its data does not fit its type. */
export function storedDType(tensor: HostTensor, name: string): SafetensorsDType {
  checkHostTensor(tensor, `tensor '${name}'`);
  if (tensor.dtype === 'f32') return tensor.data instanceof Float64Array ? 'F64' : 'F32';
  return ({ f16: 'F16', i32: 'I32', bool: 'BOOL' } as const)[tensor.dtype];
}

function toInt32(values: Uint32Array | BigInt64Array | BigUint64Array): Int32Array {
  const result = new Int32Array(values.length);
  values.forEach((value: number | bigint, index: number) => {
    result[index] = Number(value);
    if (result[index] !== Number(value)) throw new FormatError(`value ${value} at element ${index} does not fit in 32 bits.`);
  });
  return result;
}

function checkBooleans(values: Uint8Array): Uint8Array {
  const index = values.findIndex((value) => value > 1);
  if (index >= 0) throw new FormatError(`value ${values[index]} at element ${index} is neither 0 nor 1.`);
  return values;
}
