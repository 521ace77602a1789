/**
 * The weight gradient as a single product: cotangents O x positions times the unfolded input, KH*KW*C x positions, transposed.
 */
import { copied, picked, product } from '../cost.ts';
import { image } from '../lower.ts';
import { matmulTransposed, reshape, transpose } from '../operators.ts';
import { hasUnitStride, sizesOf, type TensorFormulation } from './formulation.ts';
import { overBatch, positions, unfold } from './taps.ts';

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
    const unfolded = unfold(context, x, { ...params, kernel: kernelSize, size: [rows, columns] });
    const products = overBatch(context, matmulTransposed(context, positions(context, dy, groups), unfolded), n);
    const byTap = reshape(context, products, undefined, [o, ...kernelSize, dw.shape[1] ?? 1]);
    return transpose(context, byTap, [0, 3, 1, 2]);
  },
};
