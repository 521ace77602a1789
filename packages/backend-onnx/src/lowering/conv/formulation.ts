/**
 * Ways to compute one convolution. Each is a value of one interface in a file of its own, so that choose.ts can weigh them
 * by shape; all of one op compute the same.
 */
import type { ConvGeometry, OpName } from '@cyclegan/core';
import { int, ints } from '../attributes.ts';
import type { Attributes } from '../context.ts';
import type { Lower, LoweredNode } from '../lower.ts';

/** The convolution ops. */
export type ConvName = Extract<OpName, 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'>;

/** One way to compute a convolution op. */
export interface Formulation<K extends ConvName> {
  /** Whether it can express the node at all. */
  readonly fits: (node: LoweredNode<K>) => boolean;
  readonly lower: Lower<K>;
}

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
