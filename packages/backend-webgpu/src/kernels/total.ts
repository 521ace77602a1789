/**
 * How a workgroup combines what its threads found: by subgroups where the adapter has these, in pairs elsewhere. Knows values in registers, and nothing
 * of where they come from.
 */
import type { Width } from '../wgsl/types.ts';
import type { KernelLimits } from './kernel.ts';

/** How two partial results become one, and those of a subgroup. */
export interface Combination {
  /** What the first element is combined with. */
  readonly initial: string;
  readonly combine: (a: string, b: string) => string;
  readonly ofSubgroup: 'subgroupAdd' | 'subgroupMax';
}

/** Adding up. */
export const SUM: Combination = { initial: '0f', combine: (a, b) => `${a} + ${b}`, ofSubgroup: 'subgroupAdd' };

/** Four lanes of `name` as one. */
export function acrossLanes(name: string, width: Width, { combine }: Combination): string {
  if (width === 1) return name;
  return combine(`(${combine(`${name}.x`, `${name}.y`)})`, `(${combine(`${name}.z`, `${name}.w`)})`);
}

/** An expression for what the `value`s of all threads of a workgroup make, in a kernel that declares it; to be written in uniform control flow alone. */
export function totalOf(value: string, { subgroups }: Pick<KernelLimits, 'subgroups'>): string {
  return subgroups ? `total(lane, subgroup, subgroups, ${value})` : `total(lane, ${value})`;
}

/** Declares what `totalOf` calls, for workgroups of a power of two of threads. */
export function declareTotal(threads: number, combination: Combination, { subgroups }: Pick<KernelLimits, 'subgroups'>): string {
  return subgroups ? totalBySubgroups(threads, combination) : totalInPairs(threads, combination);
}

/** The values of all threads combined in pairs, pairs of pairs, and so on. */
function totalInPairs(threads: number, { combine }: Combination): string {
  return `var<workgroup> parts: array<f32, ${threads}>;

fn total(lane: u32, value: f32) -> f32 {
  parts[lane] = value;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { parts[lane] = ${combine('parts[lane]', 'parts[lane + half]')}; }
    workgroupBarrier();
  }
  let result = parts[0];
  workgroupBarrier();
  return result;
}`;
}

/**
 * Each subgroup combines the values of its threads, and then all of them the results of the subgroups. WGSL promises that subgroups are numbered from 0 to
 * their count, and nothing of their size, of which threads share one, or that each is full: so a thread's rank among those at hand says which results it
 * takes. Subgroups that are not equally full may round differently: what the one of thread 0 found is the total for all.
 */
function totalBySubgroups(threads: number, { initial, combine, ofSubgroup }: Combination): string {
  return `var<workgroup> parts: array<f32, ${threads}>;
var<workgroup> whole: f32;

fn total(lane: u32, subgroup: u32, subgroups: u32, value: f32) -> f32 {
  let part = ${ofSubgroup}(value);
  if (subgroupElect()) { parts[subgroup] = part; }
  let rank = subgroupExclusiveAdd(1u);
  let present = subgroupAdd(1u);
  workgroupBarrier();
  var rest = ${initial};
  for (var at = rank; at < subgroups; at += present) { rest = ${combine('rest', 'parts[at]')}; }
  let result = ${ofSubgroup}(rest);
  if (lane == 0u) { whole = result; }
  workgroupBarrier();
  return whole;
}`;
}
