/** Joins pointwise groups to groups that walk over the same elements and read or make the same values, so that these are read once. */
import { sizeOf } from '@cyclegan/core';
import type { Value } from '../ir/operation.ts';
import { type FusedProgram, type Group, readsOf } from './group.ts';
import { elementsOf, isOfRows, isRowAnchor, isWalkedAlike } from './walked.ts';

/** How many groups later one is at most that joins another: its results take memory from then on. */
const REACH = 6;

/** What groups are joined by. */
export interface MergeOptions {
  /** Buffers that a kernel may bind. */
  readonly storageBuffers: number;
  /** Values that are needed when all groups have run. */
  readonly kept: ReadonlySet<Value>;
}

/** The program with groups joined as far as bindings go round, and without results that only the group itself reads. */
export function mergeGroups({ groups, stored }: FusedProgram, { storageBuffers, kept }: MergeOptions): FusedProgram {
  const merged: Group[] = [];
  for (const group of groups) {
    const at = joinedBy(group, merged, { stored, storageBuffers });
    const host = merged[at];
    if (host === undefined) merged.push(group);
    else merged[at] = { ...host, outputs: [...host.outputs, ...group.outputs] };
  }
  return withoutOwnResults(merged, stored, kept);
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
    if (joins({ group, reads }, host, stored)) {
      const bound = new Set([...reads, ...readsOf(host, stored), ...host.outputs, ...group.outputs]);
      return bound.size <= storageBuffers ? at : -1;
    }
    if (host.outputs.some((output) => reads.has(output))) return -1;
  }
  return -1;
}

function joins(
  { group, reads }: { readonly group: Group; readonly reads: ReadonlySet<Value> },
  host: Group,
  stored: ReadonlySet<Value>,
): boolean {
  const made = host.outputs.filter((output) => reads.has(output));
  if (isRowAnchor(host.anchor)) {
    // what joined before is not at hand when a row is walked over again
    return made.length > 0 && made.every((value) => value.operation === host.anchor) && isOfRows(group.outputs, host.anchor, stored);
  }
  if (host.anchor !== undefined || isInPlace(host) || elementsOf(host) !== elementsOf(group)) return false;
  if (made.length > 0) return isWalkedAlike(group, stored);
  const shared = [...readsOf(host, stored)].filter((value) => reads.has(value));
  return shared.some((value) => sizeOf(value.shape) === elementsOf(group));
}

/** Entries of a variable may be replaced where they lie by a kernel that walks over these alone. */
const isInPlace = ({ outputs }: Group) => outputs.some(({ operation }) => operation.op === 'dynamicUpdate');

/** Leaves out the results of row anchors that no other group reads. */
function withoutOwnResults(groups: readonly Group[], stored: ReadonlySet<Value>, kept: ReadonlySet<Value>): FusedProgram {
  const readByOthers = new Set(groups.flatMap((group) => [...readsOf(group, stored)]));
  const isOwn = (value: Value, { anchor }: Group) =>
    isRowAnchor(anchor) && value.operation === anchor && !kept.has(value) && !readByOthers.has(value);
  const own = new Set(groups.flatMap((group) => group.outputs.filter((value) => isOwn(value, group))));
  return {
    groups: groups.map((group) => ({ ...group, outputs: group.outputs.filter((value) => !own.has(value)) })),
    stored: new Set([...stored].filter((value) => !own.has(value))),
  };
}
