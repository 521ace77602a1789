/** Reflection padding and its adjoint, which TensorFlow.js does not have: mirrored edges fold back by themselves. */
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './kernel.ts';
import { padded, sliced } from './shape.ts';

/** Kernels of reflection padding. */
export const reflectPadKernels: Kernels<'reflectPad' | 'reflectPadGrad'> = {
  reflectPad: ({ inputs: [x], params: { padding } }) => {
    const [top, bottom, left, right] = padding;
    if (padding.every((count) => count === 0)) return x;
    return tf.mirrorPad(
      x,
      [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      'reflect',
    );
  },
  reflectPadGrad: ({ inputs: [dy], params: { padding } }) => {
    const [top, bottom, left, right] = padding;
    return fold(fold(dy, { axis: 1, before: top, after: bottom }), { axis: 2, before: left, after: right });
  },
};

/** Adds the `before` first and `after` last entries of a place to those that they are mirror images of. */
function fold(
  dy: tf.Tensor,
  { axis, before, after }: { readonly axis: number; readonly before: number; readonly after: number },
): tf.Tensor {
  const extent = (dy.shape[axis] ?? 0) - before - after;
  const part = (start: number, limit: number) =>
    sliced(
      dy,
      dy.shape.map((_, at) => (at === axis ? start : 0)),
      dy.shape.map((length, at) => (at === axis ? limit : length)),
    );
  const mirrored = (start: number, count: number, to: number) => {
    const edge = tf.reverse(part(start, start + count), axis);
    const at = (amount: number) => dy.shape.map((_, place) => (place === axis ? amount : 0));
    return padded(edge, at(to), at(extent - to - count));
  };
  let sum = before + after === 0 ? dy : part(before, before + extent);
  if (before > 0) sum = tf.add(sum, mirrored(0, before, 1));
  if (after > 0) sum = tf.add(sum, mirrored(before + extent, after, extent - 1 - after));
  return sum;
}
