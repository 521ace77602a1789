/**
 * The weight gradient as one product over all positions: on one side rows gathered for every kernel element, on the other
 * the rows as they are. The side with fewer channels is the one to gather.
 */
import type { LoweringContext, Value } from '../context.ts';
import { gathered, product } from '../cost.ts';
import { concat } from '../operators.ts';
import { settled } from '../rows/picture.ts';
import { inputColumns, outputColumns } from './columns.ts';
import { type RowsFormulation, sizesOf } from './formulation.ts';
import { fromOutputs, fromTaps, tapCost } from './kernels-by-tap.ts';

/** aᵀ b of two matrices. */
function transposedProduct(context: LoweringContext, a: Value, b: Value): Value {
  return context.emit('Gemm', [a, b], { transA: { type: 'int', value: 1 } });
}

/** Gathers the input; fits every geometry without groups. */
export const weightGradGatheredInput: RowsFormulation<'conv2dWeightGrad'> = {
  name: 'gathered input',
  layout: 'rows',
  fits: ({ params }) => params.groups === 1,
  cost: (node) => {
    const sizes = sizesOf('conv2dWeightGrad', node);
    const { positions, taps, c, o } = sizes;
    return gathered(positions * taps, c) + product(taps * c, positions, o) + tapCost(sizes);
  },
  lower: (context, { params, inputs, outputs: [dw], picture }) => {
    const [x, dy] = [picture(0), picture(1)];
    const sizes = sizesOf('conv2dWeightGrad', { params, inputs, outputs: [dw] });
    const products = inputColumns(context, x, sizes, params).map(({ matrix }) => transposedProduct(context, settled(context, dy), matrix));
    return [fromOutputs(context, concat(context, products, 1), sizes)];
  },
};

/** Gathers the cotangents; fits every geometry without groups. */
export const weightGradGatheredOutput: RowsFormulation<'conv2dWeightGrad'> = {
  name: 'gathered output',
  layout: 'rows',
  fits: ({ params }) => params.groups === 1,
  cost: (node) => {
    const sizes = sizesOf('conv2dWeightGrad', node);
    const { inputs, taps, c, o } = sizes;
    return gathered(inputs * taps, o) + product(taps * o, inputs, c) + tapCost(sizes);
  },
  lower: (context, { params, inputs, outputs: [dw], picture }) => {
    const [x, dy] = [picture(0), picture(1)];
    const sizes = sizesOf('conv2dWeightGrad', { params, inputs, outputs: [dw] });
    const products = outputColumns(context, dy, sizes, params).map(({ matrix }) => transposedProduct(context, matrix, settled(context, x)));
    return [fromTaps(context, concat(context, products, 0), sizes)];
  },
};
