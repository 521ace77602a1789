/**
 * The lowering of every op that reaches this backend; forgetting one does not compile.
 */
import { ADAM } from './adam.ts';
import { CONV } from './conv/choose.ts';
import { DYNAMIC } from './dynamic.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { LEAVES } from './leaves.ts';
import type { Lower, LoweredName } from './lower.ts';
import { MATMUL } from './matmul.ts';
import { NORMALIZE } from './normalize.ts';
import { POOL } from './pool.ts';
import { REDUCTIONS } from './reductions.ts';
import { REFLECT_PAD } from './reflect-pad.ts';
import { SHAPE } from './shape.ts';

/** Ops that become nodes or constants; inputs and variables become inputs of the model. */
export type TableName = Exclude<LoweredName, 'input' | 'variable'>;

/** A lowering for each of them. */
export type Lowerings = { readonly [K in TableName]: Lower<K> };

/** The lowerings that programs are compiled with. */
export const LOWERINGS: Lowerings = {
  ...LEAVES,
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...SHAPE,
  ...REFLECT_PAD,
  ...CONV,
  ...MATMUL,
  ...DYNAMIC,
  ...NORMALIZE,
  ...POOL,
  ...ADAM,
};
