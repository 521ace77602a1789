/** The kernel of matrix products, whose axes are those of the graph. */
import type { Shape } from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './kernel.ts';
import { displace, place } from './layout.ts';

/** Kernel of the matrix product. */
export const matmulKernels: Kernels<'matmul'> = {
  matmul: ({ inputs: [a, b], output: { shape } }) => {
    const batch = shape.slice(0, -2);
    return place(tf.matMul(stretched(a, batch), stretched(b, batch)));
  },
};

/** Matrices for the whole batch: TensorFlow.js pairs the wrong ones where the batches of both operands are stretched. */
function stretched(x: tf.Tensor, batch: Shape): tf.Tensor {
  const logical = displace(x);
  const whole = [...batch, ...logical.shape.slice(-2)];
  const raised = tf.reshape(logical, [...new Array<number>(whole.length - x.rank).fill(1), ...logical.shape]);
  return tf.broadcastTo(raised, whole);
}
