/**
 * Kernels by kernel element, K x O x C, and back. ONNX Runtime swaps two axes some ten times as fast as it permutes four.
 */
import type { LoweringContext, Value } from '../context.ts';
import { copied, transposed } from '../cost.ts';
import { reshape, transpose } from '../operators.ts';
import type { ConvSizes } from './formulation.ts';

/** `w` O x C x KH x KW as taps x O * C; made once for all convolutions that need it. */
export function kernelsByTap(context: LoweringContext, w: Value, { c, o, taps }: ConvSizes): Value {
  return context.once(`kernels by tap ${w}`, () => transpose(context, reshape(context, w, undefined, [o * c, taps]), [1, 0]));
}

/** `w` O x C x KH x KW as O x taps * C; made once. */
export function kernelsByOutput(context: LoweringContext, w: Value, sizes: ConvSizes): Value {
  const { c, o, taps } = sizes;
  return context.once(`kernels by output ${w}`, () => {
    const byTap = reshape(context, kernelsByTap(context, w, sizes), undefined, [taps, o, c]);
    return reshape(context, transpose(context, byTap, [1, 0, 2]), undefined, [o, taps * c]);
  });
}

/** The inverse of `kernelsByTap`. */
export function fromTaps(context: LoweringContext, byTap: Value, { c, o, taps, kernel }: ConvSizes): Value {
  const kernels = transpose(context, reshape(context, byTap, undefined, [taps, o * c]), [1, 0]);
  return reshape(context, kernels, undefined, [o, c, ...kernel]);
}

/** The inverse of `kernelsByOutput`. */
export function fromOutputs(context: LoweringContext, byOutput: Value, sizes: ConvSizes): Value {
  const { c, o, taps } = sizes;
  return fromTaps(context, transpose(context, reshape(context, byOutput, undefined, [o, taps, c]), [1, 0, 2]), sizes);
}

/** Cost of swapping, one way. */
export function tapCost({ c, o, taps }: ConvSizes): number {
  return transposed(taps * c * o) + copied(taps * c * o);
}
