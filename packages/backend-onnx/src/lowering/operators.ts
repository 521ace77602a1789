/**
 * Short forms of the ONNX operators that many lowerings write. They compute no shapes; a form that would change nothing
 * returns its input.
 */
import { type Shape, sameShape } from '@cyclegan/core';
import { int, ints, text } from './attributes.ts';
import type { LoweringContext, Value } from './context.ts';

/** Slice along some axes: from `starts`, below `ends` (or above, where the step is negative). */
export interface SliceRange {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly steps?: readonly number[];
}

/** An `end` that lies before the first element, for slices with a negative step. */
export const BEFORE_FIRST = -(2 ** 31);

/** `x` of shape `from` as shape `to`. */
export function reshape(context: LoweringContext, x: Value, from: Shape | undefined, to: Shape): Value {
  return from !== undefined && sameShape(from, to) ? x : context.emit('Reshape', [x, context.ints(to)], { allowzero: int(1) });
}

/** Axes permuted: output axis i is input axis permutation[i]. */
export function transpose(context: LoweringContext, x: Value, permutation: readonly number[]): Value {
  return permutation.every((axis, at) => axis === at) ? x : context.emit('Transpose', [x], { perm: ints(permutation) });
}

/** Part of `x`. */
export function slice(context: LoweringContext, x: Value, { axes, starts, ends, steps }: SliceRange): Value {
  if (axes.length === 0) return x;
  const stepped = steps?.some((step) => step !== 1) ? [context.ints(steps)] : [];
  return context.emit('Slice', [x, context.ints(starts), context.ints(ends), context.ints(axes), ...stepped]);
}

/** Constant padding per axis; negative amounts crop. */
export function pad(context: LoweringContext, x: Value, low: readonly number[], high: readonly number[], value?: Value): Value {
  if ([...low, ...high].every((amount) => amount === 0)) return x;
  const inputs = [x, context.ints([...low, ...high]), ...(value === undefined ? [] : [value])];
  return context.emit('Pad', inputs, { mode: text('constant') });
}

/** Zero padding of images, order top, bottom, left, right; negative amounts crop. */
export function padImage(context: LoweringContext, x: Value, [top, bottom, left, right]: readonly [number, number, number, number]): Value {
  return pad(context, x, [0, 0, top, left], [0, 0, bottom, right]);
}

/** Values joined along an axis. */
export function concat(context: LoweringContext, parts: readonly Value[], axis: number): Value {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : context.emit('Concat', parts, { axis: int(axis) });
}

/** Sum over axis 0, which vanishes. */
export function sumBatch(context: LoweringContext, x: Value): Value {
  return context.emit('ReduceSum', [x, context.ints([0])], { keepdims: int(0) });
}

/** Mean over axes that keep extent 1. */
export function reduceMean(context: LoweringContext, x: Value, axes: readonly number[]): Value {
  return axes.length === 0 ? x : context.emit('ReduceMean', [x, context.ints(axes)], { keepdims: int(1) });
}

/** a x b, with b's last two axes swapped. */
export function matmulTransposed(context: LoweringContext, a: Value, b: Value): Value {
  return context.emit('FusedMatMul', [a, b], { transA: int(0), transB: int(1) });
}

/** The sum of values of one shape. */
export function sum(context: LoweringContext, parts: readonly Value[]): Value {
  return parts.reduce((total, part) => context.emit('Add', [total, part]));
}
