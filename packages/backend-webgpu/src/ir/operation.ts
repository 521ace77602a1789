/**
 * The compiler's own form of a graph: operations that are either pointwise, each element of the result a function of elements of the operands,
 * or anchors, which need a kernel of their own shape. Knows neither kernels nor buffers.
 */
import type { ConvGeometry, DType, HostData, PrimitiveParams, Shape, TensorType } from '@cyclegan/core';

/** What has a value before anything is computed. */
export interface LeafParams {
  readonly feed: { readonly name: string };
  readonly variable: { readonly name: string };
  readonly constant: { readonly data: HostData };
}

type ElementwisePrimitive =
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

type NoParams = Readonly<Record<never, never>>;

/** Element by element, operands stretched as NumPy does. */
export interface ElementwiseParams extends Pick<PrimitiveParams, ElementwisePrimitive> {
  /** [x]: the same values in memory of their own. */
  readonly copy: NoParams;
  /** [dy, y]: see core's composite. */
  readonly reluGrad: { readonly slope: number };
  /** [x, mean, rstd] to (x - mean) rstd. */
  readonly normalized: NoParams;
  /** [dy, y, rstd, mean of dy, mean of dy y] to rstd (dy - mean - y mean'). */
  readonly normalizedGrad: NoParams;
}

/** Elements that come from another position, or from one of several operands. */
export interface MovementParams
  extends Pick<PrimitiveParams, 'reshape' | 'transpose' | 'broadcast' | 'concat' | 'slice' | 'pad' | 'reflectPad' | 'reflectPadGrad'> {
  readonly iota: NoParams;
  /** [x, index]: `size` entries of axis 0 from the clamped index on. */
  readonly dynamicSlice: { readonly size: number };
  /** [x, update, index]: x with entries of axis 0 from the clamped index on replaced. */
  readonly dynamicUpdate: NoParams;
}

/** Everything whose elements are written down as an expression. */
export interface PointwiseParams extends ElementwiseParams, MovementParams {}

/** Operations with a kernel of their own; their results always lie in memory, or are passed on to what follows in the same kernel. */
export interface AnchorParams extends Pick<PrimitiveParams, 'sum' | 'maxReduce' | 'matmul'> {
  readonly conv2d: ConvGeometry;
  readonly conv2dInputGrad: ConvGeometry & { readonly inputSize: readonly [number, number] };
  readonly conv2dWeightGrad: ConvGeometry & { readonly kernelSize: readonly [number, number] };
  /** [x] to mean and 1 / sqrt(variance + epsilon) over the axes. */
  readonly statistics: { readonly axes: readonly number[]; readonly epsilon: number };
  /** [dy, y] to the means of dy and of dy y over the axes. */
  readonly projections: { readonly axes: readonly number[] };
  /** [gradients ..., step size, correction] to the new values of variables, which Adam replaces where they lie; with a bool scalar as well, only if it holds. */
  readonly adam: AdamParams;
}

/** What Adam works on: parameter k is variables `weights[k]`, `m[k]` and `v[k]`, and outputs 3k, 3k + 1 and 3k + 2. */
export interface AdamParams {
  readonly weights: readonly string[];
  readonly m: readonly string[];
  readonly v: readonly string[];
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Every operation and its parameters. */
export interface OperationParams extends LeafParams, PointwiseParams, AnchorParams {}

/** Name of an operation. */
export type OperationName = keyof OperationParams;
/** Name of an elementwise operation. */
export type ElementwiseName = keyof ElementwiseParams;
/** Name of a pointwise operation. */
export type PointwiseName = keyof PointwiseParams;
/** Name of an anchor. */
export type AnchorName = keyof AnchorParams;

/** One application of an operation; `position` orders the operations of a program. */
export interface Operation<K extends OperationName = OperationName> {
  readonly position: number;
  readonly op: K;
  readonly inputs: readonly Value[];
  readonly params: OperationParams[K];
  readonly outputs: readonly Value[];
  /** Where in the model it was made: `genAB/block3`. */
  readonly scope: string;
}

/** An operation as a union, so that testing `op` narrows `params`. */
export type AnyOperation = { [K in OperationName]: Operation<K> }[OperationName];

/** Result `index` of an operation. */
export interface Value extends TensorType {
  readonly id: number;
  readonly operation: AnyOperation;
  readonly index: number;
}

/** A program before its kernels are decided. */
export interface LoweredProgram {
  /** In an order in which they can run. */
  readonly operations: readonly AnyOperation[];
  readonly inputs: ReadonlyMap<string, TensorType>;
  readonly outputs: ReadonlyMap<string, Value>;
  /** Next values of variables; those that Adam replaces are not among them. */
  readonly updates: ReadonlyMap<string, Value>;
  readonly variables: ReadonlyMap<string, TensorType>;
}

const LEAVES: readonly string[] = ['feed', 'variable', 'constant'] satisfies (keyof LeafParams)[];
const ANCHORS: readonly string[] = [
  'sum',
  'maxReduce',
  'matmul',
  'conv2d',
  'conv2dInputGrad',
  'conv2dWeightGrad',
  'statistics',
  'projections',
  'adam',
] satisfies AnchorName[];
const MOVEMENTS: readonly string[] = [
  'reshape',
  'transpose',
  'broadcast',
  'concat',
  'slice',
  'pad',
  'reflectPad',
  'reflectPadGrad',
  'iota',
  'dynamicSlice',
  'dynamicUpdate',
] satisfies (keyof MovementParams)[];

/** An operation of some names. */
type OneOf<K extends OperationName> = { [N in K]: Operation<N> }[K];

/** Whether an operation has its value before anything is computed. */
export function isLeaf(operation: AnyOperation): operation is OneOf<keyof LeafParams> {
  return LEAVES.includes(operation.op);
}

/** Whether an operation needs a kernel of its own shape. */
export function isAnchor(operation: AnyOperation): operation is OneOf<AnchorName> {
  return ANCHORS.includes(operation.op);
}

/** Whether an operation moves elements. */
export function isMovement(operation: AnyOperation): operation is OneOf<keyof MovementParams> {
  return MOVEMENTS.includes(operation.op);
}

/** Whether each element of the result is a function of the operands' elements at its own, stretched, position. */
export function isElementwise(operation: AnyOperation): operation is OneOf<ElementwiseName> {
  return !isLeaf(operation) && !isAnchor(operation) && !isMovement(operation);
}

/** Whether elements of the result are written down as an expression. */
export function isPointwise(operation: AnyOperation): operation is OneOf<PointwiseName> {
  return !isLeaf(operation) && !isAnchor(operation);
}

/** The value that a reshaped value has its elements from: reshaping changes no memory. */
export function baseOf(value: Value): Value {
  let base = value;
  while (base.operation.op === 'reshape') base = base.operation.inputs[0] as Value;
  return base;
}

/** The number that a scalar constant is, or undefined for another value. */
export function scalarOf({ operation, shape, dtype }: Value): number | undefined {
  // f16 data are bits
  if (operation.op !== 'constant' || dtype === 'f16') return undefined;
  return shape.every((extent) => extent === 1) ? operation.params.data[0] : undefined;
}

const BYTES: Readonly<Record<DType, number>> = { f32: 4, f16: 2, i32: 4, bool: 4 };

/** Bytes that a value takes on the device, whole words; a bool is a word there. */
export function deviceBytes({ shape, dtype }: TensorType): number {
  return Math.ceil((BYTES[dtype] * (shape as Shape).reduce((product, extent) => product * extent, 1)) / 4) * 4;
}
