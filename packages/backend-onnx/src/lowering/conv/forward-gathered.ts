/**
 * The convolution as one product: the rows that each position meets side by side, times the kernels.
 */
import { APPLICATIONS, gathered, product } from '../cost.ts';
import { image } from '../lower.ts';
import { matmulTransposed, slice, sum } from '../operators.ts';
import { inOrder } from '../rows/picture.ts';
import { inputColumns } from './columns.ts';
import { type RowsFormulation, sizesOf } from './formulation.ts';
import { kernelsByOutput, tapCost } from './kernels-by-tap.ts';

/** Fits every geometry without groups. */
export const forwardGathered: RowsFormulation<'conv2d'> = {
  name: 'gathered',
  layout: 'rows',
  fits: ({ params }) => params.groups === 1,
  cost: (node) => {
    const sizes = sizesOf('conv2d', node);
    const { positions, taps, c, o } = sizes;
    return gathered(positions * taps, c) + product(positions, taps * c, o) + tapCost(sizes) / APPLICATIONS;
  },
  lower: (context, { params, inputs, outputs: [y], picture, tensor }) => {
    const sizes = sizesOf('conv2d', { params, inputs, outputs: [y] });
    const kernels = kernelsByOutput(context, tensor(1), sizes);
    const products = inputColumns(context, picture(0), sizes, params).map(({ first, last, matrix }) => {
      const bounds = { axes: [1], starts: [first * sizes.c], ends: [last * sizes.c] };
      return matmulTransposed(context, matrix, last - first === sizes.taps ? kernels : slice(context, kernels, bounds));
    });
    return [inOrder(sum(context, products), image(y))];
  },
};
