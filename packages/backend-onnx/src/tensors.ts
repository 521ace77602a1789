/**
 * Host tensors as ONNX Runtime's and back.
 */
import { BackendError, type DType, type HostTensor, type Shape, type TensorType } from '@cyclegan/core';
import type { Tensor } from 'onnxruntime-node';
import type { Runtime } from './runtime.ts';

type OrtData = Float32Array | Int32Array | Uint8Array;

/** Element types that this backend takes, with ONNX Runtime's name and array of each. */
const TYPES = {
  f32: { name: 'float32', array: Float32Array },
  i32: { name: 'int32', array: Int32Array },
  bool: { name: 'bool', array: Uint8Array },
} as const;

/** Element types that this backend takes. */
export const DTYPES = Object.keys(TYPES) as (keyof typeof TYPES)[];

/** `dtype` as one that this backend takes; throws BackendError for `f16`. */
export function supported(dtype: DType): keyof typeof TYPES {
  if (dtype === 'f16') throw new BackendError(`f16: the onnx backend takes ${DTYPES.join(', ')}; cast the tensor to f32.`);
  return dtype;
}

/** A tensor over `data`, which it keeps. */
function wrap(runtime: Runtime, { shape, dtype }: TensorType, data: OrtData): Tensor {
  return new runtime.Tensor(TYPES[supported(dtype)].name, data as never, [...shape]);
}

/** A tensor over f32 data, which it keeps. */
export function wrapFloats(runtime: Runtime, data: Float32Array, shape: Shape): Tensor {
  return wrap(runtime, { shape, dtype: 'f32' }, data);
}

/** A tensor with a copy of the host's data. */
export function copyIn(runtime: Runtime, tensor: HostTensor): Tensor {
  return wrap(runtime, tensor, new TYPES[supported(tensor.dtype)].array(tensor.data));
}

/** A host tensor over a tensor's own data. */
export function viewOut(tensor: Tensor, { shape, dtype }: TensorType): HostTensor {
  return { shape, dtype, data: tensor.data as OrtData };
}

/** A host tensor with a copy of a tensor's data. */
export function copyOut(tensor: Tensor, type: TensorType): HostTensor {
  const view = viewOut(tensor, type);
  return { ...view, data: view.data.slice() };
}
