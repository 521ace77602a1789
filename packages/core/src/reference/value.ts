/**
 * Values of the reference backend and the shape of its kernels. `f32` is computed in f64, so that what it returns can judge
 * every other backend. Values are never written to once their kernel returned, so kernels may share arrays freely.
 */
import { BackendError } from '../backend.ts';
import type { PrimitiveName, PrimitiveParams } from '../graph/ops.ts';
import { type DType, type HostData, type HostTensor, type Shape, sizeOf, type TensorType } from '../tensor.ts';

/** Elements of a value: f64 for `f32`, 0 and 1 for `bool`. */
export type Elements = Float64Array | Int32Array | Uint8Array;

/** A tensor with its elements in row-major order. */
export interface Value extends TensorType {
  readonly data: Elements;
}

/** Inputs of a kernel. Graphs are valid, so a kernel finds as many as its op takes; no primitive but concat takes more than three. */
export type Operands = readonly [Value, Value, Value, ...Value[]];

/** What the leaves of a graph stand for in one run. */
export interface Bindings {
  readonly feeds: ReadonlyMap<string, Elements>;
  readonly variables: ReadonlyMap<string, Elements>;
}

/** Values that enter an op and the type of what comes out. */
export interface Application {
  readonly inputs: Operands;
  readonly output: TensorType;
}

/** What a kernel is given. */
export interface Call<K extends PrimitiveName> extends Application {
  readonly params: PrimitiveParams[K];
  readonly bindings: Bindings;
}

/** Computes the elements of an op's result. */
export type Kernel<K extends PrimitiveName> = (call: Call<K>) => Elements;

/** A kernel for each op of a family. */
export type Kernels<K extends PrimitiveName> = { readonly [P in K]: Kernel<P> };

/** Element types the reference backend computes. */
export const DTYPES: readonly DType[] = ['f32', 'i32', 'bool'];

/** Zeros for a value of the given type; throws BackendError for `f16`. */
export function allocate({ shape, dtype }: TensorType): Elements {
  return new (arrayOf(dtype))(sizeOf(shape));
}

/** A copy of host data, widened; throws BackendError for `f16`. */
export function fromHost({ dtype, data }: { readonly dtype: DType; readonly data: HostData }): Elements {
  return new (arrayOf(dtype))(data);
}

/** A host tensor with a copy of the elements; `f32` comes as a Float64Array, so nothing is lost. */
export function toHost({ shape, dtype }: TensorType, elements: Elements): HostTensor {
  return { shape, dtype, data: elements.slice() };
}

/** The elements of a floating-point value. */
export function floats({ data }: Value): Float64Array {
  if (data instanceof Float64Array) return data;
  throw new BackendError(`reference: a floating-point operand holds a ${data.constructor.name}; the graph is not valid.`);
}

/** Extents of an N x C x H x W value or an O x I x KH x KW kernel. */
export function extents4(shape: Shape): [number, number, number, number] {
  const [a = 1, b = 1, c = 1, d = 1] = shape;
  return [a, b, c, d];
}

function arrayOf(dtype: DType): Float64ArrayConstructor | Int32ArrayConstructor | Uint8ArrayConstructor {
  if (dtype === 'f32') return Float64Array;
  if (dtype === 'i32') return Int32Array;
  if (dtype === 'bool') return Uint8Array;
  throw new BackendError(`reference: it computes ${DTYPES.join(', ')}, got ${dtype}; compile the graph for its capabilities.`);
}
