/**
 * Elementwise ops: one ONNX operator each, or two where ONNX has none. Broadcasting is the same on both sides.
 */
import type { DType, Relation } from '@cyclegan/core';
import { float } from './attributes.ts';
import { type LoweringContext, onnxType, type Value } from './context.ts';
import type { Lower, LoweredName } from './lower.ts';

type ElementwiseName = Extract<
  LoweredName,
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
  | 'reluGrad'
  | 'cast'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'min'
  | 'max'
  | 'compare'
  | 'select'
>;

/** A slope with which a clipped line is a step: 1 from the smallest normal numbers on. */
const STEEP = 3e38;

const unary =
  <K extends ElementwiseName>(opType: string): Lower<K> =>
  (context, { inputs: [x] }) =>
    context.emit(opType, [x.value]);

const binary =
  <K extends ElementwiseName>(opType: string): Lower<K> =>
  (context, { inputs: [a, b] }) =>
    context.emit(opType, [a.value, b.value]);

const RELATIONS: Readonly<Record<Relation, string>> = {
  eq: 'Equal',
  ne: 'Equal',
  lt: 'Less',
  le: 'LessOrEqual',
  gt: 'Greater',
  ge: 'GreaterOrEqual',
};

/** `x` converted to another element type. */
export function cast(context: LoweringContext, x: Value, from: DType, to: DType): Value {
  return from === to ? x : context.cast(x, onnxType(to));
}

/** Lowerings of the elementwise ops. */
export const ELEMENTWISE: { readonly [K in ElementwiseName]: Lower<K> } = {
  neg: unary('Neg'),
  abs: unary('Abs'),
  sign: unary('Sign'),
  square: (context, { inputs: [x] }) => context.emit('Mul', [x.value, x.value]),
  sqrt: unary('Sqrt'),
  rsqrt: (context, { inputs: [x] }) => context.emit('Reciprocal', [context.emit('Sqrt', [x.value])]),
  exp: unary('Exp'),
  log: unary('Log'),
  tanh: unary('Tanh'),
  sigmoid: unary('Sigmoid'),
  softplus: unary('Softplus'),
  relu: unary('Relu'),
  leakyRelu: (context, { inputs: [x], params }) => context.emit('LeakyRelu', [x.value], { alpha: float(params.slope) }),
  // 1 for y > 0 and 0 elsewhere: cheaper than a comparison and a cast
  reluGrad: (context, { inputs: [dy, y], params: { slope } }) => {
    const positive = context.emit('HardSigmoid', [y.value], { alpha: float(STEEP), beta: float(0) });
    return context.emit('Mul', [dy.value, slope === 0 ? positive : context.emit('Max', [positive, context.scalar(y.dtype, slope)])]);
  },
  cast: (context, { inputs: [x], params }) => cast(context, x.value, x.dtype, params.dtype),

  add: binary('Add'),
  sub: binary('Sub'),
  mul: binary('Mul'),
  div: binary('Div'),
  min: binary('Min'),
  max: binary('Max'),
  compare: (context, { inputs: [a, b], params: { relation } }) => {
    // ONNX orders numbers only
    const operands = [a, b].map(({ value, dtype }) => (dtype === 'bool' ? cast(context, value, 'bool', 'i32') : value));
    const holds = context.emit(RELATIONS[relation], operands);
    return relation === 'ne' ? context.emit('Not', [holds]) : holds;
  },
  select: (context, { inputs: [condition, a, b] }) => {
    if (a.dtype !== 'bool') return context.emit('Where', [condition.value, a.value, b.value]);
    // ONNX Runtime's Where takes no bool values
    const whereTrue = context.emit('And', [condition.value, a.value]);
    const whereFalse = context.emit('And', [context.emit('Not', [condition.value]), b.value]);
    return context.emit('Or', [whereTrue, whereFalse]);
  },
};
