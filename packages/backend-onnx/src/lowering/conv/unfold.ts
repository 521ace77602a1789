/**
 * Pictures N x C x H x W unfolded by a convolution of each channel with unit kernels, which pick one element each: one operator instead of
 * a slice for every kernel element.
 */
import { type ConvGeometry, sizeOf } from '@cyclegan/core';
import type { LoweringContext, Value } from '../context.ts';
import { copied, multiplied } from '../cost.ts';
import { image, type Operand } from '../lower.ts';
import { padImage, reshape } from '../operators.ts';
import { tapGroups } from './columns.ts';
import { convAttributes } from './formulation.ts';
import { leadingAxes } from './taps.ts';

/** What is unfolded: `padding` may crop, `size` is that of the positions. */
export interface Unfolding extends ConvGeometry {
  readonly kernel: readonly [number, number];
  readonly size: readonly [number, number];
  /** Whether kernel elements come in reverse order. */
  readonly backwards?: boolean;
}

/** Some kernel elements' columns: matrices C/groups * elements x positions, with axes for batch and groups where there are several. */
export interface Unfolded {
  readonly matrix: Value;
  readonly elements: number;
}

/** Makes the columns in parts that are not too large, each when `use` is done with the one before. */
export function unfoldInParts(context: LoweringContext, x: Operand, unfolding: Unfolding, use: (part: Unfolded) => Value): Value[] {
  const { kernel, size, groups, padding, backwards = false } = unfolding;
  const [n, c, height, width] = image(x);
  const taps = sizeOf(kernel);
  const crop = padding.map((amount) => Math.min(0, amount)) as [number, number, number, number];
  const [top, bottom, left, right] = crop;
  const channels = reshape(context, padImage(context, x.value, crop), undefined, [n * c, 1, height + top + bottom, width + left + right]);
  const grown = padding.map((amount) => Math.max(0, amount)) as [number, number, number, number];
  const attributes = convAttributes({ ...unfolding, padding: grown, groups: 1 }, kernel);
  return tapGroups(taps, n * c * sizeOf(size)).map(([first, last]) => {
    const elements = last - first;
    const picked = context.emit('Conv', [channels, unitKernels(context, kernel, { first, elements, backwards })], attributes);
    const shape = [...leadingAxes(n, groups), (c / groups) * elements, sizeOf(size)];
    return use({ matrix: reshape(context, picked, undefined, shape), elements });
  });
}

/** Kernels that pick one element each: elements x 1 x KH x KW. */
function unitKernels(
  context: LoweringContext,
  [height, width]: readonly [number, number],
  { first, elements, backwards }: { readonly first: number; readonly elements: number; readonly backwards: boolean },
): Value {
  const taps = height * width;
  const kernels = new Float32Array(elements * taps);
  for (let k = 0; k < elements; k++) kernels[k * taps + (backwards ? taps - 1 - first - k : first + k)] = 1;
  return context.constant('f32', [elements, 1, height, width], kernels);
}

/** Cost of unfolding so many channels at so many positions. */
export function unfoldCost(taps: number, channels: number, positions: number): number {
  return multiplied(taps * taps * channels * positions) + copied(channels * positions * taps);
}
