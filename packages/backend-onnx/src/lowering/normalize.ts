/**
 * Normalisation and its gradient. Trailing axes, as instance norm's, are one LayerNormalization, which also returns the
 * statistics that the gradient needs; other axes, as batch norm's, are written out.
 */
import { formatType, sizeOf } from '@cyclegan/core';
import { float, int } from './attributes.ts';
import type { LoweringContext, Value } from './context.ts';
import { cast } from './elementwise.ts';
import type { Lower, LoweredNode, Operand } from './lower.ts';
import { reduceMean } from './operators.ts';

/** First of the normalised axes if they are all axes from there on, undefined otherwise. */
function trailingAxis({ shape }: Operand, axes: readonly number[]): number | undefined {
  const first = shape.length - axes.length;
  return axes.length > 0 && axes.every((axis) => axis >= first) ? first : undefined;
}

/** [y, mean, 1 / deviation] by ONNX's LayerNormalization over the axes from `first` on, with a scale of ones. */
function layerNormalization(context: LoweringContext, x: Operand, first: number, epsilon: number): readonly Value[] {
  const shape = x.shape.slice(first);
  const scale = context.once(`ones ${formatType({ shape, dtype: x.dtype })}`, () => {
    const ones = context.constant('f32', shape, new Float32Array(sizeOf(shape)).fill(1));
    return cast(context, ones, 'f32', x.dtype);
  });
  return context.emitAll('LayerNormalization', [x.value, scale], 3, { axis: int(first), epsilon: float(epsilon) });
}

/** [y, mean, 1 / deviation] in plain operators. */
function writtenOut(context: LoweringContext, x: Operand, axes: readonly number[], epsilon: number): readonly Value[] {
  const mean = reduceMean(context, x.value, axes);
  const centred = context.emit('Sub', [x.value, mean]);
  const variance = reduceMean(context, context.emit('Mul', [centred, centred]), axes);
  const deviation = context.emit('Sqrt', [context.emit('Add', [variance, context.scalar(x.dtype, epsilon)])]);
  const rstd = context.emit('Reciprocal', [deviation]);
  return [context.emit('Mul', [centred, rstd]), mean, rstd];
}

/** dx = rstd (dy - mean(dy) - y mean(dy y)) */
function gradient(context: LoweringContext, { inputs: [dy, y, rstd], params: { axes } }: LoweredNode<'normalizeGrad'>): Value {
  const mean = reduceMean(context, dy.value, axes);
  const slope = reduceMean(context, context.emit('Mul', [dy.value, y.value]), axes);
  const centred = context.emit('Sub', [dy.value, mean]);
  const projected = context.emit('Sub', [centred, context.emit('Mul', [y.value, slope])]);
  return context.emit('Mul', [projected, rstd.value]);
}

/** Lowerings of normalisation. */
export const NORMALIZE: { readonly [K in 'normalize' | 'normalizeGrad']: Lower<K> } = {
  normalize: (context, { inputs: [x], params: { axes, epsilon } }) => {
    const first = trailingAxis(x, axes);
    // with one element there is nothing to normalise, and rounding in the variance would be all that is left
    const single = axes.every((axis) => x.shape[axis] === 1);
    return first === undefined || single ? writtenOut(context, x, axes, epsilon) : layerNormalization(context, x, first, epsilon);
  },
  normalizeGrad: gradient,
};
