/**
 * Views of pictures for products over all positions: one matrix channels x positions per kernel element, with leading axes
 * for the batch and the groups where there are several.
 */
import type { ConvGeometry } from '@cyclegan/core';
import type { LoweringContext, Value } from '../context.ts';
import { image, type Operand } from '../lower.ts';
import { padImage, reshape, slice, sumBatch } from '../operators.ts';

/** Batch and groups as leading axes of matrices; extents of 1 are left out, so that a single picture makes plain matrices. */
export function leadingAxes(batch: number, groups: number): number[] {
  return [batch, groups].filter((extent) => extent > 1);
}

/** `x` N x C x H x W as matrices C/groups x H*W. */
export function positions(context: LoweringContext, x: Operand, groups: number): Value {
  const [n, c, height, width] = image(x);
  return reshape(context, x.value, x.shape, [...leadingAxes(n, groups), c / groups, height * width]);
}

/** Sum of matrices over the batch of `n` pictures; the axes of the groups stay. */
export function overBatch(context: LoweringContext, matrices: Value, n: number): Value {
  return n === 1 ? matrices : sumBatch(context, matrices);
}

/** Which elements of a picture meet each kernel element. */
export interface TapGeometry extends Pick<ConvGeometry, 'strides' | 'dilation' | 'groups'> {
  /** Zero padding top, bottom, left, right; negative entries crop. */
  readonly padding: readonly [number, number, number, number];
  readonly kernel: readonly [number, number];
  /** Rows and columns of positions. */
  readonly size: readonly [number, number];
}

/** For each kernel element, row by row, the picture N x C x positions of the elements that it meets. */
function views(context: LoweringContext, x: Operand, { strides, dilation, padding, kernel, size }: TapGeometry): Value[] {
  const [, , height, width] = image(x);
  const [top, bottom, left, right] = padding;
  const padded = padImage(context, x.value, padding);
  const extents = [height + top + bottom, width + left + right] as const;
  const result: Value[] = [];
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const starts = [i * dilation[0], j * dilation[1]] as const;
      const ends = [starts[0] + (size[0] - 1) * strides[0] + 1, starts[1] + (size[1] - 1) * strides[1] + 1] as const;
      const whole = size[0] === extents[0] && size[1] === extents[1];
      result.push(whole ? padded : slice(context, padded, { axes: [2, 3], starts, ends, steps: strides }));
    }
  }
  return result;
}

/** For each kernel element, row by row, the matrix of the elements that it meets: C/groups x positions. */
export function taps(context: LoweringContext, x: Operand, geometry: TapGeometry): Value[] {
  const [n, c] = image(x);
  const { groups, size } = geometry;
  const shape = [...leadingAxes(n, groups), c / groups, size[0] * size[1]];
  return views(context, x, geometry).map((view) => reshape(context, view, undefined, shape));
}
