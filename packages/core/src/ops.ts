/**
 * The functions that models, losses and gradients are written with: one per op, plus the few that are plain compositions.
 * They record into the trace of their inputs; numbers become scalar constants of the other operand's type.
 */
import { GraphError, only, type Tensor } from './graph/graph.ts';
import { broadcastShapes } from './graph/infer.ts';
import type { ConvGeometry, OpName, OpParams, PoolGeometry, Relation } from './graph/ops.ts';
import { type DType, type HostData, type Shape, sameShape, sizeOf } from './tensor.ts';

/** A tensor, or a number that becomes a scalar constant. */
export type Operand = Tensor | number;

/** Records `op` and returns all its outputs. */
export function emit<K extends OpName>(op: K, inputs: readonly [Tensor, ...Tensor[]], params: OpParams[K]): readonly Tensor[] {
  return inputs[0].trace.emit(op, inputs, params);
}

function emitOne<K extends OpName>(op: K, inputs: readonly [Tensor, ...Tensor[]], params: OpParams[K]): Tensor {
  return only(emit(op, inputs, params));
}

const CONSTANT_ARRAYS = { f32: Float64Array, i32: Int32Array, bool: Uint8Array } as const;

function constantData(values: readonly number[], dtype: DType): HostData {
  if (dtype === 'f16') throw new GraphError('constants are made in f32 and cast; f16 has no host arithmetic.');
  return CONSTANT_ARRAYS[dtype].from(values);
}

/** A scalar constant in the trace of `like`, of its element type unless `dtype` says otherwise. */
export function scalar(like: Tensor, value: number, dtype: DType = like.dtype): Tensor {
  if (dtype === 'f16') return cast(scalar(like, value, 'f32'), 'f16');
  return like.trace.constant({ shape: [], dtype, data: constantData([value], dtype) });
}

/** A tensor of `like`'s shape and type filled with `value`. */
export function fill(like: Tensor, value: number): Tensor {
  return broadcast(scalar(like, value), like.shape);
}

/** A constant matrix or vector of `f32` in the trace of `like`. */
export function constant(like: Tensor, shape: Shape, values: Float64Array): Tensor {
  return like.trace.constant({ shape, dtype: 'f32', data: values });
}

function lift(a: Operand, b: Operand): [Tensor, Tensor] {
  if (typeof a !== 'number') return [a, typeof b === 'number' ? scalar(a, b) : b];
  if (typeof b !== 'number') return [scalar(b, a), b];
  throw new GraphError('an op needs at least one tensor; compute numbers with JavaScript.');
}

type UnaryName = 'neg' | 'abs' | 'sign' | 'square' | 'sqrt' | 'rsqrt' | 'exp' | 'log' | 'tanh' | 'sigmoid' | 'softplus' | 'relu';
const unary = (op: UnaryName) => (x: Tensor) => emitOne(op, [x], {});

/** -x */
export const neg = unary('neg');
/** |x|; its gradient at 0 is 0, as in PyTorch. */
export const abs = unary('abs');
/** -1, 0 or 1. */
export const sign = unary('sign');
/** x². */
export const square = unary('square');
/** Square root. */
export const sqrt = unary('sqrt');
/** 1 / sqrt(x). */
export const rsqrt = unary('rsqrt');
/** Exponential. */
export const exp = unary('exp');
/** Natural logarithm. */
export const log = unary('log');
/** Hyperbolic tangent. */
export const tanh = unary('tanh');
/** 1 / (1 + exp(-x)). */
export const sigmoid = unary('sigmoid');
/** log(1 + exp(x)), without overflow. */
export const softplus = unary('softplus');
/** max(x, 0); its gradient at 0 is 0. */
export const relu = unary('relu');

/** x where positive, slope * x elsewhere; its gradient at 0 is the slope. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return emitOne('leakyRelu', [x], { slope });
}

/** `x` in another element type; nothing when it has it already. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : emitOne('cast', [x], { dtype });
}

const binary = (op: 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max') => (a: Operand, b: Operand) => emitOne(op, lift(a, b), {});

/** a + b, broadcasting. */
export const add = binary('add');
/** a - b, broadcasting. */
export const sub = binary('sub');
/** a * b, broadcasting. */
export const mul = binary('mul');
/** a / b, broadcasting. */
export const div = binary('div');
/** The smaller of a and b, broadcasting; equal operands share the gradient. */
export const min = binary('min');
/** The larger of a and b, broadcasting; equal operands share the gradient. */
export const max = binary('max');

/** bool: whether `a relation b`, broadcasting. */
export function compare(a: Operand, relation: Relation, b: Operand): Tensor {
  return emitOne('compare', lift(a, b), { relation });
}

/** `a` where the condition holds, `b` elsewhere, broadcasting. */
export function select(condition: Tensor, a: Operand, b: Operand): Tensor {
  return emitOne('select', [condition, ...lift(a, b)], {});
}

const allAxes = (x: Tensor) => x.shape.map((_, axis) => axis);

/** Sum over `axes` (default: all), which keep extent 1. */
export function sum(x: Tensor, axes: readonly number[] = allAxes(x)): Tensor {
  return axes.length === 0 ? x : emitOne('sum', [x], { axes });
}

/** Largest element over `axes` (default: all), which keep extent 1; ties share the gradient. */
export function maxReduce(x: Tensor, axes: readonly number[] = allAxes(x)): Tensor {
  return axes.length === 0 ? x : emitOne('maxReduce', [x], { axes });
}

/** Mean over `axes` (default: all), which keep extent 1. */
export function mean(x: Tensor, axes: readonly number[] = allAxes(x)): Tensor {
  const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
  return mul(sum(x, axes), 1 / count);
}

/** Mean of all elements as a scalar: how losses end. */
export function meanAll(x: Tensor): Tensor {
  return reshape(mean(x), []);
}

/** The same elements in row-major order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : emitOne('reshape', [x], { shape });
}

/** Output axis i is input axis permutation[i]. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  return permutation.every((axis, at) => axis === at) ? x : emitOne('transpose', [x], { permutation });
}

/** Stretches extents of 1 and adds leading axes. */
export function broadcast(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : emitOne('broadcast', [x], { shape });
}

/** Adjoint of broadcasting: sums `x` over the axes that `shape` lacks or has with extent 1. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const stretched = broadcastShapes(x.shape, shape);
  if (stretched === undefined || !sameShape(stretched, x.shape))
    throw new GraphError(`sumTo: ${x.shape.join('x')} is not a broadcast of ${shape.join('x')}.`);
  const lead = x.shape.length - shape.length;
  const axes = allAxes(x).filter((axis) => axis < lead || (shape[axis - lead] === 1 && x.shape[axis] !== 1));
  return reshape(sum(x, axes), shape);
}

/** Tensors joined along `axis`. */
export function concat(tensors: readonly [Tensor, ...Tensor[]], axis: number): Tensor {
  return tensors.length === 1 ? tensors[0] : emitOne('concat', tensors, { axis });
}

/** Elements start, start + step ... below limit of every axis; steps default to 1. */
export function slice(x: Tensor, starts: Shape, limits: Shape, steps: Shape = x.shape.map(() => 1)): Tensor {
  return emitOne('slice', [x], { starts, limits, steps });
}

/** Elements start ... limit - 1 of one axis, all of the others. */
export function sliceAxis(x: Tensor, axis: number, start: number, limit: number): Tensor {
  const at = (edge: number, other: Shape) => other.map((value, k) => (k === axis ? edge : value));
  return slice(
    x,
    at(
      start,
      x.shape.map(() => 0),
    ),
    at(limit, x.shape),
  );
}

/** `low` copies of `value` before, `high` after (negative crops) and `interior` between neighbours, per axis. */
export function pad(
  x: Tensor,
  low: Shape,
  high: Shape,
  { interior = x.shape.map(() => 0), value = 0 }: { readonly interior?: Shape; readonly value?: number } = {},
): Tensor {
  if ([...low, ...high, ...interior].every((count) => count === 0)) return x;
  return emitOne('pad', [x], { low, high, interior, value });
}

/** Mirrors `size` pixels at every edge of N x C x H x W without repeating the edge (paper, appendix 7.2: reflection padding). */
export function reflectPad(x: Tensor, size: number): Tensor {
  return emitOne('reflectPad', [x], { padding: [size, size, size, size] });
}

/** Square geometry of the usual convolutions: one stride, one padding. */
export function convGeometry(stride = 1, padding = 0): ConvGeometry {
  return { strides: [stride, stride], padding: [padding, padding, padding, padding], dilation: [1, 1], groups: 1 };
}

/** Cross-correlation of x (N,C,H,W) with w (O,C/groups,KH,KW). */
export function conv2d(x: Tensor, w: Tensor, geometry: ConvGeometry = convGeometry()): Tensor {
  return emitOne('conv2d', [x, w], geometry);
}

/** Adjoint of conv2d in x, which is a transposed convolution of dy (N,O,H',W') with w (O,C/groups,KH,KW) to height and width `inputSize`. */
export function conv2dInputGrad(dy: Tensor, w: Tensor, geometry: ConvGeometry & { readonly inputSize: readonly [number, number] }): Tensor {
  return emitOne('conv2dInputGrad', [dy, w], geometry);
}

/** Adjoint of conv2d in w, of kernel height and width `kernelSize`. */
export function conv2dWeightGrad(
  x: Tensor,
  dy: Tensor,
  geometry: ConvGeometry & { readonly kernelSize: readonly [number, number] },
): Tensor {
  return emitOne('conv2dWeightGrad', [x, dy], geometry);
}

/** Matrix product over the last two axes; the others broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return emitOne('matmul', [a, b], {});
}

/** `size` entries of axis 0 from the i32 scalar `index` on. */
export function dynamicSlice(x: Tensor, index: Tensor, size = 1): Tensor {
  return emitOne('dynamicSlice', [x, index], { size });
}

/** `x` with the entries of axis 0 from the i32 scalar `index` on replaced by `update`. */
export function dynamicUpdate(x: Tensor, update: Tensor, index: Tensor): Tensor {
  return emitOne('dynamicUpdate', [x, update, index], {});
}

/** y = (x - mean) * rstd over `axes` with the statistics: [2, 3] is instance norm, [0, 2, 3] batch norm. */
export function normalize(
  x: Tensor,
  axes: readonly number[],
  epsilon = 1e-5,
): { readonly y: Tensor; readonly mean: Tensor; readonly rstd: Tensor } {
  const [y, mean, rstd] = emit('normalize', [x], { axes, epsilon }) as readonly [Tensor, Tensor, Tensor];
  return { y, mean, rstd };
}

/** Largest element of each window. */
export function maxPool(x: Tensor, geometry: PoolGeometry): Tensor {
  return emitOne('maxPool', [x], geometry);
}

/** Mean of each window, padding included as zeros. */
export function averagePool(x: Tensor, geometry: PoolGeometry): Tensor {
  return emitOne('averagePool', [x], geometry);
}

/** Pictures at another height and width. */
export function resize(x: Tensor, size: readonly [number, number], mode: OpParams['resize']['mode'] = 'bilinear'): Tensor {
  return emitOne('resize', [x], { size, mode });
}

/** Cross-entropy of softmax over axis 1 against target probabilities, one value per position. */
export function softmaxCrossEntropy(logits: Tensor, target: Tensor): Tensor {
  return emitOne('softmaxCrossEntropy', [logits, target], {});
}

/** Binary cross-entropy with logits, elementwise and without overflow: softplus(x) - x * target. */
export function sigmoidCrossEntropy(logits: Tensor, target: Operand): Tensor {
  return sub(softplus(logits), mul(logits, target));
}
