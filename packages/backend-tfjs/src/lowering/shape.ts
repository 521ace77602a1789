/** Kernels that move elements and compute nothing. */
import { type Shape, sizeOf } from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';
import { gaps, moved } from './gaps.ts';
import type { Kernels } from './kernel.ts';
import { displace, place, placed, placedPermutation, placeOf, raised } from './layout.ts';

/** Kernels of the shape ops. */
export const shapeKernels: Kernels<'reshape' | 'transpose' | 'broadcast' | 'concat' | 'slice' | 'pad'> = {
  reshape: ({ inputs: [x], params: { shape } }) => place(tf.reshape(displace(x), [...shape])),
  transpose: ({ inputs: [x], params: { permutation } }) => moved(x, (floats) => tf.transpose(floats, placedPermutation(permutation))),
  broadcast: ({ inputs: [x], params: { shape } }) => tf.broadcastTo(raised(x, shape.length), placed(shape)),
  concat: ({ inputs, params: { axis }, output: { shape } }) => tf.concat([...inputs], placeOf(axis, shape.length)),
  slice: ({ inputs: [x], params: { starts, limits, steps } }) => sliced(x, placed(starts), placed(limits), placed(steps)),
  pad: ({ inputs: [x], params: { low, high, interior, value } }) => {
    const spread = placed(interior).reduce((spaced, count, axis) => spaceOut(spaced, { axis, count, value }), x);
    return padded(spread, placed(low), placed(high), value);
  },
};

/** Elements of each place from `starts` to below `limits`, `steps` apart. */
export function sliced(x: tf.Tensor, starts: Shape, limits: Shape, steps: Shape = starts.map(() => 1)): tf.Tensor {
  if (steps.every((step) => step === 1)) {
    return tf.slice(
      x,
      [...starts],
      limits.map((limit, axis) => limit - (starts[axis] ?? 0)),
    );
  }
  if (x.dtype === 'float32' || gaps().floatOnlySteps === undefined) return tf.stridedSlice(x, [...starts], [...limits], [...steps]);
  return starts.reduce((part, start, axis) => tf.gather(part, tf.range(start, limits[axis] ?? 0, steps[axis] ?? 1, 'int32'), axis), x);
}

/** `value` before and after each place; a negative number of them crops. */
export function padded(x: tf.Tensor, low: Shape, high: Shape, value = 0): tf.Tensor {
  const added = low.map((count, axis) => [Math.max(count, 0), Math.max(high[axis] ?? 0, 0)] as [number, number]);
  // cropping may leave nothing but padding, which no engine slices to: so pad first
  const grown = added.some(([before, after]) => before + after > 0) ? moved(x, (floats) => grow(floats, added, value)) : x;
  if ([...low, ...high].every((count) => count >= 0)) return grown;
  const starts = low.map((count) => Math.max(-count, 0));
  return sliced(
    grown,
    starts,
    grown.shape.map((extent, axis) => extent + Math.min(high[axis] ?? 0, 0)),
  );
}

/** Pads place by place where there are more than four, which the WebGPU kernel does not take. */
function grow(x: tf.Tensor, added: readonly [number, number][], value: number): tf.Tensor {
  if (x.rank <= 4) return tf.pad(x, [...added], value);
  return added.reduce((grown, [before, after], axis) => {
    if (before + after === 0) return grown;
    const [outer, inner] = [sizeOf(grown.shape.slice(0, axis)), sizeOf(grown.shape.slice(axis + 1))];
    const edges: [number, number][] = [
      [0, 0],
      [before, after],
      [0, 0],
    ];
    const shape = grown.shape.map((extent, at) => (at === axis ? extent + before + after : extent));
    return tf.reshape(tf.pad(tf.reshape(grown, [outer, -1, inner]), edges, value), shape);
  }, x);
}

/** Puts `count` elements of `value` between neighbours along the place `axis`. */
export function spaceOut(
  x: tf.Tensor,
  { axis, count, value = 0 }: { readonly axis: number; readonly count: number; readonly value?: number },
): tf.Tensor {
  const extent = x.shape[axis] ?? 1;
  if (count === 0 || extent === 1) return x;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const rows = tf.reshape(x, [-1, 1, inner]);
  const spaced = padded(rows, [0, 0, 0], [0, count, 0], value);
  const whole = x.shape.map((length, at) => (at === axis ? length * (count + 1) : length));
  const limits = whole.map((length, at) => (at === axis ? length - count : length));
  return sliced(
    tf.reshape(spaced, whole),
    whole.map(() => 0),
    limits,
  );
}
