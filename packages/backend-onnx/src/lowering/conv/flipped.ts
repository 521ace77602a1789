/**
 * A stride-1 convolution and its input gradient are each other with a flipped kernel and the padding that the kernel's span
 * leaves over.
 */
import { image, type Lower } from '../lower.ts';
import { flippedWeights } from './flipped-weights.ts';
import { adjointPadding, type ConvNode, convAttributes, hasUnitStride, kernelOf } from './formulation.ts';
import { transposedInStrips } from './strips.ts';

type Flippable = 'conv2d' | 'conv2dInputGrad';

/** Whether a convolution is its adjoint with a flipped kernel: stride 1, and padding no larger than the kernel's span. */
export function isFlippable({ inputs: [, w], params }: ConvNode<Flippable>): boolean {
  return w !== undefined && hasUnitStride(params) && adjointPadding(kernelOf(w), params).every((amount) => amount >= 0);
}

/** The lowering by the other op's operator, Conv or ConvTranspose. */
export function flipped(opType: 'Conv' | 'ConvTranspose'): Lower<Flippable> {
  return (context, { inputs: [x, w], outputs: [y], params }) => {
    const kernel = kernelOf(w);
    const geometry = { ...params, padding: adjointPadding(kernel, params) };
    const kernels = flippedWeights(context, w, params.groups);
    if (opType === 'Conv') return context.emit(opType, [x.value, kernels], convAttributes(geometry, kernel));
    return transposedInStrips(context, x, kernels, { geometry, kernel, channels: image(y)[1] });
  };
}
