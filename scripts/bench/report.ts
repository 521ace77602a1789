/** The bench's results as a page of documentation and as JSON. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { type Comparison, QUANTITIES, type Quantity, type Summary } from './comparison.ts';
import { nameOf } from './configuration.ts';
import { markdownTable, short } from './markdown.ts';

/** What the numbers were measured on. Programs name their engines. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** In units of 2^30 bytes. */
  readonly memoryGB: number;
  readonly node: string;
  readonly threads: number;
  /** Processes that wanted a core in the minute before; numbers mean little unless it is near 0. */
  readonly load: number;
  /** Year, month and day. */
  readonly date: string;
}

/** This machine. */
export function describeMachine(threads: number): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    threads,
    load: loadavg()[0] ?? 0,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Numbers and ratios as Markdown. */
export function comparisonsToMarkdown(machine: Machine, comparisons: readonly Comparison[]): string {
  const { cpu, cores, memoryGB, node, threads, load, date } = machine;
  const names = Object.keys(QUANTITIES) as Quantity[];
  const figures = comparisons.flatMap(({ configuration, ours, peers }) =>
    [ours, ...peers].map((summary) => [nameOf(configuration), summary.command ?? summary.engine, ...cellsOf(summary, names)]),
  );
  const ratios = comparisons.map(({ configuration, ratios }) => [
    nameOf(configuration),
    ...names.map((name) => ratios?.[name].ratio.toFixed(2) ?? 'unmeasured'),
  ]);
  return [
    `${date}: ${cpu}, ${cores} cores, ${memoryGB} GB of memory; Node ${node}; ${threads} threads; load ${load.toFixed(1)} before.`,
    'Models are pictures/filters/blocks. Numbers are medians over the rounds, in brackets the largest of them to the smallest.',
    markdownTable(['model', 'program', ...names.map((name) => QUANTITIES[name].label), 'first step, s', 'nodes'], figures),
    'The first to the best of the others (below 1 is better):',
    markdownTable(['model', ...names], ratios),
  ].join('\n\n');
}

function cellsOf(summary: Summary, names: readonly Quantity[]): string[] {
  const { firstStepSeconds, nodes } = summary;
  const figures = names.map((name) => `${short(summary[name].median)} (${summary[name].spread.toFixed(2)})`);
  return [...figures, firstStepSeconds === undefined ? '' : short(firstStepSeconds), String(nodes ?? '')];
}
