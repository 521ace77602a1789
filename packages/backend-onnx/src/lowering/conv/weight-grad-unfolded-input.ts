/**
 * The weight gradient as a single product: cotangents O x positions times the unfolded input, KH*KW*C x positions, transposed.
 */
import { copied, picked, product } from '../cost.ts';
import { image } from '../lower.ts';
import { concat, matmulTransposed, reshape, transpose } from '../operators.ts';
import { hasUnitStride, sizesOf, type TensorFormulation } from './formulation.ts';
import { overBatch, positions, productsOfUnfolded } from './taps.ts';

/** Fits every geometry; for few input channels, since the unfolded input is KH*KW times the input. */
export const weightGradUnfoldedInput: TensorFormulation<'conv2dWeightGrad'> = {
  name: 'unfolded input',
  layout: 'tensor',
  fits: () => true,
  cost: (node) => {
    const { n, positions: count, taps, c, o } = sizesOf('conv2dWeightGrad', node);
    const { groups } = node.params;
    return (
      taps * (hasUnitStride(node.params) ? copied(count * c) : picked(count * c)) +
      copied(count * taps * c) +
      product(o / groups, count / n, (taps * c) / groups, n * groups)
    );
  },
  lower: (context, { inputs: [x, dy], outputs: [dw], params }) => {
    const { groups, kernelSize } = params;
    const [n, o, rows, columns] = image(dy);
    const geometry = { ...params, kernel: kernelSize, size: [rows, columns] } as const;
    const cotangents = positions(context, dy, groups);
    const products = productsOfUnfolded(context, x, geometry, (unfolded) =>
      overBatch(context, matmulTransposed(context, cotangents, unfolded), n),
    );
    const byTap = reshape(context, concat(context, products, 1), undefined, [o, ...kernelSize, dw.shape[1] ?? 1]);
    return transpose(context, byTap, [0, 3, 1, 2]);
  },
};
