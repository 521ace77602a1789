/** Kernels of the reductions; reduced axes keep extent 1. */
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './kernel.ts';
import { placeOf } from './layout.ts';

/** Kernels of the reductions. */
export const reductionKernels: Kernels<'sum' | 'maxReduce'> = {
  sum: ({ inputs: [x], params: { axes } }) => tf.sum(x, places(x, axes), true),
  maxReduce: ({ inputs: [x], params: { axes } }) => tf.max(x, places(x, axes), true),
};

function places({ rank }: tf.Tensor, axes: readonly number[]): number[] {
  return axes.map((axis) => placeOf(axis, rank)).sort((a, b) => a - b);
}
