/**
 * Pooling, which ONNX has with the same geometry.
 */
import type { PoolGeometry } from '@cyclegan/core';
import { int, ints } from './attributes.ts';
import type { Attributes } from './context.ts';
import type { Lower } from './lower.ts';

function windowAttributes({ kernel, strides, padding: [top, bottom, left, right] }: PoolGeometry): Attributes {
  return { kernel_shape: ints(kernel), strides: ints(strides), pads: ints([top, left, bottom, right]) };
}

/** Lowerings of pooling. */
export const POOL: { readonly [K in 'maxPool' | 'averagePool']: Lower<K> } = {
  maxPool: (context, { inputs: [x], params }) => context.emit('MaxPool', [x.value], windowAttributes(params)),
  averagePool: (context, { inputs: [x], params }) =>
    context.emit('AveragePool', [x.value], { ...windowAttributes(params), count_include_pad: int(1) }),
};
