/**
 * What a lowering by rows is: the function that writes one graph node with pictures held as matrices of rows.
 */
import type { OpName, OpParams, TensorType } from '@cyclegan/core';
import type { LoweringContext, Value } from '../context.ts';
import type { Picture } from './gather.ts';

/** A graph node as its lowering by rows sees it: operands in whichever form it asks for. */
export interface RowsNode<K extends OpName> {
  readonly params: OpParams[K];
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly [TensorType] & readonly TensorType[];
  /** Operand `index` by rows; it has four axes. */
  readonly picture: (index: number) => Picture;
  /** Operand `index` as a tensor. */
  readonly tensor: (index: number) => Value;
}

/** A result by rows, or a tensor where it is no picture. */
export type RowsResult = Picture | Value;

/** Writes `node` into the model and returns its results. */
export type LowerRows<K extends OpName> = (context: LoweringContext, node: RowsNode<K>) => readonly RowsResult[];
