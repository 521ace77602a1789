/** Host tensors as TensorFlow.js's and back, in the order in which values are kept. */
import { BackendError, type DType, type HostTensor, type TensorType } from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from './engine.ts';
import { displace, place } from './lowering/layout.ts';

/** Element types that this backend takes, with TensorFlow.js's name and array of each. */
const TYPES = {
  f32: { name: 'float32', array: Float32Array },
  i32: { name: 'int32', array: Int32Array },
  bool: { name: 'bool', array: Uint8Array },
} as const;

/** Element types that this backend takes. */
export const DTYPES = Object.keys(TYPES) as (keyof typeof TYPES)[];

/** `dtype` as one that this backend takes; throws BackendError for `f16`. */
export function supported(dtype: DType): keyof typeof TYPES {
  if (dtype === 'f16') throw new BackendError(`f16: the tfjs backend takes ${DTYPES.join(', ')}; cast the tensor to f32.`);
  return dtype;
}

/** A tensor with a copy of the host's data. */
export function copyIn({ shape, dtype, data }: HostTensor): tf.Tensor {
  const { name, array } = TYPES[supported(dtype)];
  return tf.tidy(() => place(tf.tensor(new array(data), [...shape], name)));
}

/** A host tensor with a copy of a tensor's data, which may be freed as soon as this was called; throws BackendError when the device has failed. */
export async function copyOut(tensor: tf.Tensor, { shape, dtype }: TensorType, engine: Engine): Promise<HostTensor> {
  const ordered = tf.tidy(() => displace(tensor).clone());
  try {
    const data = new TYPES[supported(dtype)].array(await ordered.data());
    engine.check();
    return { shape, dtype, data };
  } finally {
    ordered.dispose();
  }
}
