/**
 * Leaves that are known when the model is written: constants of it. Inputs and variables are the model's own inputs.
 */
import type { LeafName } from '@cyclegan/core';
import { cast } from './elementwise.ts';
import type { Lower } from './lower.ts';

/** Lowerings of the leaves with a value; the builder of the model names inputs and variables itself. */
export const LEAVES: { readonly [K in Exclude<LeafName, 'input' | 'variable'>]: Lower<K> } = {
  constant: (context, { params: { dtype, shape, data } }) => context.constant(dtype, shape, data),
  iota: (context, { params: { length, dtype } }) => {
    const counted = context.constant(
      'i32',
      [length],
      Int32Array.from({ length }, (_, index) => index),
    );
    return cast(context, counted, 'i32', dtype);
  },
};
