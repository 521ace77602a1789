/**
 * Pictures unfolded for products over all positions, made once for all that need the same. Kernel elements come in groups whose columns stay
 * below the size from which memory is costly.
 */
import type { ConvGeometry } from '@cyclegan/core';
import type { LoweringContext, Value } from '../context.ts';
import { LARGE } from '../cost.ts';
import { reshape } from '../operators.ts';
import type { Picture } from '../rows/gather.ts';
import { type Extents, extentsOf, rowOrder } from '../rows/order.ts';
import { rowsAt } from '../rows/picture.ts';
import type { ConvSizes } from './formulation.ts';
import { kernelTaps, seenFrom, unfolded } from './positions.ts';

/** Columns of some kernel elements, from the `first` to below the `last`: positions x (last - first) * channels. */
export interface Columns {
  readonly first: number;
  readonly last: number;
  readonly matrix: Value;
}

/** `taps` kernel elements in as few groups as have fewer than LARGE numbers each, if one has `size`. */
export function tapGroups(taps: number, size: number): readonly (readonly [first: number, last: number])[] {
  const groups = Math.min(taps, Math.ceil((taps * size) / LARGE));
  const bound = (group: number) => Math.round((group * taps) / groups);
  return Array.from({ length: groups }, (_, group) => [bound(group), bound(group + 1)] as const);
}

/** Columns of a picture: `positions` says for `at` and each kernel element which position it meets. */
function columnsOf(
  context: LoweringContext,
  picture: Picture,
  { key, taps, met }: { key: string; taps: number; met: Int32Array },
): Columns[] {
  const [, channels] = picture.shape;
  const rows = met.length / taps;
  return tapGroups(taps, rows * channels).map(([first, last]) => {
    const count = last - first;
    const matrix = context.onceFor(picture, `${key} ${first}`, () => {
      const index = Int32Array.from({ length: rows * count }, (_, at) => met[Math.floor(at / count) * taps + first + (at % count)] ?? 0);
      return reshape(context, rowsAt(context, picture, index, [index.length]), undefined, [rows, count * channels]);
    });
    return { first, last, matrix };
  });
}

function keyOf(kind: string, { n, kernel, inputSize, outputSize }: ConvSizes, { strides, padding, dilation }: ConvGeometry): string {
  return [kind, n, kernel, inputSize, outputSize, strides, padding, dilation].join(' ');
}

/** What each output position, in the order of rows, meets of the input `x`. */
export function inputColumns(context: LoweringContext, x: Picture, sizes: ConvSizes, geometry: ConvGeometry): Columns[] {
  const { n, kernel, taps, outputSize } = sizes;
  const output: Extents = { n, height: outputSize[0], width: outputSize[1] };
  const key = keyOf('input columns', sizes, geometry);
  const met = context.remember(key, () => unfolded(extentsOf(x.shape), output, { ...geometry, kernel }, rowOrder(output).positionOf));
  return columnsOf(context, x, { key, taps, met });
}

/** What each input position, in the order of rows, is seen by of the output `y`. */
export function outputColumns(context: LoweringContext, y: Picture, sizes: ConvSizes, geometry: ConvGeometry): Columns[] {
  const { n, kernel, taps, inputSize } = sizes;
  const input: Extents = { n, height: inputSize[0], width: inputSize[1] };
  const key = keyOf('output columns', sizes, geometry);
  const met = context.remember(key, () =>
    seenFrom(input, extentsOf(y.shape), { ...geometry, taps: kernelTaps(kernel) }, rowOrder(input).positionOf),
  );
  return columnsOf(context, y, { key, taps, met });
}
