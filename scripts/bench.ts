/**
 * How long a training step and a pass of the generator take, how much memory training takes, and where the time goes; beside other
 * programs that print the same line of JSON, in turn. Built before it runs, as users run the packages: tsx makes loops over numbers
 * half as fast again. Run it on an idle machine:
 *   npm run bench -- --out results --against "python3 torch_step.py" --against "python3 torch_step.py --channels-last"
 *   npm run bench -- --size 64 --ngf 32 --blocks 6 --backends onnx,tfjs:node,tfjs:wasm
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeviceError } from '@cyclegan/core';
import { Command, InvalidArgumentError } from 'commander';
import { BACKENDS, timesKernels } from '../apps/cli/src/backends.ts';
import { profileLines } from '../apps/cli/src/train/kernel-table.ts';
import { type Comparison, compare, summarise } from './bench/comparison.ts';
import { type Configuration, TABLE } from './bench/configuration.ts';
import { trainFor } from './bench/endurance.ts';
import { ABSENT, engineOf, withEngine } from './bench/engines.ts';
import { measure, openStep } from './bench/measure.ts';
import type { Measurement } from './bench/measurement.ts';
import { parseProfile, profileOf, profileToMarkdown } from './bench/profile.ts';
import { comparisonsToMarkdown, describeMachine } from './bench/report.ts';
import { type Contender, measureInTurn, nameOfContender } from './bench/rounds.ts';

const SCRIPT = fileURLToPath(import.meta.url);

interface Options extends Omit<Configuration, 'size'> {
  readonly size?: number;
  readonly backends: readonly [string, ...string[]];
  readonly against: readonly string[];
  readonly rounds: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly profile?: boolean;
  readonly minutes?: number;
  readonly trainSteps?: number;
}

/** Measures our program on its engines and the peers in turn, each configuration by itself; prints the results or writes them to a folder. */
async function compareAll(
  configurations: readonly Configuration[],
  { backends, against, rounds, threads, out, json }: Options,
): Promise<void> {
  const contenders: Contender[] = [
    ...backends.map((engine) => ({ kind: 'ours', script: SCRIPT, engine }) as const),
    ...against.map((command) => ({ kind: 'peer', command }) as const),
  ];
  const machine = describeMachine(threads);
  const comparisons: Comparison[] = [];
  for (const configuration of configurations) {
    const [ours, ...peers] = (await measureInTurn(contenders, configuration, { rounds })).map(({ contender, measurements }, at) =>
      summarise(measurements, at === 0 && contender.kind === 'ours' ? undefined : nameOfContender(contender)),
    );
    if (ours !== undefined) comparisons.push(compare(configuration, ours, peers));
  }
  const results = { asJson: JSON.stringify({ machine, rounds, comparisons }), asMarkdown: comparisonsToMarkdown(machine, comparisons) };
  if (out === undefined) {
    console.log(json ? results.asJson : results.asMarkdown);
    return;
  }
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'bench.json'), `${results.asJson}\n`);
  await writeFile(join(out, 'bench.md'), `${results.asMarkdown}\n`);
  console.error(`${join(out, 'bench.json')} and bench.md are written.`);
}

/** Prints where the time of a step goes on an engine that can tell. */
async function profile(engine: string, configuration: Configuration): Promise<void> {
  const { backend } = engineOf(engine);
  if (backend === 'onnx') return profileOperators(engine, configuration);
  if (timesKernels(backend)) return profileKernels(engine, configuration);
  program.error(
    `error: ${engine} does not tell where its time goes; --profile is for onnx and ${BACKENDS.filter(timesKernels).join(', ')}`,
  );
}

/** From the timestamps that a GPU writes around kernels. */
async function profileKernels(engine: string, configuration: Configuration): Promise<void> {
  await withEngine(engine, { threads: configuration.threads, kernelTimes: true }, async (backend) => {
    const { run, dispose } = await openStep(backend, configuration);
    for (let step = 0; step < configuration.steps; step++) await run();
    console.log(profileLines({ steps: configuration.steps, kernels: await backend.kernelTimes?.() }).join('\n'));
    dispose();
  });
}

/** From the profile that ONNX Runtime writes. */
async function profileOperators(engine: string, configuration: Configuration): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-profile-'));
  try {
    await withEngine(engine, { threads: configuration.threads, profile: join(folder, 'step') }, async (backend) => {
      const { run, dispose } = await openStep(backend, configuration);
      for (let step = 0; step <= configuration.steps; step++) await run();
      dispose();
    });
    // the file is written by what disposing put off until the last run was settled
    await new Promise(setImmediate);
    const [file = ''] = await readdir(folder);
    console.log(profileToMarkdown(profileOf(parseProfile(await readFile(join(folder, file), 'utf8')))));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One measurement for people. */
function describe({ engine, stepSeconds, generatorSeconds, peakMB, firstStepSeconds }: Measurement): string {
  const seconds = ({ median, min }: { readonly median: number; readonly min: number }) =>
    `${median.toFixed(3)} s (at best ${min.toFixed(3)} s)`;
  return [
    `${engine}`,
    `step       ${seconds(stepSeconds)}; the first, compiling included, ${firstStepSeconds?.toFixed(1)} s`,
    `generator  ${seconds(generatorSeconds)}`,
    `memory     ${peakMB.toFixed(0)} MB`,
  ].join('\n');
}

async function main({ size, ...options }: Options): Promise<void> {
  const { ngf, blocks, batch, steps, threads, backends, against, minutes, trainSteps, json } = options;
  const trains = minutes !== undefined || trainSteps !== undefined;
  const shared = { batch, steps, threads };
  if (size === undefined) {
    if (options.profile || trains) program.error('error: --size is missing, which --profile, --minutes and --train-steps need');
    return compareAll(
      TABLE.map((model) => ({ ...model, ...shared })),
      options,
    );
  }
  const configuration = { size, ngf, blocks, ...shared };
  if (options.profile) return profile(backends[0], configuration);
  if (!trains && (backends.length > 1 || against.length > 0 || options.out !== undefined)) return compareAll([configuration], options);
  if (backends.length > 1) program.error('error: --minutes and --train-steps take one of --backends');
  await withEngine(backends[0], { threads }, async (backend) => {
    if (trains) {
      const endurance = await trainFor({ minutes, steps: trainSteps }, backend, configuration);
      console.log(JSON.stringify({ engine: backends[0], ...configuration, ...endurance }));
    } else {
      const measurement = await measure(backend, configuration);
      console.log(json ? JSON.stringify(measurement) : describe(measurement));
    }
  });
}

function count(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

function engines(text: string): string[] {
  const names = text.split(',');
  try {
    names.forEach(engineOf);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return names;
}

function positive(text: string): number {
  if (Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Expected a number above 0.');
}

const program = new Command('bench')
  .description('Measures the training step and the generator; without --size the models of the table, each in a process of its own.')
  .option('--size <pixels>', 'measure one model, on pictures of this height and width', count)
  .option('--ngf <filters>', 'filters of the first layer, with --size', count, 64)
  .option('--blocks <n>', 'residual blocks of a generator, with --size', count, 9)
  .option('--batch <n>', 'pictures of each domain in a batch', count, 1)
  .option('--steps <n>', 'steps that are timed, after one that is not', count, 5)
  .option('--threads <n>', 'CPU threads', count, availableParallelism())
  .option('--backends <list>', 'what computes, as BACKEND or BACKEND:DEVICE; several, with commas between, are measured in turn', engines, [
    'onnx',
  ])
  .option('--json', 'print JSON, a single line')
  .option(
    '--against <command>',
    'measure another program in turn, which is given the same options; may be repeated',
    (command: string, others: readonly string[]) => [...others, command],
    [],
  )
  .option('--rounds <n>', 'how often each program is measured, without --size or with several --backends, --against or --out', count, 3)
  .option('--out <folder>', 'write bench.json and bench.md there')
  .option('--profile', 'print where the time of a step goes, with --size')
  .option('--minutes <n>', 'train for so long and compare the end with the start, with --size', positive)
  .option('--train-steps <n>', 'the same for so many steps, after a fifth as many that do not count', count);
try {
  await main(program.parse().opts<Options>());
} catch (error) {
  if (!(error instanceof DeviceError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = ABSENT;
}
