/**
 * The weight gradient as a single product: cotangents O x positions times the unfolded input, KH*KW*C x positions, transposed.
 */
import { product } from '../cost.ts';
import { image } from '../lower.ts';
import { concat, matmulTransposed, reshape } from '../operators.ts';
import { sizesOf, type TensorFormulation } from './formulation.ts';
import { overBatch, positions } from './taps.ts';
import { unfoldCost, unfoldInParts } from './unfold.ts';

/** Fits every geometry; for few input channels, since the unfolded input is KH*KW times the input. */
export const weightGradUnfoldedInput: TensorFormulation<'conv2dWeightGrad'> = {
  name: 'unfolded input',
  layout: 'tensor',
  fits: () => true,
  cost: (node) => {
    const { n, positions: count, taps, c, o } = sizesOf('conv2dWeightGrad', node);
    const { groups } = node.params;
    return unfoldCost(taps, c, count) + product(o / groups, count / n, (taps * c) / groups, n * groups);
  },
  lower: (context, { inputs: [x, dy], outputs: [dw], params }) => {
    const { groups, kernelSize } = params;
    const [n, o, rows, columns] = image(dy);
    const geometry = { ...params, kernel: kernelSize, size: [rows, columns] } as const;
    const cotangents = positions(context, dy, groups);
    const products = unfoldInParts(context, x, geometry, ({ matrix, elements }) => {
      const part = overBatch(context, matmulTransposed(context, cotangents, matrix), n);
      return reshape(context, part, undefined, [o, dw.shape[1] ?? 1, elements]);
    });
    return reshape(context, concat(context, products, 2), undefined, dw.shape);
  },
};
