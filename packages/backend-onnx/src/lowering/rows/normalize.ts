/**
 * Normalisation of pictures by rows, and its gradient.
 */
import { type Shape, sameShape, type TensorType } from '@cyclegan/core';
import type { LoweringContext, Value } from '../context.ts';
import { image } from '../lower.ts';
import { reshape } from '../operators.ts';
import { perPicture } from './elementwise.ts';
import type { LowerRows } from './lower-rows.ts';
import { extentsOf, type PictureShape, rowOrder } from './order.ts';
import { inOrder, settled } from './picture.ts';
import { reduceRows } from './reductions.ts';

/** Axes of instance norm and of batch norm. */
const INSTANCE: Shape = [2, 3];
const BATCH: Shape = [0, 2, 3];

/** Whether these are the axes of instance or of batch norm over pictures. */
export function fitsNormalize(x: TensorType | undefined, axes: Shape): boolean {
  return x?.shape.length === 4 && (sameShape(axes, INSTANCE) || sameShape(axes, BATCH));
}

/** How statistics of pictures of a shape are taken, and how they meet the matrix again. */
function grouping(context: LoweringContext, shape: PictureShape, axes: Shape) {
  const order = rowOrder(extentsOf(shape));
  const [n, channels] = shape;
  const over: 'picture' | 'batch' = axes.length === 2 ? 'picture' : 'batch';
  const apart = over === 'picture' && n > 1;
  return {
    groups: over === 'picture' ? n : 1,
    mean: (matrix: Value) => reduceRows(context, matrix, { order, channels, over, kind: 'mean' }),
    /** Statistics as they broadcast against `wide`. */
    narrow: (statistics: Value) => (apart ? reshape(context, statistics, undefined, [n, 1, channels]) : statistics),
    wide: (matrix: Value) => (apart ? perPicture(context, matrix, order, channels) : matrix),
    flat: (matrix: Value) => (apart ? reshape(context, matrix, undefined, [order.rowOf.length, channels]) : matrix),
  };
}

/** [y, mean, 1 / deviation] */
export const normalizeRows: LowerRows<'normalize'> = (context, { params: { axes, epsilon }, outputs, picture }) => {
  const shape = image(outputs[0]);
  const { mean, narrow, wide, flat, groups } = grouping(context, shape, axes);
  const x = settled(context, picture(0));
  const average = mean(x);
  const centred = context.emit('Sub', [wide(x), narrow(average)]);
  const variance = mean(flat(context.emit('Mul', [centred, centred])));
  const deviation = context.emit('Sqrt', [context.emit('Add', [variance, context.scalar('f32', epsilon)])]);
  const rstd = context.emit('Reciprocal', [deviation]);
  const y = flat(context.emit('Mul', [centred, narrow(rstd)]));
  const statistic: PictureShape = [groups, shape[1], 1, 1];
  return [inOrder(y, shape), inOrder(average, statistic), inOrder(rstd, statistic)];
};

/** dx = rstd (dy - mean(dy) - y mean(dy y)) */
export const normalizeGradRows: LowerRows<'normalizeGrad'> = (context, { params: { axes }, outputs, picture }) => {
  const shape = image(outputs[0]);
  const { mean, narrow, wide, flat } = grouping(context, shape, axes);
  const [dy, y, rstd] = [0, 1, 2].map((at) => settled(context, picture(at))) as [Value, Value, Value];
  const average = mean(dy);
  const slope = mean(context.emit('Mul', [dy, y]));
  const centred = context.emit('Sub', [wide(dy), narrow(average)]);
  const projected = context.emit('Sub', [centred, context.emit('Mul', [wide(y), narrow(slope)])]);
  return [inOrder(flat(context.emit('Mul', [projected, narrow(rstd)])), shape)];
};
