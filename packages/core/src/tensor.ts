/**
 * Element types, shapes and host tensors: the vocabulary every other layer shares.
 * Knows nothing of graphs, engines or files.
 */

/** Element type of a tensor in a graph. `i32` counts and indexes, `bool` is the result of a comparison. */
export type DType = 'f32' | 'f16' | 'i32' | 'bool';

/** Extents of a tensor, outermost first; `[]` is a scalar. Images are N x C x H x W. */
export type Shape = readonly number[];

/** Shape and element type: all that is known of a tensor before it has a value. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The arrays that may hold a host tensor's elements. `f32` takes either float array (the f64 oracle keeps full precision); `f16` holds raw bits. */
export type HostData = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array;

/** A tensor in host memory, elements in row-major order. */
export interface HostTensor extends TensorType {
  readonly data: HostData;
}

/** Named host tensors: a checkpoint's weights, a store's contents, a golden run. */
export type TensorRecord = Readonly<Record<string, HostTensor>>;

/** Something is wrong with a tensor's shape, element type or data; the message names the tensor and the remedy. */
export class TensorError extends Error {
  override name = 'TensorError';
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Whether two shapes have the same extents. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** Row-major strides of a shape, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/** Shape as people write it: `1x3x256x256`, `scalar` for rank 0. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}

/** Type as people write it: `f32[1x3x256x256]`. */
export function formatType(type: TensorType): string {
  return `${type.dtype}[${formatShape(type.shape)}]`;
}

/** Whether a type is a floating-point one, and so has gradients. */
export function isFloat(dtype: DType): boolean {
  return dtype === 'f32' || dtype === 'f16';
}

/** An `f32` host tensor over `data`; throws TensorError when the lengths differ. */
export function f32(shape: Shape, data: ArrayLike<number> | Float32Array | Float64Array): HostTensor {
  const array = data instanceof Float32Array || data instanceof Float64Array ? data : Float32Array.from(data);
  return checkHostTensor({ shape, dtype: 'f32', data: array }, 'tensor');
}

/** An `i32` host tensor. */
export function i32(shape: Shape, data: ArrayLike<number>): HostTensor {
  return checkHostTensor({ shape, dtype: 'i32', data: Int32Array.from(data) }, 'tensor');
}

/** A `bool` host tensor. */
export function bool(shape: Shape, data: ArrayLike<boolean>): HostTensor {
  return checkHostTensor({ shape, dtype: 'bool', data: Uint8Array.from(data, Number) }, 'tensor');
}

/** A scalar `f32` host tensor in full precision, as learning rates and loss weights are fed. */
export function f32Scalar(value: number): HostTensor {
  return { shape: [], dtype: 'f32', data: Float64Array.of(value) };
}

const ARRAYS: Record<DType, readonly (abstract new (...args: never[]) => HostData)[]> = {
  f32: [Float32Array, Float64Array],
  f16: [Uint16Array],
  i32: [Int32Array],
  bool: [Uint8Array],
};

/** Returns `tensor` if its array fits its type; throws TensorError naming `name` otherwise. */
export function checkHostTensor(tensor: HostTensor, name: string): HostTensor {
  const { shape, dtype, data } = tensor;
  if (!ARRAYS[dtype].some((array) => data instanceof array)) {
    const wanted = ARRAYS[dtype].map((array) => array.name).join(' or ');
    throw new TensorError(`${name}: ${dtype} data must be a ${wanted}, got ${data.constructor.name}.`);
  }
  if (data.length !== sizeOf(shape)) {
    throw new TensorError(`${name}: shape ${formatShape(shape)} needs ${sizeOf(shape)} elements, got ${data.length}.`);
  }
  return tensor;
}

/** Throws TensorError unless `tensor` has the expected type; `name` opens the message. */
export function expectType(tensor: TensorType, expected: TensorType, name: string): void {
  if (tensor.dtype !== expected.dtype || !sameShape(tensor.shape, expected.shape)) {
    throw new TensorError(`${name}: expected ${formatType(expected)}, got ${formatType(tensor)}.`);
  }
}
