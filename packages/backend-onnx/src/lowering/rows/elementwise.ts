/**
 * Elementwise ops by rows: all pictures of a size have their rows in the same order, so the operator is the tensors' own.
 */
import { sizeOf, type TensorType } from '@cyclegan/core';
import type { LoweringContext, Value } from '../context.ts';
import { image, type Lower, type LoweredName, type LoweredNode } from '../lower.ts';
import { reshape } from '../operators.ts';
import type { RowsNode, RowsResult } from './lower-rows.ts';
import { extentsOf, type RowOrder, rowOrder } from './order.ts';
import { inOrder, settled } from './picture.ts';

/** Whether an elementwise op can work by rows: operands are whole pictures, one value per channel, or scalars. */
export function fitsElementwise({
  inputs,
  outputs: [y],
}: {
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
}): boolean {
  if (y === undefined || y.shape.length !== 4) return false;
  const [n, , height, width] = image(y);
  return inputs.every((x) => {
    if (sizeOf(x.shape) === 1) return true;
    if (x.shape.length !== 4) return false;
    const [batch, , tall, wide] = image(x);
    return (batch === n && tall === height && wide === width) || (tall === 1 && wide === 1 && (batch === n || batch === 1));
  });
}

/** A matrix with a row for each position, with the pictures on an axis of their own: blocks x N x tiles x C. */
export function perPicture(context: LoweringContext, matrix: Value, { blocks, n, tiles }: RowOrder, channels: number): Value {
  return reshape(context, matrix, undefined, [blocks, n, tiles, channels]);
}

/** The lowering of an elementwise op by rows, from that for tensors. */
export function elementwise<K extends LoweredName>(lower: Lower<K>) {
  return (context: LoweringContext, node: RowsNode<K>): readonly RowsResult[] => {
    const [y] = node.outputs;
    const shape = image(y);
    const order = rowOrder(extentsOf(shape));
    const small = ({ shape: [n = 1, , height = 1, width = 1] }: TensorType) => n > 1 && height * width === 1;
    const mixed = shape[2] * shape[3] > 1 && node.inputs.some((x) => x.shape.length === 4 && small(x));
    const operands = node.inputs.map((x, at) => {
      if (x.shape.length !== 4) return reshape(context, node.tensor(at), x.shape, []);
      const matrix = settled(context, node.picture(at));
      if (!mixed) return matrix;
      const [n, c, height, width] = image(x);
      if (small(x)) return reshape(context, matrix, undefined, [n, 1, c]);
      return height * width * n === 1 ? matrix : perPicture(context, matrix, order, c);
    });
    const inputs = node.inputs.map((x, at) => ({ ...x, value: operands[at] ?? '' }));
    const result = lower(context, { ...node, inputs } as unknown as LoweredNode<K>) as Value;
    return [inOrder(mixed ? reshape(context, result, undefined, [order.rowOf.length, shape[1]]) : result, shape)];
  };
}
