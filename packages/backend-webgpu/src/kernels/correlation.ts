/**
 * What conv2d and its input gradient are alike without a stride: windows of a picture times a kernel, the gradient's turned and its channels
 * swapped. Knows no way to compute it.
 */
import type { Shape } from '@cyclegan/core';
import type { Anchor } from '../fusion/group.ts';
import { type Picture, pictureOf } from '../ir/mirrored.ts';
import { baseOf, type Value } from '../ir/operation.ts';
import type { Extents } from './convolution.ts';

/** A convolution or the gradient of one by its input. */
export type Correlating = Anchor & { readonly op: 'conv2d' | 'conv2dInputGrad' };

/** Element (y, x) of channel m of the result: the sum over channels k and elements (i, j) of the kernel of picture (y - top + i, x - left + j) times weight (m, k, i, j). */
export interface Correlation {
  readonly images: number;
  /** Channels that are summed up, and channels of the result. */
  readonly terms: number;
  readonly channels: number;
  /** Rows and columns of the result, and of the picture, beyond which zeros are. */
  readonly result: readonly [rows: number, columns: number];
  readonly extent: readonly [rows: number, columns: number];
  readonly before: readonly [top: number, left: number];
  /** The picture in memory, and how far it is mirrored beyond its edges. */
  readonly picture: Picture;
  readonly source: Value;
  readonly weights: Value;
  /** Whether the kernel is turned by half a circle, and its channels of input are those of the result. */
  readonly isTurned: boolean;
}

/** A convolution, or the gradient of one by its input, of stride 1 without groups. */
export function correlationOf({ op, inputs }: Pick<Correlating, 'op' | 'inputs'>, extents: Extents): Correlation {
  const [first, weights] = inputs as readonly [Value, Value];
  const { images, channels, outputs, height, width, outHeight, outWidth, kernelHeight, kernelWidth, geometry } = extents;
  const [top, , left] = geometry.padding;
  const shared = { images, weights: baseOf(weights) };
  if (op === 'conv2d') {
    const picture = pictureOf(first);
    const sizes = { terms: channels, channels: outputs, result: [outHeight, outWidth], extent: [height, width] } as const;
    return { ...shared, ...sizes, before: [top, left], picture, source: baseOf(picture.source), isTurned: false };
  }
  const sizes = { terms: outputs, channels, result: [height, width], extent: [outHeight, outWidth] } as const;
  const before = [kernelHeight - 1 - top, kernelWidth - 1 - left] as const;
  const picture: Picture = { source: first, mirrored: [0, 0, 0, 0] };
  return { ...shared, ...sizes, before, picture, source: baseOf(first), isTurned: true };
}

/** Rows and columns of a picture in memory. */
export function sizeOfPicture({ source: { shape } }: Picture): readonly [rows: number, columns: number] {
  const [, , rows = 1, columns = 1]: Shape = shape;
  return [rows, columns];
}
