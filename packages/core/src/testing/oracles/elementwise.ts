/** Definitions of the elementwise ops: a function of numbers each, and broadcasting by position. */
import type { Relation } from '../../graph/ops.ts';
import type { DType, HostTensor, Shape } from '../../tensor.ts';
import { type Field, type Index, type Oracle, operand, range, tabulate } from './index-notation.ts';

type ElementwiseName =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'square'
  | 'sqrt'
  | 'rsqrt'
  | 'exp'
  | 'log'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'relu'
  | 'leakyRelu'
  | 'cast'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'min'
  | 'max'
  | 'compare'
  | 'select';

/** Oracles of the elementwise ops. */
export const elementwiseOracles: { readonly [K in ElementwiseName]: Oracle<K> } = {
  neg: each((x) => 0 - x),
  abs: each((x) => (x < 0 ? -x : x)),
  sign: each((x) => (x > 0 ? 1 : x < 0 ? -1 : 0)),
  square: each((x) => x ** 2),
  sqrt: each((x) => x ** 0.5),
  rsqrt: each((x) => 1 / Math.sqrt(x)),
  exp: each((x) => Math.exp(x)),
  log: each((x) => Math.log(x)),
  // tanh x = (e^x - e^-x) / (e^x + e^-x), divided by the larger exponential
  tanh: each((x) => (x > 0 ? -1 : 1) * (Math.expm1(-2 * Math.abs(x)) / (Math.exp(-2 * Math.abs(x)) + 1))),
  sigmoid: each((x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))),
  softplus: each((x) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)))),
  relu: each((x) => (x > 0 ? x : 0)),
  leakyRelu: ([x], { slope }) => each((value) => (value > 0 ? value : slope * value))([x as Field]),
  cast: (inputs, { dtype }) => [tabulate(operand(inputs, 0).shape, (index) => converted(operand(inputs, 0).at(index), dtype), dtype)],

  add: pairwise((a, b) => a + b),
  sub: pairwise((a, b) => a - b),
  mul: pairwise((a, b) => a * b),
  div: (inputs) => (operand(inputs, 0).dtype === 'i32' ? pairwise((a, b) => Math.trunc(a / b)) : pairwise((a, b) => a / b))(inputs),
  min: pairwise((a, b) => (b < a ? b : a)),
  max: pairwise((a, b) => (b > a ? b : a)),
  compare: (inputs, { relation }) => {
    const shape = stretchedShape(inputs);
    return [
      tabulate(
        shape,
        (index) => Number(holds(relation, stretched(operand(inputs, 0), index), stretched(operand(inputs, 1), index))),
        'bool',
      ),
    ];
  },
  select: (inputs) => {
    const pick = (index: Index) => stretched(operand(inputs, stretched(operand(inputs, 0), index) === 1 ? 1 : 2), index);
    return [tabulate(stretchedShape(inputs), pick, operand(inputs, 1).dtype)];
  },
};

/** The element of a tensor that meets position `index` of a broadcast result: right-aligned, 0 where the extent is 1. */
export function stretched(field: Field, index: Index): number {
  const lead = index.length - field.shape.length;
  return field.at(field.shape.map((extent, axis) => (extent === 1 ? 0 : (index[axis + lead] ?? 0))));
}

/** The shape that tensors broadcast to: per axis, counted from the right, the largest extent. */
export function stretchedShape(fields: readonly { readonly shape: Shape }[]): Shape {
  const rank = Math.max(...fields.map(({ shape }) => shape.length));
  return range(rank).map((axis) => Math.max(...fields.map(({ shape }) => shape[axis - rank + shape.length] ?? 1)));
}

function each(f: (x: number) => number) {
  return (inputs: readonly Field[]): HostTensor[] => [tabulate(operand(inputs, 0).shape, (index) => f(operand(inputs, 0).at(index)))];
}

function pairwise(f: (a: number, b: number) => number) {
  return (inputs: readonly Field[]): HostTensor[] => {
    const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
    return [tabulate(stretchedShape(inputs), (index) => f(stretched(a, index), stretched(b, index)), a.dtype)];
  };
}

function converted(value: number, dtype: DType): number {
  if (dtype === 'bool') return value === 0 ? 0 : 1;
  return dtype === 'i32' ? Math.trunc(value) : value;
}

function holds(relation: Relation, a: number, b: number): boolean {
  switch (relation) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
  }
}
