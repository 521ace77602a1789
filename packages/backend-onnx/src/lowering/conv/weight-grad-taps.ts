/**
 * The weight gradient as one product per kernel element: cotangents O x positions times the elements it meets, transposed.
 * Needs no unfolded copy of the input, and large channel counts keep each product efficient.
 */
import { sizeOf } from '@cyclegan/core';
import { copied, NODE, picked, product } from '../cost.ts';
import { image } from '../lower.ts';
import { concat, matmulTransposed, reshape } from '../operators.ts';
import { sizesOf, type TensorFormulation } from './formulation.ts';
import { leadingAxes, overBatch, positions, taps } from './taps.ts';

/** Fits every geometry. */
export const weightGradTaps: TensorFormulation<'conv2dWeightGrad'> = {
  name: 'taps',
  layout: 'tensor',
  fits: () => true,
  cost: (node) => {
    const sizes = sizesOf('conv2dWeightGrad', node);
    const { groups } = node.params;
    const each = product(sizes.o / groups, sizes.positions / sizes.n, sizes.c / groups, sizes.n * groups);
    return sizes.taps * (each + picked(sizes.positions * sizes.c) + 2 * NODE) + copied(sizes.taps * sizes.c * sizes.o);
  },
  lower: (context, { inputs: [x, dy], outputs: [dw], params }) => {
    const { groups, kernelSize } = params;
    const [n, o, rows, columns] = image(dy);
    const leading = leadingAxes(n, groups);
    const perGroup = dw.shape[1] ?? 1;
    const cotangents = positions(context, dy, groups);
    const products = taps(context, x, { ...params, kernel: kernelSize, size: [rows, columns] }).map((tap) =>
      reshape(context, matmulTransposed(context, cotangents, tap), undefined, [...leading, o / groups, perGroup, 1]),
    );
    const joined = concat(context, products, leading.length + 2);
    const summed = overBatch(context, joined, n);
    return reshape(context, summed, [...leadingAxes(1, groups), o / groups, perGroup, sizeOf(kernelSize)], dw.shape);
  },
};
