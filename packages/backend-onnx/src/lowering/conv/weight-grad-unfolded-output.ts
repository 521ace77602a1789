/**
 * The weight gradient of a stride-1 convolution as a single product: the unfolded cotangents, KH*KW*O x pixels, times the
 * input C x pixels, transposed. Kernel element (i, j) meets at pixel (u, v) the cotangent (u - i, v - j), so that the
 * unfolding runs through the kernel backwards.
 */
import { product } from '../cost.ts';
import { image } from '../lower.ts';
import { concat, matmulTransposed, reshape, transpose } from '../operators.ts';
import { adjointPadding, hasUnitStride, sizesOf, type TensorFormulation } from './formulation.ts';
import { overBatch, positions } from './taps.ts';
import { unfoldCost, unfoldInParts } from './unfold.ts';

/** Fits stride 1; for few output channels. */
export const weightGradUnfoldedOutput: TensorFormulation<'conv2dWeightGrad'> = {
  name: 'unfolded output',
  layout: 'tensor',
  fits: ({ params }) => hasUnitStride(params),
  cost: (node) => {
    const { n, inputs, taps, c, o } = sizesOf('conv2dWeightGrad', node);
    const { groups } = node.params;
    return unfoldCost(taps, o, inputs) + product((taps * o) / groups, inputs / n, c / groups, n * groups);
  },
  lower: (context, { inputs: [x, dy], outputs: [dw], params }) => {
    const { groups, kernelSize } = params;
    const [n, c, height, width] = image(x);
    const [o = 1] = dw.shape;
    const padding = adjointPadding(kernelSize, params);
    const geometry = { ...params, padding, kernel: kernelSize, size: [height, width], backwards: true } as const;
    const pixels = positions(context, x, groups);
    const products = unfoldInParts(context, dy, geometry, ({ matrix, elements }) => {
      const part = overBatch(context, matmulTransposed(context, matrix, pixels), n);
      return reshape(context, part, undefined, [o, elements, c / groups]);
    });
    return reshape(context, transpose(context, concat(context, products, 1), [0, 2, 1]), undefined, dw.shape);
  },
};
