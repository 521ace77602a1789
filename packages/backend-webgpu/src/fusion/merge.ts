/** Joins pointwise groups that walk over the same elements and read the same values, so that these are read once. */
import { sizeOf } from '@cyclegan/core';
import { type AnyOperation, baseOf, isElementwise, isLeaf, isMovement, scalarOf, type Value } from '../ir/operation.ts';
import { type FusedProgram, type Group, operandsOf, readsOf } from './group.ts';

/** How many groups later one is at most that joins another: its results take memory from then on. */
const REACH = 6;

/** The program with groups joined as far as `storageBuffers` go round. */
export function mergeGroups({ groups, stored }: FusedProgram, storageBuffers: number): FusedProgram {
  const merged: Group[] = [];
  for (const group of groups) {
    const at = joinedBy(group, merged, { stored, storageBuffers });
    const host = merged[at];
    if (host === undefined) merged.push(group);
    else merged[at] = { ...host, outputs: [...host.outputs, ...group.outputs] };
  }
  return { groups: merged, stored };
}

/** Which of the groups before it a group joins; -1 for none. */
function joinedBy(
  group: Group,
  before: readonly Group[],
  { stored, storageBuffers }: { readonly stored: ReadonlySet<Value>; readonly storageBuffers: number },
): number {
  if (group.anchor !== undefined || isInPlace(group)) return -1;
  const reads = readsOf(group, stored);
  for (let at = before.length - 1; at >= Math.max(0, before.length - REACH); at--) {
    const host = before[at] as Group;
    if (joins(group, reads, host, stored)) {
      const bound = new Set([...reads, ...readsOf(host, stored), ...host.outputs, ...group.outputs]);
      return bound.size <= storageBuffers ? at : -1;
    }
    if (host.outputs.some((output) => reads.has(output))) return -1;
  }
  return -1;
}

function joins(group: Group, reads: ReadonlySet<Value>, host: Group, stored: ReadonlySet<Value>): boolean {
  if (host.anchor !== undefined || isInPlace(host) || elements(host) !== elements(group)) return false;
  const made = host.outputs.filter((output) => reads.has(output));
  if (made.length > 0) return isWalkedAlike(group, stored);
  const shared = [...readsOf(host, stored)].filter((value) => reads.has(value));
  return shared.some((value) => sizeOf(value.shape) === elements(group));
}

const elements = ({ outputs }: Group) => sizeOf((outputs[0] as Value).shape);

/** Entries of a variable may be replaced where they lie by a kernel that walks over these alone. */
const isInPlace = ({ outputs }: Group) => outputs.some(({ operation }) => operation.op === 'dynamicUpdate');

/** Whether a group reads every value at the place of the element that it computes. */
export function isWalkedAlike({ outputs }: Pick<Group, 'outputs'>, stored: ReadonlySet<Value>): boolean {
  const alike = (value: Value): boolean =>
    scalarOf(value) !== undefined || isLeaf(value.operation) || (isWalked(value.operation) && operandsOf(value.operation).every((operand) => stored.has(operand) || alike(operand)));
  return outputs.map(baseOf).every(alike);
}

const isWalked = (operation: AnyOperation) => isElementwise(operation) && !isMovement(operation);
