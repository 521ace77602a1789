/** Where an expression reads what: whether at the place of the element that it computes, or in the row of that element. */
import { sameShape, sizeOf } from '@cyclegan/core';
import { type AnyOperation, baseOf, isElementwise, isLeaf, scalarOf, type Value } from '../ir/operation.ts';
import { rowShape } from '../ir/rows.ts';
import { type Anchor, type Group, operandsOf } from './group.ts';

/** Whether a group reads every value at the place of the element that it computes. */
export function isWalkedAlike({ outputs }: Pick<Group, 'outputs'>, stored: ReadonlySet<Value>): boolean {
  const alike = (value: Value): boolean => {
    if (scalarOf(value) !== undefined || isLeaf(value.operation)) return true;
    return isElementwise(value.operation) && operandsOf(value.operation).every((operand) => stored.has(operand) || alike(operand));
  };
  return outputs.map(baseOf).every(alike);
}

/** An anchor that computes values for rows, which a workgroup walks over. */
export type RowAnchor = Anchor & { readonly op: 'statistics' | 'projections' };

/** Whether an anchor computes values for rows. */
export function isRowAnchor(anchor: Anchor | undefined): anchor is RowAnchor {
  return anchor?.op === 'statistics' || anchor?.op === 'projections';
}

/** Rows up to this length are walked over again by the workgroup that knows them, rather than by a kernel with more threads. */
const LONGEST_ROW = 16384;

/** Whether `outputs` can be computed by the workgroups of `anchor`, one row after the other, because they read its results for their own row only. */
export function isOfRows(outputs: readonly Value[], anchor: RowAnchor, stored: ReadonlySet<Value>): boolean {
  const { shape } = anchor.inputs[0] as Value;
  const { contiguous, length } = rowShape(shape, anchor.params.axes);
  return (
    contiguous && length <= LONGEST_ROW && outputs.every((output) => sameShape(output.shape, shape) && readsOwnRow(output, anchor, stored))
  );
}

function readsOwnRow(value: Value, anchor: RowAnchor, stored: ReadonlySet<Value>): boolean {
  const { operation } = value;
  if (anchor.outputs.includes(value) || scalarOf(value) !== undefined || isLeaf(operation)) return true;
  const operands = operation.inputs.filter((operand) => isComputed(baseOf(operand), stored) || anchor.outputs.includes(baseOf(operand)));
  if (isElementwise(operation) && sameShape(value.shape, (anchor.inputs[0] as Value).shape)) {
    return operands.every((operand) => operand === baseOf(operand) && readsOwnRow(operand, anchor, stored));
  }
  return !operands.some((operand) => reaches(baseOf(operand), anchor, stored));
}

const isComputed = (value: Value, stored: ReadonlySet<Value>) => !stored.has(value) && !isLeaf(value.operation);

/** Whether the expression of a value reads a result of the anchor. */
function reaches(value: Value, anchor: AnyOperation, stored: ReadonlySet<Value>): boolean {
  if (anchor.outputs.includes(value)) return true;
  return isComputed(value, stored) && operandsOf(value.operation).some((operand) => reaches(operand, anchor, stored));
}

/** Elements of a group's results. */
export function elementsOf({ outputs }: Group): number {
  return sizeOf((outputs[0] as Value).shape);
}
