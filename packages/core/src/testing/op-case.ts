/**
 * What an op case is: one application of one op, with its inputs and tolerances, as data. Knows nothing of how a case is
 * run; forward parity, gradient checks, shape inference and reports are loops over cases.
 */
import type { OpName, OpParams } from '../graph/ops.ts';
import { type DType, isFloat, type Shape } from '../tensor.ts';
import { type Fill, fillTensor, type TensorSpec } from './random-tensors.ts';

/** Ops that cases apply: all but the two leaves that have no value of their own. */
export type TestedOp = Exclude<OpName, 'input' | 'variable'>;

/** Arithmetic that a backend computes `f32` graphs in; `f16` is that of graphs in f16. */
export type Precision = 'f64' | 'f32' | 'f16';

/** Largest error allowed, relative to the largest value of the result. */
export type Tolerance = Readonly<Record<Precision, number>>;

/** What of a case is left out, each with the reason. */
export interface Exclusions {
  /** No gradient graphs at all. */
  readonly gradient?: string;
  /** Gradient graphs are run and compared, but not with finite differences. */
  readonly finiteDifference?: string;
  /** Not run in f16. */
  readonly half?: string;
}

/** One application of `op`. `name` is unique among the cases of an op. */
export interface OpCase<K extends TestedOp = TestedOp> {
  readonly op: K;
  readonly name: string;
  readonly inputs: readonly TensorSpec[];
  readonly params: OpParams[K];
  /** DEFAULT_TOLERANCE where it is left out. */
  readonly tolerance?: Partial<Tolerance>;
  readonly exclude?: Exclusions;
}

/** An op case as a union over ops, so that a list of literals is checked op by op. */
export type AnyOpCase = { [K in TestedOp]: OpCase<K> }[TestedOp];

/** Rounding of one op on numbers near 1; cases that sum long rows or cancel say so themselves. */
export const DEFAULT_TOLERANCE: Tolerance = { f64: 1e-12, f32: 2e-6, f16: 1e-3 };

/** The tolerance of a case for results computed in `precision`. */
export function toleranceOf(opCase: AnyOpCase, precision: Precision): number {
  return opCase.tolerance?.[precision] ?? DEFAULT_TOLERANCE[precision];
}

/** How a case is called in reports: `conv2d: 3x3`. */
export function titleOf({ op, name }: AnyOpCase): string {
  return `${op}: ${name}`;
}

/** A float input, standard normal unless `fill` says otherwise. */
export function float(shape: Shape, fill: Fill = 'normal'): TensorSpec {
  return { shape, dtype: 'f32', fill };
}

/** An i32 input. */
export function integer(shape: Shape, fill: Fill = 'integers'): TensorSpec {
  return { shape, dtype: 'i32', fill };
}

/** A bool input. */
export function boolean(shape: Shape, fill: Fill = 'booleans'): TensorSpec {
  return { shape, dtype: 'bool', fill };
}

/** The values of a case's inputs, the same at each call; floats are exact in f32. */
export function inputsOf(opCase: AnyOpCase) {
  return opCase.inputs.map((spec, at) => fillTensor(spec, `${titleOf(opCase)}/x${at}`, at));
}

/** Why a case has no gradient graphs, or undefined when it has. `outputs` are the element types of its results. */
export function whyNoGradient(opCase: AnyOpCase, outputs: readonly DType[]): string | undefined {
  if (opCase.exclude?.gradient !== undefined) return opCase.exclude.gradient;
  if (!opCase.inputs.some(({ dtype }) => isFloat(dtype))) return 'it has no floating-point input';
  if (!outputs.some(isFloat)) return 'it has no floating-point result';
  return undefined;
}
