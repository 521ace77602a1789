/**
 * Winograd's algorithm for the convolution and, as the adjoint of each of its parts, for both of its gradients. Fits the
 * kernels that tiling.ts has a transform for, at any size.
 */

import { int } from '../../attributes.ts';
import type { LoweringContext, Value } from '../../context.ts';
import { APPLICATIONS, copied } from '../../cost.ts';
import { image } from '../../lower.ts';
import { matmulTransposed, reshape } from '../../operators.ts';
import { ZERO } from '../../rows/gather.ts';
import { extentsOf } from '../../rows/order.ts';
import { collectTerms } from '../../rows/picture.ts';
import { type ConvName, type ConvNode, type ConvSizes, type RowsFormulation, sizesOf } from '../formulation.ts';
import { tileInputs, tilesOf, tilingFor } from './tiling.ts';
import {
  type Application,
  applicationKey,
  inputCost,
  kernelCost,
  matrixConstant,
  outputOf,
  productCost,
  resultCost,
  resultsOf,
  transformedCotangents,
  transformedInput,
  transformedKernels,
  untransformedKernels,
} from './transforms.ts';

/** The application that a node is, if it has a transform. */
function applicationOf(op: ConvName, { params, inputs, outputs }: ConvNode<ConvName>): Application | undefined {
  const sizes: ConvSizes = sizesOf(op, { params, inputs, outputs } as ConvNode<ConvName>);
  const tiling = tilingFor(sizes.kernel, params);
  return tiling && { tiling, sizes, geometry: params };
}

function fits(op: ConvName): (node: ConvNode<ConvName>) => boolean {
  return (node) => applicationOf(op, node) !== undefined;
}

function costs(op: ConvName, cost: (application: Application) => number): (node: ConvNode<ConvName>) => number {
  return (node) => {
    const application = applicationOf(op, node);
    return application === undefined ? Number.POSITIVE_INFINITY : cost(application);
  };
}

function required(op: ConvName, node: ConvNode<ConvName>): Application {
  return applicationOf(op, node) as Application;
}

/** The convolution. */
export const forwardWinograd: RowsFormulation<'conv2d'> = {
  name: 'winograd',
  layout: 'rows',
  fits: fits('conv2d'),
  cost: costs(
    'conv2d',
    (application) => inputCost(application) + productCost(application) + resultCost(application) + kernelCost(application) / APPLICATIONS,
  ),
  lower: (context, node) => {
    const application = required('conv2d', node);
    const data = transformedInput(context, node.picture(0), application);
    const kernels = transformedKernels(context, node.tensor(1), application);
    return [resultsOf(context, matmulTransposed(context, data, kernels), application)];
  },
};

/** The input gradient; the sum over overlapping tiles is left to whoever reads it. */
export const inputGradWinograd: RowsFormulation<'conv2dInputGrad'> = {
  name: 'winograd',
  layout: 'rows',
  fits: fits('conv2dInputGrad'),
  cost: costs(
    'conv2dInputGrad',
    (application) =>
      inputCost(application) +
      productCost(application) +
      resultCost(application) +
      3 * copied(application.sizes.inputs * application.sizes.c),
  ),
  lower: (context, node) => {
    const application = required('conv2dInputGrad', node);
    const cotangents = transformedCotangents(context, node.picture(0), application);
    const products = context.emit('MatMul', [cotangents, transformedKernels(context, node.tensor(1), application)]);
    return [overlapping(context, products, image(node.outputs[0]), application)];
  },
};

/** The adjoint of gathering and transforming the input: a picture whose positions are sums of the tiles' rows. */
function overlapping(
  context: LoweringContext,
  products: Value,
  shape: readonly [number, number, number, number],
  application: Application,
) {
  const { tiling, sizes, geometry } = application;
  const output = outputOf(sizes);
  const { count } = tilesOf(tiling, output);
  const spread = count * tiling.stride ** 2;
  const size = tiling.span ** 2;
  // a last row of zeros is what positions without a tile read
  const adjoint = Array.from({ length: size + 1 }, (_, row) => tiling.data.map((line) => line[row] ?? 0));
  const rows = context.emit('MatMul', [matrixConstant(context, adjoint), reshape(context, products, undefined, [size, spread * sizes.c])]);
  const matrix = reshape(context, rows, undefined, [(size + 1) * spread, sizes.c]);
  const terms = context.remember(`overlaps ${applicationKey(application)}`, () =>
    collectTerms(sizes.inputs, (add) => {
      for (const [row, position] of tileInputs(tiling, extentsOf(shape), output, geometry).entries()) {
        if (position !== ZERO) add(position, row);
      }
    }),
  );
  return { shape, matrix, rows: (size + 1) * spread, terms, zeroRow: size * spread };
}

/**
 * The weight gradient. Where pictures are smaller than a tile, many kernel elements meet padding or switched-off activations
 * alone. Their gradient must be exactly zero, or Adam would make steps of full size of the rounding; Winograd's is not.
 */
export const weightGradWinograd: RowsFormulation<'conv2dWeightGrad'> = {
  name: 'winograd',
  layout: 'rows',
  fits: (node) => {
    const application = applicationOf('conv2dWeightGrad', node);
    if (application === undefined) return false;
    const { outputSize, kernel } = application.sizes;
    const filled = outputSize.every((extent) => extent >= application.tiling.side);
    return filled && application.geometry.padding.every((amount) => amount < kernel[0]);
  },
  // both of its operands are there already
  cost: costs('conv2dWeightGrad', (application) => productCost(application) + kernelCost(application)),
  lower: (context, node) => {
    const application = required('conv2dWeightGrad', node);
    const data = transformedInput(context, node.picture(0), application);
    const cotangents = transformedCotangents(context, node.picture(1), application);
    const dU = context.emit('FusedMatMul', [cotangents, data], { transA: int(1), transB: int(0) });
    return [untransformedKernels(context, dU, application)];
  },
};
