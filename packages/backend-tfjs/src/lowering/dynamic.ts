/**
 * Kernels of the ops whose position is a tensor. It stays on the device: entries are gathered by it. (The scatter of TensorFlow.js writes
 * into its operand on the CPU.)
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './kernel.ts';

/** Kernels of the ops whose position is a tensor. */
export const dynamicKernels: Kernels<'dynamicSlice' | 'dynamicUpdate'> = {
  dynamicSlice: ({ inputs: [x, index], params: { size } }) => {
    return tf.gather(x, tf.add(clamped(index, x, size), tf.range(0, size, 1, 'int32')) as tf.Tensor1D);
  },

  dynamicUpdate: ({ inputs: [x, update, index] }) => {
    const [extent = 1, size = 1] = [x.shape[0], update.shape[0]];
    const first = clamped(index, x, size);
    const rows = tf.range(0, extent, 1, 'int32');
    const fromFirst = tf.sub(rows, first);
    const replaced = tf.logicalAnd(tf.greaterEqual(fromFirst, int(0)), tf.less(fromFirst, int(size)));
    const sources = tf.where(replaced, tf.add(fromFirst, int(extent)), rows);
    return tf.gather(tf.concat([x, update], 0), sources as tf.Tensor1D);
  },
};

/** `index`, so that `size` entries of axis 0 fit after it. */
function clamped(index: tf.Tensor, x: tf.Tensor, size: number): tf.Tensor {
  return tf.reshape(tf.maximum(tf.minimum(index, int((x.shape[0] ?? 1) - size)), int(0)), [1]);
}

function int(value: number): tf.Scalar {
  return tf.scalar(value, 'int32');
}
