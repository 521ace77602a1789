/** Where the time of steps went, kernel by kernel, as a table for a terminal. Knows no device. */
import type { KernelTime } from '@cyclegan/core';
import { figure, tableLines } from '../evaluate/table.ts';
import type { KernelProfile } from './train-protocol.ts';

/** Rows of a table, but for the one of all others. */
const ROWS = 20;

/** A profile in lines: by what kernels compute, then each by itself, the longest first; a sentence where the device cannot tell. */
export function profileLines({ steps, kernels }: KernelProfile): string[] {
  if (kernels === undefined)
    return [
      '--profile: the adapter has no timestamp queries, so that the time of kernels is not known; seconds a step are in metrics.jsonl.',
    ];
  if (steps === 0) return [];
  const layers = kernels.filter(({ label }) => kindOf(label) !== label);
  return [
    `kernels took ${milliseconds(sumOf(kernels), steps)} ms a step, mean of ${steps} steps, those of sample pictures included:`,
    ...table('what they compute', byKind(kernels), steps),
    ...(layers.length === 0 ? [] : ['', ...table('kernel (layer)', kernels, steps)]),
  ];
}

/** A label without its layer. */
function kindOf(label: string): string {
  return label.replace(/ \(.*\)$/, '');
}

function byKind(kernels: readonly KernelTime[]): readonly KernelTime[] {
  const kinds = new Map<string, KernelTime>();
  for (const { label, seconds, dispatches } of kernels) {
    const kind = kindOf(label);
    const known = kinds.get(kind) ?? { label: kind, seconds: 0, dispatches: 0 };
    kinds.set(kind, { label: kind, seconds: known.seconds + seconds, dispatches: known.dispatches + dispatches });
  }
  return [...kinds.values()].sort((a, b) => b.seconds - a.seconds);
}

function table(title: string, times: readonly KernelTime[], steps: number): string[] {
  const all = sumOf(times);
  const row = ({ label, seconds, dispatches }: KernelTime) => [
    label,
    milliseconds(seconds, steps),
    figure((100 * seconds) / all, 1),
    figure(dispatches / steps, 1),
  ];
  const others = times.slice(ROWS);
  const dispatches = others.reduce((total, each) => total + each.dispatches, 0);
  const rest = others.length === 0 ? [] : [row({ label: `${others.length} others`, seconds: sumOf(others), dispatches })];
  return tableLines([[title, 'ms', '%', 'runs'], ...times.slice(0, ROWS).map(row), ...rest]);
}

function sumOf(times: readonly KernelTime[]): number {
  return times.reduce((total, { seconds }) => total + seconds, 0);
}

function milliseconds(seconds: number, steps: number): string {
  return figure((1000 * seconds) / steps);
}
