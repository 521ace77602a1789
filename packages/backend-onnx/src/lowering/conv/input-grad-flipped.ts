/** The input gradient of a stride-1 convolution as a Conv with flipped kernels, which keeps the product large. */
import { flipped, isFlippable } from './flipped.ts';
import { sizesOf, type TensorFormulation } from './formulation.ts';
import { convCost } from './operator-cost.ts';

/** Fits stride 1 with padding no larger than the kernel's span. */
export const inputGradFlipped: TensorFormulation<'conv2dInputGrad'> = {
  name: 'flipped',
  layout: 'tensor',
  fits: isFlippable,
  cost: (node) => {
    const { c, o, taps, inputs } = sizesOf('conv2dInputGrad', node);
    return convCost({ from: o, to: c, taps, positions: inputs, groups: node.params.groups });
  },
  lower: flipped('Conv'),
};
