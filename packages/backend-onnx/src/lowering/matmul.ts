/**
 * Matrix product; batch axes broadcast on both sides.
 */
import type { Lower } from './lower.ts';

/** Lowering of matmul. */
export const MATMUL: { readonly matmul: Lower<'matmul'> } = {
  matmul: (context, { inputs: [a, b] }) => context.emit('MatMul', [a.value, b.value]),
};
