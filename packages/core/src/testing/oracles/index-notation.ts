/**
 * Tensors as functions of index tuples: what the oracles are written in. Everything is the formula as the books have it,
 * element by element and as slow as that; nothing here is shared with the reference backend.
 */
import type { OpName, OpParams } from '../../graph/ops.ts';
import { type DType, type HostTensor, type Shape, sizeOf } from '../../tensor.ts';

/** One position of a tensor. */
export type Index = readonly number[];

/** A tensor that is asked for single elements; positions outside throw. */
export interface Field {
  readonly shape: Shape;
  readonly dtype: DType;
  at(index: Index): number;
}

/** What an op's results are, from its definition. */
export type Oracle<K extends OpName> = (inputs: readonly Field[], params: OpParams[K]) => readonly HostTensor[];

/** A host tensor as a function of positions. */
export function fieldOf({ shape, dtype, data }: HostTensor): Field {
  return { shape, dtype, at: (index) => data[positionOf(index, shape)] ?? Number.NaN };
}

/** The input at `position`; for oracles, whose inputs are there because the graph is valid. */
export function operand(inputs: readonly Field[], position: number): Field {
  const input = inputs[position];
  if (input === undefined) throw new RangeError(`the oracle needs input ${position}, got ${inputs.length} inputs.`);
  return input;
}

/** Every position of a tensor, last axis fastest. */
export function indices(shape: Shape): Index[] {
  return shape.reduce<Index[]>((prefixes, extent) => prefixes.flatMap((prefix) => range(extent).map((i) => [...prefix, i])), [[]]);
}

/** The numbers 0 ... count - 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** The tensor whose element at each position is `value(position)`. */
export function tabulate(shape: Shape, value: (index: Index) => number, dtype: DType = 'f32'): HostTensor {
  const values = indices(shape).map(value);
  if (dtype === 'i32') return { shape, dtype, data: Int32Array.from(values) };
  if (dtype === 'bool') return { shape, dtype, data: Uint8Array.from(values) };
  return { shape, dtype, data: Float64Array.from(values) };
}

/** Adds up `value` over items. */
export function total<T>(items: Iterable<T>, value: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += value(item);
  return sum;
}

/** Adds each `value` to the element at its position; positions that are never named stay 0. */
export function scatterSum(shape: Shape, contributions: Iterable<readonly [index: Index, value: number]>): HostTensor {
  const data = new Float64Array(sizeOf(shape));
  for (const [index, value] of contributions) data[positionOf(index, shape)] = (data[positionOf(index, shape)] ?? 0) + value;
  return { shape, dtype: 'f32', data };
}

/** Positions that agree with `index` but for `axes`, where they take every value. */
export function fibre(shape: Shape, axes: readonly number[], index: Index): Index[] {
  return indices(shape).filter((other) => other.every((at, axis) => axes.includes(axis) || at === index[axis]));
}

/** `index` with 0 along `axes`: where a reduction that keeps extent 1 puts its result. */
export function reduced(index: Index, axes: readonly number[]): Index {
  return index.map((at, axis) => (axes.includes(axis) ? 0 : at));
}

/** `shape` with extent 1 along `axes`. */
export function reducedShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}

function positionOf(index: Index, shape: Shape): number {
  if (index.length !== shape.length) throw new RangeError(`position ${index} has not the rank of ${shape}.`);
  return index.reduce((position, at, axis) => {
    const extent = shape[axis] ?? 0;
    if (!(at >= 0 && at < extent)) throw new RangeError(`position ${index} lies outside ${shape}.`);
    return position * extent + at;
  }, 0);
}
