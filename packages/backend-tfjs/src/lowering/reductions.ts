/** Kernels of the reductions; reduced axes keep extent 1. */
import * as tf from '@tensorflow/tfjs-core';
import { gaps } from './gaps.ts';
import type { Kernels } from './kernel.ts';
import { placeOf } from './layout.ts';

/** Kernels of the reductions. */
export const reductionKernels: Kernels<'sum' | 'maxReduce'> = {
  sum: ({ inputs: [x], params: { axes } }) => {
    if (!gaps().sequentialSums) return tf.sum(x, places(x, axes), true);
    return places(x, axes).reduceRight((partial, place) => tf.sum(partial, place, true), x);
  },
  maxReduce: ({ inputs: [x], params: { axes } }) => tf.max(x, places(x, axes), true),
};

function places({ rank }: tf.Tensor, axes: readonly number[]): number[] {
  return axes.map((axis) => placeOf(axis, rank)).sort((a, b) => a - b);
}
