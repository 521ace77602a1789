/**
 * Stride-1 convolutions by ONNX's ConvTranspose, which makes all kernel elements' shares of all positions at once: in strips of rows
 * where that would be large.
 */
import type { ConvGeometry } from '@cyclegan/core';
import { ints } from '../attributes.ts';
import type { LoweringContext, Value } from '../context.ts';
import { LARGE } from '../cost.ts';
import { image, type Operand } from '../lower.ts';
import { concat, slice } from '../operators.ts';
import { convTranspose } from './conv-transpose.ts';
import { convAttributes, span } from './formulation.ts';

/** The ConvTranspose of `x` with `kernels` C x O x KH x KW; stride 1, padding of the result's rows and columns that is cut off. */
export function transposedInStrips(
  context: LoweringContext,
  x: Operand,
  kernels: Value,
  {
    geometry,
    kernel,
    channels,
  }: { readonly geometry: ConvGeometry; readonly kernel: readonly [number, number]; readonly channels: number },
): Value {
  const [n, , height, width] = image(x);
  const [reach] = span(kernel, geometry);
  const [top, bottom, left, right] = geometry.padding;
  const results = height + reach - top - bottom;
  const strips = Math.min(results, Math.ceil((n * kernel[0] * kernel[1] * channels * height * width) / LARGE));
  const bound = (strip: number) => Math.round((strip * results) / strips);
  const parts = Array.from({ length: strips }, (_, strip) => {
    // result row r is made of rows r + top - reach ... r + top
    const [from, to] = [bound(strip) + top, bound(strip + 1) + top];
    const [first, last] = [Math.max(0, from - reach), Math.min(height, to)];
    const rows = first === 0 && last === height ? x.value : slice(context, x.value, { axes: [2], starts: [first], ends: [last] });
    const padding = [from - first, last + reach - to, left, right] as const;
    const attributes = { ...convAttributes({ ...geometry, padding }, kernel), output_padding: ints([0, 0]) };
    return convTranspose(context, [{ ...x, value: rows }, kernels], attributes, { groups: geometry.groups, channels });
  });
  return concat(context, parts, 2);
}
