/**
 * The parts of Winograd's algorithm as products with constant matrices. The transformed input serves the forward pass and the
 * weight gradient, the transformed cotangents both gradients, and the transformed kernels all applications of a layer, so
 * each is written once.
 */
import type { ConvGeometry } from '@cyclegan/core';
import { int } from '../../attributes.ts';
import type { LoweringContext, Value } from '../../context.ts';
import { gathered, product } from '../../cost.ts';
import { reshape, transpose } from '../../operators.ts';
import type { Picture } from '../../rows/gather.ts';
import { type Extents, extentsOf } from '../../rows/order.ts';
import { inOrder, rowsAt, settled } from '../../rows/picture.ts';
import type { ConvSizes } from '../formulation.ts';
import type { Matrix } from './matrices.ts';
import { type Tiling, tileInputs, tileOutputs, tilesOf } from './tiling.ts';

/** A constant matrix. */
export function matrixConstant(context: LoweringContext, matrix: Matrix): Value {
  const columns = matrix[0]?.length ?? 0;
  return context.constant('f32', [matrix.length, columns], Float32Array.from(matrix.flat()));
}

/** One application of a layer. */
export interface Application {
  readonly tiling: Tiling;
  readonly sizes: ConvSizes;
  readonly geometry: ConvGeometry;
}

/** Extents of the results. */
export function outputOf({ n, outputSize: [height, width] }: ConvSizes): Extents {
  return { n, height, width };
}

/** Tells applications of different geometry apart. */
export function applicationKey({ geometry: { strides, padding }, sizes: { n, kernel, inputSize, outputSize } }: Application): string {
  return [kernel, strides, padding, n, inputSize, outputSize].join(' ');
}

/** The input of `sizes`, transformed: products x tiles x phases * C. */
export function transformedInput(context: LoweringContext, x: Picture, application: Application): Value {
  const { tiling, sizes, geometry } = application;
  return context.onceFor(x, `winograd input ${applicationKey(application)}`, () => {
    const output = outputOf(sizes);
    const { count } = tilesOf(tiling, output);
    const [products, phases] = [tiling.span ** 2, tiling.stride ** 2];
    const read = context.remember(`tiles ${applicationKey(application)}`, () => tileInputs(tiling, extentsOf(x.shape), output, geometry));
    const tiles = reshape(context, rowsAt(context, x, read, [products, count * phases]), undefined, [products, count * phases * sizes.c]);
    const transformed = context.emit('MatMul', [matrixConstant(context, tiling.data), tiles]);
    return reshape(context, transformed, undefined, [products, count, phases * sizes.c]);
  });
}

/** The kernels O x C x K x K, transformed: products x O x phases * C. */
export function transformedKernels(context: LoweringContext, w: Value, { tiling, sizes: { c, o, taps } }: Application): Value {
  return context.once(`winograd kernels ${w} ${tiling.stride}`, () => {
    const [products, phases] = [tiling.span ** 2, tiling.stride ** 2];
    const kernels = reshape(context, w, undefined, [o * c, taps]);
    const transformed = context.emit('Gemm', [matrixConstant(context, tiling.filter), kernels], { transB: int(1) });
    const byPhase = reshape(context, transformed, undefined, [products, phases, o, c]);
    return reshape(context, phases === 1 ? byPhase : transpose(context, byPhase, [0, 2, 1, 3]), undefined, [products, o, phases * c]);
  });
}

/** The adjoint of `transformedKernels`. */
export function untransformedKernels(context: LoweringContext, dU: Value, { tiling, sizes: { c, o, kernel, taps } }: Application): Value {
  const [products, phases] = [tiling.span ** 2, tiling.stride ** 2];
  const byPhase = phases === 1 ? dU : transpose(context, reshape(context, dU, undefined, [products, o, phases, c]), [0, 2, 1, 3]);
  const flat = reshape(context, byPhase, undefined, [products * phases, o * c]);
  const kernels = context.emit('Gemm', [flat, matrixConstant(context, tiling.filter)], { transA: int(1) });
  return reshape(context, kernels, [o * c, taps], [o, c, ...kernel]);
}

/** The cotangents of the results, transformed: products x tiles x O. */
export function transformedCotangents(context: LoweringContext, dy: Picture, application: Application): Value {
  const { tiling, sizes } = application;
  return context.onceFor(dy, `winograd cotangents ${applicationKey(application)}`, () => {
    const { count, exact } = tilesOf(tiling, outputOf(sizes));
    const places = tiling.side ** 2;
    const made = tileOutputs(tiling, outputOf(sizes));
    const rows = exact ? settled(context, dy) : rowsAt(context, dy, made, [made.length]);
    const byPlace = reshape(context, rows, undefined, [places, count * sizes.o]);
    const transformed = context.emit('Gemm', [matrixConstant(context, tiling.results), byPlace], { transA: int(1) });
    return reshape(context, transformed, undefined, [tiling.span ** 2, count, sizes.o]);
  });
}

/** Results of the tiles, from products x tiles x O, as a picture. */
export function resultsOf(context: LoweringContext, m: Value, { tiling, sizes }: Application): Picture {
  const output = outputOf(sizes);
  const { count, exact } = tilesOf(tiling, output);
  const places = tiling.side ** 2;
  const byPlace = context.emit('MatMul', [
    matrixConstant(context, tiling.results),
    reshape(context, m, undefined, [tiling.span ** 2, count * sizes.o]),
  ]);
  const matrix = reshape(context, byPlace, undefined, [places * count, sizes.o]);
  const shape = [sizes.n, sizes.o, output.height, output.width] as const;
  if (exact) return inOrder(matrix, shape);
  const rowAt = new Int32Array(output.n * output.height * output.width);
  tileOutputs(tiling, output).forEach((position, row) => {
    if (position >= 0) rowAt[position] = row;
  });
  return { shape, matrix, rows: places * count, terms: [rowAt] };
}

/** Cost of gathering and transforming the input, or of the adjoint. */
export function inputCost({ tiling, sizes }: Application): number {
  const { count } = tilesOf(tiling, outputOf(sizes));
  const [products, phases] = [tiling.span ** 2, tiling.stride ** 2];
  return gathered(products * count * phases, sizes.c) + product(products, products, count * phases * sizes.c);
}

/** Cost of the transform between the results and the products. */
export function resultCost({ tiling, sizes }: Application): number {
  const { count, exact } = tilesOf(tiling, outputOf(sizes));
  const places = tiling.side ** 2;
  return product(places, tiling.span ** 2, count * sizes.o) + (exact ? 0 : gathered(places * count, sizes.o));
}

/** Cost of the products in the transformed domain. */
export function productCost({ tiling, sizes: { c, o, ...sizes } }: Application): number {
  const { count } = tilesOf(tiling, outputOf({ c, o, ...sizes }));
  return product(count, tiling.stride ** 2 * c, o, tiling.span ** 2);
}

/** Cost of transforming the kernels, or of the adjoint. */
export function kernelCost({ tiling, sizes: { c, o, taps } }: Application): number {
  return product(tiling.span ** 2 * tiling.stride ** 2, taps, c * o);
}
