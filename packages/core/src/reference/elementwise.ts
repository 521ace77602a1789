/**
 * Elementwise kernels: a scalar function each, applied along broadcast views. Integers wrap and truncate as their arrays
 * store them. Kinks follow PyTorch, and NaN comes through every function.
 */
import type { Relation } from '../graph/ops.ts';
import { forEachRun, stretchedView, wholeView } from './strided.ts';
import { type Application, allocate, type Elements, floats, type Kernels } from './value.ts';

type UnaryOp =
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
  | 'cast';
type BinaryOp = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'compare';

/** Kernels of the elementwise ops. */
export const elementwiseKernels: Kernels<UnaryOp | BinaryOp | 'select'> = {
  neg: unary((x) => -x),
  abs: unary(Math.abs),
  sign: unary(Math.sign),
  square: unary((x) => x * x),
  sqrt: unary(Math.sqrt),
  rsqrt: unary((x) => 1 / Math.sqrt(x)),
  exp: unary(Math.exp),
  log: unary(Math.log),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  // log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), whose exponential never overflows.
  softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  relu: unary((x) => (x <= 0 ? 0 : x)),
  leakyRelu: ({ inputs: [x], params: { slope } }) => floats(x).map((value) => (value > 0 ? value : slope * value)),
  cast: ({ inputs: [x], params: { dtype }, output }) => {
    const result = allocate(output);
    for (let i = 0; i < result.length; i++) result[i] = dtype === 'bool' ? Number(x.data[i] !== 0) : x.data[i]!;
    return result;
  },

  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  min: binary(Math.min),
  max: binary(Math.max),
  compare: (call) => combine(call, RELATIONS[call.params.relation]),
  select,
};

const RELATIONS: { readonly [R in Relation]: (a: number, b: number) => number } = {
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  gt: (a, b) => Number(a > b),
  ge: (a, b) => Number(a >= b),
};

function unary(f: (x: number) => number) {
  return ({ inputs: [x] }: Application): Elements => {
    const source = floats(x);
    const result = new Float64Array(source.length);
    for (let i = 0; i < source.length; i++) result[i] = f(source[i]!);
    return result;
  };
}

function binary(f: (a: number, b: number) => number) {
  return (call: Application): Elements => combine(call, f);
}

function combine({ inputs: [a, b], output }: Application, f: (a: number, b: number) => number): Elements {
  const result = allocate(output);
  const views = [stretchedView(a.shape, output.shape), stretchedView(b.shape, output.shape), wholeView(output.shape)];
  forEachRun(output.shape, views, (length, offsets, steps) => {
    const ia = offsets[0]!;
    const ib = offsets[1]!;
    const to = offsets[2]!;
    const aStep = steps[0]!;
    const bStep = steps[1]!;
    for (let i = 0; i < length; i++) result[to + i] = f(a.data[ia + i * aStep]!, b.data[ib + i * bStep]!);
  });
  return result;
}

function select({ inputs: [condition, a, b], output }: Application): Elements {
  const result = allocate(output);
  const views = [condition, a, b].map(({ shape }) => stretchedView(shape, output.shape));
  forEachRun(output.shape, [...views, wholeView(output.shape)], (length, offsets, steps) => {
    for (let i = 0; i < length; i++) {
      const holds = condition.data[offsets[0]! + i * steps[0]!] !== 0;
      result[offsets[3]! + i] = holds ? a.data[offsets[1]! + i * steps[1]!]! : b.data[offsets[2]! + i * steps[2]!]!;
    }
  });
  return result;
}
