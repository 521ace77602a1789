/** Pictures unfolded for products over all positions, made once for all that need the same. */
import type { ConvGeometry } from '@cyclegan/core';
import type { LoweringContext, Value } from '../context.ts';
import { reshape } from '../operators.ts';
import type { Picture } from '../rows/gather.ts';
import { extentsOf, rowOrder } from '../rows/order.ts';
import { rowsAt } from '../rows/picture.ts';
import type { ConvSizes } from './formulation.ts';
import { kernelTaps, seenFrom, unfolded } from './positions.ts';

function keyOf(kind: string, { kernel, inputSize, outputSize }: ConvSizes, { strides, padding, dilation }: ConvGeometry): string {
  return [kind, kernel, inputSize, outputSize, strides, padding, dilation].join(' ');
}

/** What each output position, in the order of rows, meets of the input `x`: positions x taps * C. */
export function inputColumns(context: LoweringContext, x: Picture, sizes: ConvSizes, geometry: ConvGeometry): Value {
  const { n, c, kernel, taps, positions, outputSize } = sizes;
  return context.onceFor(x, keyOf('input columns', sizes, geometry), () => {
    const output = { n, height: outputSize[0], width: outputSize[1] };
    const met = unfolded(extentsOf(x.shape), output, { ...geometry, kernel }, rowOrder(output).positionOf);
    return reshape(context, rowsAt(context, x, met, [met.length]), undefined, [positions, taps * c]);
  });
}

/** What each input position, in the order of rows, is seen by of the output `y`: positions x taps * O. */
export function outputColumns(context: LoweringContext, y: Picture, sizes: ConvSizes, geometry: ConvGeometry): Value {
  const { n, o, kernel, taps, inputs, inputSize } = sizes;
  return context.onceFor(y, keyOf('output columns', sizes, geometry), () => {
    const input = { n, height: inputSize[0], width: inputSize[1] };
    const seen = seenFrom(input, extentsOf(y.shape), { ...geometry, taps: kernelTaps(kernel) }, rowOrder(input).positionOf);
    return reshape(context, rowsAt(context, y, seen, [seen.length]), undefined, [inputs, taps * o]);
  });
}
