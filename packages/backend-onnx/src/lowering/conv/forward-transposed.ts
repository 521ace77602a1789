/**
 * A stride-1 convolution as the adjoint of its adjoint: a ConvTranspose with flipped kernels. One product makes all taps of
 * the few output channels, which are then added up, where Conv would unfold all the input channels.
 */
import { flipped, isFlippable } from './flipped.ts';
import { sizesOf, type TensorFormulation } from './formulation.ts';
import { convTransposeCost } from './operator-cost.ts';

/** Fits stride 1 with padding no larger than the kernel's span. */
export const forwardTransposed: TensorFormulation<'conv2d'> = {
  name: 'flipped',
  layout: 'tensor',
  fits: isFlippable,
  cost: (node) => {
    const { c, o, taps, inputs } = sizesOf('conv2d', node);
    return convTransposeCost({ from: c, to: o, taps, positions: inputs, groups: node.params.groups });
  },
  lower: flipped('ConvTranspose'),
};
