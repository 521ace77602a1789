/** What becomes one kernel, and what is in memory between kernels. */

import { storedOperand } from '../ir/mirrored.ts';
import { type AnchorName, type AnyOperation, isAnchor, isLeaf, type Operation, scalarOf, type Value } from '../ir/operation.ts';

/** An anchor of some name. */
export type Anchor = { [K in AnchorName]: Operation<K> }[AnchorName];

/** A kernel to be: an anchor with what is computed for its operands and of its result, or pointwise operations alone. */
export interface Group {
  /** Where among the operations it runs. */
  readonly position: number;
  readonly anchor?: Anchor;
  /** What it leaves in memory. */
  readonly outputs: readonly Value[];
}

/** Groups in the order in which they run, and what lies in memory. */
export interface FusedProgram {
  readonly groups: readonly Group[];
  /** Base values that groups leave in memory. */
  readonly stored: ReadonlySet<Value>;
}

/** Operands whose elements an anchor needs in memory, whatever they are made of; reductions compute theirs as they go. */
export function readsMemory(operation: AnyOperation): boolean {
  switch (operation.op) {
    case 'conv2d':
    case 'conv2dInputGrad':
    case 'conv2dWeightGrad':
    case 'matmul':
    case 'adam':
    case 'reflectPadGrad':
      return true;
    default:
      return false;
  }
}

/** The base values that an operation reads. */
export function operandsOf(operation: AnyOperation): readonly Value[] {
  return operation.inputs.map((input, k) => storedOperand(operation.op, k, input));
}

/** Base values that a group reads from memory; without its anchor, what is computed of the anchor's result reads. */
export function readsOf({ anchor, outputs }: Pick<Group, 'anchor' | 'outputs'>, stored: ReadonlySet<Value>): ReadonlySet<Value> {
  const reads = new Set<Value>();
  const visited = new Set<Value>();
  const pending = [...outputs, ...(anchor === undefined ? [] : operandsOf(anchor))];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (visited.has(value) || scalarOf(value) !== undefined) continue;
    visited.add(value);
    if (!outputs.includes(value) && (isLeaf(value.operation) || stored.has(value))) reads.add(value);
    else if (!isAnchor(value.operation)) pending.push(...operandsOf(value.operation));
  }
  return reads;
}
