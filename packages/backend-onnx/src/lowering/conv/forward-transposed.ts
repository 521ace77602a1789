/**
 * A stride-1 convolution as the adjoint of its adjoint: a ConvTranspose with flipped kernels. One product makes all taps of
 * the few output channels, which are then added up, where Conv would unfold all the input channels.
 */
import { flippedWeights } from './flipped-weights.ts';
import { adjointPadding, convAttributes, type Formulation, hasUnitStride, kernelOf } from './formulation.ts';

/** Fits stride 1 with padding no larger than the kernel's span. */
export const forwardTransposed: Formulation<'conv2d'> = {
  fits: ({ inputs: [, w], params }) => hasUnitStride(params) && adjointPadding(kernelOf(w), params).every((amount) => amount >= 0),
  lower: (context, { inputs: [x, w], params }) => {
    const kernel = kernelOf(w);
    const geometry = { ...params, padding: adjointPadding(kernel, params) };
    return context.emit('ConvTranspose', [x.value, flippedWeights(context, w, params.groups)], convAttributes(geometry, kernel));
  },
};
