/** The convolution as ONNX's Conv. */
import { convAttributes, kernelOf, sizesOf, type TensorFormulation } from './formulation.ts';
import { convCost } from './operator-cost.ts';

/** Fits every geometry. */
export const forwardDirect: TensorFormulation<'conv2d'> = {
  name: 'direct',
  layout: 'tensor',
  fits: () => true,
  cost: (node) => {
    const { c, o, taps, positions } = sizesOf('conv2d', node);
    return convCost({ from: c, to: o, taps, positions, groups: node.params.groups });
  },
  lower: (context, { inputs: [x, w], params }) => context.emit('Conv', [x.value, w.value], convAttributes(params, kernelOf(w))),
};
