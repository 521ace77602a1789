/**
 * A stride-1 convolution and its input gradient are each other with a flipped kernel and the padding that the kernel's span
 * leaves over.
 */
import { flippedWeights } from './flipped-weights.ts';
import { adjointPadding, convAttributes, type Formulation, hasUnitStride, kernelOf } from './formulation.ts';

/** The formulation by the other op's operator, Conv or ConvTranspose; fits stride 1 with padding no larger than the kernel's span. */
export function flipped(opType: 'Conv' | 'ConvTranspose'): Formulation<'conv2d' | 'conv2dInputGrad'> {
  return {
    fits: ({ inputs: [, w], params }) => hasUnitStride(params) && adjointPadding(kernelOf(w), params).every((amount) => amount >= 0),
    lower: (context, { inputs: [x, w], params }) => {
      const kernel = kernelOf(w);
      const geometry = { ...params, padding: adjointPadding(kernel, params) };
      return context.emit(opType, [x.value, flippedWeights(context, w, params.groups)], convAttributes(geometry, kernel));
    },
  };
}
