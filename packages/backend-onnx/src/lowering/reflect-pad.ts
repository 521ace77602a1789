/**
 * Reflection padding and its adjoint. The adjoint works axis by axis: the picture falls into runs of rows (or columns) that
 * receive the same cotangents, namely their own and those of the mirrored rows that lie before or behind the picture.
 */
import { text } from './attributes.ts';
import type { LoweringContext, Value } from './context.ts';
import { image, type Lower } from './lower.ts';
import { BEFORE_FIRST, concat, slice } from './operators.ts';

/** One axis of a padded picture: `extent` without the padding. */
interface Fold {
  readonly axis: number;
  readonly extent: number;
  readonly low: number;
  readonly high: number;
}

/** Entries first, first - 1 ... first - count + 1 of an axis. */
function reversed(context: LoweringContext, x: Value, axis: number, { first, count }: { first: number; count: number }): Value {
  const end = first - count;
  return slice(context, x, { axes: [axis], starts: [first], ends: [end < 0 ? BEFORE_FIRST : end], steps: [-1] });
}

/** Adds the padding's cotangents onto their sources along one axis: row i mirrors rows low - i and low + 2 (extent - 1) - i. */
function fold(context: LoweringContext, dy: Value, { axis, extent, low, high }: Fold): Value {
  if (low === 0 && high === 0) return dy;
  const cuts = [...new Set([0, 1, low + 1, extent - 1 - high, extent - 1, extent])].filter((cut) => cut >= 0 && cut <= extent);
  cuts.sort((a, b) => a - b);
  const runs = cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? 0;
    const count = end - start;
    let run = slice(context, dy, { axes: [axis], starts: [low + start], ends: [low + end] });
    const mirror = (first: number) => {
      run = context.emit('Add', [run, reversed(context, dy, axis, { first, count })]);
    };
    if (start >= 1 && end <= low + 1) mirror(low - start);
    if (start >= extent - 1 - high && end <= extent - 1) mirror(low + 2 * (extent - 1) - start);
    return run;
  });
  return concat(context, runs, axis);
}

/** Lowerings of reflection padding and its adjoint. */
export const REFLECT_PAD: { readonly [K in 'reflectPad' | 'reflectPadGrad']: Lower<K> } = {
  reflectPad: (
    context,
    {
      inputs: [x],
      params: {
        padding: [top, bottom, left, right],
      },
    },
  ) => {
    if (Math.max(top, bottom, left, right) === 0) return x.value;
    return context.emit('Pad', [x.value, context.ints([0, 0, top, left, 0, 0, bottom, right])], { mode: text('reflect') });
  },
  reflectPadGrad: (
    context,
    {
      inputs: [dy],
      outputs: [dx],
      params: {
        padding: [top, bottom, left, right],
      },
    },
  ) => {
    const [, , height, width] = image(dx);
    const rows = fold(context, dy.value, { axis: 2, extent: height, low: top, high: bottom });
    return fold(context, rows, { axis: 3, extent: width, low: left, high: right });
  },
};
