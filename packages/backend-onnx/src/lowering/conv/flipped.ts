/**
 * A stride-1 convolution and its input gradient are each other with a flipped kernel and the padding that the kernel's span
 * leaves over.
 */
import type { Lower } from '../lower.ts';
import { flippedWeights } from './flipped-weights.ts';
import { adjointPadding, type ConvNode, convAttributes, hasUnitStride, kernelOf } from './formulation.ts';

type Flippable = 'conv2d' | 'conv2dInputGrad';

/** Whether a convolution is its adjoint with a flipped kernel: stride 1, and padding no larger than the kernel's span. */
export function isFlippable({ inputs: [, w], params }: ConvNode<Flippable>): boolean {
  return w !== undefined && hasUnitStride(params) && adjointPadding(kernelOf(w), params).every((amount) => amount >= 0);
}

/** The lowering by the other op's operator, Conv or ConvTranspose. */
export function flipped(opType: 'Conv' | 'ConvTranspose'): Lower<Flippable> {
  return (context, { inputs: [x, w], params }) => {
    const kernel = kernelOf(w);
    const geometry = { ...params, padding: adjointPadding(kernel, params) };
    return context.emit(opType, [x.value, flippedWeights(context, w, params.groups)], convAttributes(geometry, kernel));
  };
}
