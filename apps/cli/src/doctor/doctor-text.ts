/** What doctor found, as text for a terminal: three tables, in words as well as in colours. */
import { createColors } from 'picocolors';
import { hasOwnMemory } from '../backends.ts';
import type { EngineReport } from '../engines/engine-check.ts';
import { formatGigabytes, formatSeconds } from '../estimate/run-estimate.ts';
import { showsColours } from '../terminal/abilities.ts';
import { formatDuration } from '../terminal/messages.ts';
import { type Machine, OLDEST_NODE } from './machine.ts';
import type { ModelCost } from './model-costs.ts';

const colors = createColors(showsColours(process.stdout));

/** Everything that was found. */
export interface Findings {
  readonly machine: Machine;
  readonly engines: readonly EngineReport[];
  /** The engine that trains unless another is asked for, or the one that was asked for. */
  readonly chosen: Pick<EngineReport, 'backend' | 'device'>;
  /** On the chosen engine; empty when it does not work, or what it costs could not be found. */
  readonly models: readonly ModelCost[];
  /** Why it could not. */
  readonly modelsError?: string | undefined;
}

/** All findings. */
export function describeFindings({ machine, engines, chosen, models, modelsError }: Findings): string {
  const sections = [
    ['This machine', describeMachine(machine)],
    ['Engines, and how fast they convolve', engines.flatMap(describeEngine)],
    [
      `Training with ${optionsOf(chosen)}, about`,
      modelsError === undefined
        ? describeModels(models, hasOwnMemory(chosen.device) ? undefined : machine.memory.free)
        : [`could not be estimated: ${modelsError}`],
    ],
  ] as const;
  return sections.map(([heading, lines]) => `${[colors.bold(heading), ...lines.map((line) => `  ${line}`)].join('\n')}\n`).join('\n');
}

function describeMachine({ system, cpu, cores, memory, node, runs, versions }: Machine): string[] {
  const oldest = OLDEST_NODE.join('.');
  return [
    ['system', system],
    ['processor', `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}`],
    ['memory', `${formatGigabytes(memory.total)}, of which ${formatGigabytes(memory.free)} are free`],
    ['disk', `${runs.free === undefined ? 'unknown' : formatGigabytes(runs.free)} free for ${runs.folder}`],
    ['node', node.supported ? `${node.version} ${yes('(supported)')}` : `${node.version} ${no(`(too old: install ${oldest} or newer)`)}`],
    ['cyclegan', versions.cyclegan],
  ].map(([name = '', value = '']) => `${name.padEnd(10)} ${value}`);
}

const [ENGINE_WIDTH, RATE_WIDTH] = [38, 14];

function describeEngine({ works, why, remedy, gflops, ...engine }: EngineReport): string[] {
  const answer = works ? yes('yes') : no('no ');
  const rate = gflops === undefined ? '' : `${formatRate(gflops).padStart(RATE_WIDTH - 2)}  `;
  const lines = [`${optionsOf(engine).padEnd(ENGINE_WIDTH)} ${answer}  ${rate}${why}`];
  return remedy === undefined ? lines : [...lines, `${' '.repeat(ENGINE_WIDTH + 6)}${remedy}`];
}

/** `210 GFLOP/s`, `0.13 GFLOP/s`. */
function formatRate(gflops: number): string {
  return `${Number(gflops.toPrecision(2))} GFLOP/s`;
}

function optionsOf({ backend, device }: Pick<EngineReport, 'backend' | 'device'>): string {
  return `--backend ${backend} --device ${device}`;
}

/** `free` is what the memory must fit in; undefined on a device with memory of its own. */
function describeModels(models: readonly ModelCost[], free: number | undefined): string[] {
  if (models.length === 0) return ['nothing: it does not work.'];
  const rows = models.map((model) => [
    model.name,
    formatGigabytes(model.bytes),
    formatSeconds(model.secondsPerStep),
    `${formatDuration(model.secondsPerStep * model.steps)} ${model.wholeTraining ? 'in all' : `for ${model.steps} steps`}`,
    free === undefined ? 'memory is on the device' : fits(model, free),
  ]);
  const heading = ['', 'memory', 'a step', 'training', free === undefined ? '' : 'fits'];
  const table = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, column) => (column === 1 || column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .map((cell, column) => (column === 4 ? coloured(cell) : cell))
      .join('  ')
      .trimEnd(),
  );
}

function fits({ bytes, lowBytes }: ModelCost, free: number): string {
  if (bytes <= free) return 'yes';
  return lowBytes <= free ? 'with --memory low' : 'no, choose a smaller --size or --ngf';
}

function coloured(cell: string): string {
  if (cell.startsWith('yes')) return yes(cell);
  return cell.startsWith('no') ? no(cell) : cell;
}

const yes = (text: string) => colors.green(text);
const no = (text: string) => colors.red(text);
