/**
 * What a lowering is: the function that writes one graph node as ONNX nodes. Families of ops implement it, one file each;
 * table.ts collects them.
 */
import type { CompositeName, OpName, OpParams, PrimitiveName, TensorType } from '@cyclegan/core';
import type { LoweringContext, Value } from './context.ts';

/** Composites that this backend computes natively; core decomposes the others. */
export const NATIVE_COMPOSITES = [
  'normalize',
  'normalizeGrad',
  'reluGrad',
  'maxPool',
  'averagePool',
  'adam',
] as const satisfies readonly CompositeName[];

/** A composite with a lowering of its own. */
export type NativeComposite = (typeof NATIVE_COMPOSITES)[number];

/** An op that reaches this backend. */
export type LoweredName = PrimitiveName | NativeComposite;

/** An input of a node: its type, and the value that holds it. */
export interface Operand extends TensorType {
  readonly value: Value;
}

/** A graph node as its lowering sees it. Shape inference has checked the number of inputs, so the first three are typed as present. */
export interface LoweredNode<K extends OpName> {
  readonly params: OpParams[K];
  readonly inputs: readonly [Operand, Operand, Operand] & readonly Operand[];
  readonly outputs: readonly [TensorType] & readonly TensorType[];
}

/** Writes `node` into the model and returns one value per output, or the value itself when there is one. */
export type Lower<K extends OpName> = (context: LoweringContext, node: LoweredNode<K>) => Value | readonly Value[];

/** N, C, H, W of an operand that inference has found to be a batch of images. */
export function image({ shape }: TensorType): readonly [n: number, c: number, height: number, width: number] {
  const [n = 1, c = 1, height = 1, width = 1] = shape;
  return [n, c, height, width];
}
