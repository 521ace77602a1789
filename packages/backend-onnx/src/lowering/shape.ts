/**
 * Ops that move elements without computing. What changes nothing is left out, and what only renames axes is a Reshape.
 */
import { sameShape } from '@cyclegan/core';
import type { Lower, LoweredName } from './lower.ts';
import { concat, pad, reshape, slice, transpose } from './operators.ts';

type ShapeName = Extract<LoweredName, 'reshape' | 'transpose' | 'broadcast' | 'concat' | 'slice' | 'pad'>;

/** Lowerings of the shape ops. */
export const SHAPE: { readonly [K in ShapeName]: Lower<K> } = {
  reshape: (context, { inputs: [x], params }) => reshape(context, x.value, x.shape, params.shape),
  transpose: (context, { inputs: [x], outputs: [y], params: { permutation } }) => {
    const moved = permutation.filter((axis) => x.shape[axis] !== 1);
    const ordered = moved.every((axis, at) => at === 0 || axis > (moved[at - 1] ?? 0));
    return ordered ? reshape(context, x.value, x.shape, y.shape) : transpose(context, x.value, permutation);
  },
  broadcast: (context, { inputs: [x], params: { shape } }) =>
    sameShape(x.shape, shape) ? x.value : context.emit('Expand', [x.value, context.ints(shape)]),
  concat: (context, { inputs, params: { axis } }) =>
    concat(
      context,
      inputs.map(({ value }) => value),
      axis,
    ),
  slice: (context, { inputs: [x], params: { starts, limits, steps } }) => {
    const axes = x.shape.flatMap((extent, axis) => (starts[axis] === 0 && limits[axis] === extent && steps[axis] === 1 ? [] : [axis]));
    const along = (values: readonly number[]) => axes.map((axis) => values[axis] ?? 0);
    return slice(context, x.value, { axes, starts: along(starts), ends: along(limits), steps: along(steps) });
  },
  pad: (context, { inputs: [x], params: { low, high, interior, value } }) => {
    const filler = context.scalar(x.dtype, value);
    if (interior.every((amount) => amount === 0)) return pad(context, x.value, low, high, filler);
    // every element gets an axis of its own that the interior fills; the fill behind the last one is cropped again
    const cells = x.shape.flatMap((extent) => [extent, 1]);
    const fill = interior.flatMap((amount) => [0, amount]);
    const stuffed = pad(
      context,
      reshape(context, x.value, x.shape, cells),
      fill.map(() => 0),
      fill,
      filler,
    );
    const spread = reshape(
      context,
      stuffed,
      undefined,
      x.shape.map((extent, axis) => extent * (1 + (interior[axis] ?? 0))),
    );
    return pad(
      context,
      spread,
      low,
      high.map((amount, axis) => amount - (interior[axis] ?? 0)),
      filler,
    );
  },
};
