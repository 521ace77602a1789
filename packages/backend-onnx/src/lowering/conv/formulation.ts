/**
 * Ways to compute one convolution. Each is a value of one interface in a file of its own, which can be removed without touching
 * another; all of one op compute the same. choose.ts takes the cheapest.
 */
import type { ConvGeometry, OpName, OpParams, TensorType } from '@cyclegan/core';
import { int, ints } from '../attributes.ts';
import type { Attributes } from '../context.ts';
import { image, type Lower } from '../lower.ts';
import type { LowerRows } from '../rows/lower-rows.ts';

/** The convolution ops. */
export type ConvName = Extract<OpName, 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'>;

/** A convolution without its values: what is known when a formulation is chosen. */
export interface ConvNode<K extends ConvName> {
  readonly params: OpParams[K];
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
}

interface Common<K extends ConvName> {
  /** For profiles and tests. */
  readonly name: string;
  /** Whether it can express the node at all. */
  readonly fits: (node: ConvNode<K>) => boolean;
  /** What it costs, in the unit of cost.ts. */
  readonly cost: (node: ConvNode<K>) => number;
}

/** A way on tensors N x C x H x W. */
export interface TensorFormulation<K extends ConvName> extends Common<K> {
  readonly layout: 'tensor';
  readonly lower: Lower<K>;
}

/** A way on pictures by rows. */
export interface RowsFormulation<K extends ConvName> extends Common<K> {
  readonly layout: 'rows';
  readonly lower: LowerRows<K>;
}

/** One way to compute a convolution op. */
export type Formulation<K extends ConvName> = TensorFormulation<K> | RowsFormulation<K>;

/** The extents of a convolution, whichever of the three ops it is. */
export interface ConvSizes {
  readonly n: number;
  /** Channels of the input and of the output. */
  readonly c: number;
  readonly o: number;
  readonly kernel: readonly [number, number];
  /** Elements of a kernel. */
  readonly taps: number;
  /** Height and width of the input and of the output, and positions of all pictures together. */
  readonly inputSize: readonly [number, number];
  readonly outputSize: readonly [number, number];
  readonly inputs: number;
  readonly positions: number;
}

/** The sizes of any convolution node. */
export function sizesOf(op: ConvName, { inputs: [first, second], outputs: [result], params }: ConvNode<ConvName>): ConvSizes {
  const operands = [first, second, result].map((type) => type ?? { shape: [], dtype: 'f32' as const });
  const roles = { conv2d: [0, 1, 2], conv2dInputGrad: [2, 1, 0], conv2dWeightGrad: [0, 2, 1] }[op];
  const [x, w, y] = roles.map((role) => image(operands[role] as TensorType)) as [Quad, Quad, Quad];
  const [n, , height, width] = x;
  const [, , rows, columns] = y;
  return {
    n,
    c: w[1] * params.groups,
    o: w[0],
    kernel: [w[2], w[3]],
    taps: w[2] * w[3],
    inputSize: [height, width],
    outputSize: [rows, columns],
    inputs: n * height * width,
    positions: n * rows * columns,
  };
}

type Quad = readonly [number, number, number, number];

/** The geometry as attributes of ONNX's Conv and ConvTranspose. */
export function convAttributes(
  { strides, padding: [top, bottom, left, right], dilation, groups }: ConvGeometry,
  kernel: readonly number[],
): Attributes {
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    pads: ints([top, left, bottom, right]),
    dilations: ints(dilation),
    group: int(groups),
  };
}

/** Rows and columns that a kernel spans beyond its first element. */
export function span([height, width]: readonly [number, number], { dilation }: ConvGeometry): [number, number] {
  return [(height - 1) * dilation[0], (width - 1) * dilation[1]];
}

/** The padding with which the adjoint of a stride-1 convolution is itself a convolution, with a flipped kernel; negative entries crop. */
export function adjointPadding(kernel: readonly [number, number], geometry: ConvGeometry): [number, number, number, number] {
  const [rows, columns] = span(kernel, geometry);
  const [top, bottom, left, right] = geometry.padding;
  return [rows - top, rows - bottom, columns - left, columns - right];
}

/** Whether neighbouring results come from neighbouring elements. */
export function hasUnitStride({ strides }: ConvGeometry): boolean {
  return strides[0] === 1 && strides[1] === 1;
}

/** Height and width of a kernel O x C x KH x KW. */
export function kernelOf({ shape }: { readonly shape: readonly number[] }): [number, number] {
  return [shape[2] ?? 1, shape[3] ?? 1];
}
