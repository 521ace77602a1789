/** The input gradient of a stride-1 convolution as a Conv with flipped kernels, which keeps the product large. */
import { flippedWeights } from './flipped-weights.ts';
import { adjointPadding, convAttributes, type Formulation, hasUnitStride, kernelOf } from './formulation.ts';

/** Fits stride 1 with padding no larger than the kernel's span. */
export const inputGradFlipped: Formulation<'conv2dInputGrad'> = {
  fits: ({ inputs: [, w], params }) => hasUnitStride(params) && adjointPadding(kernelOf(w), params).every((amount) => amount >= 0),
  lower: (context, { inputs: [dy, w], params }) => {
    const kernel = kernelOf(w);
    const geometry = { ...params, padding: adjointPadding(kernel, params) };
    return context.emit('Conv', [dy.value, flippedWeights(context, w, params.groups)], convAttributes(geometry, kernel));
  },
};
