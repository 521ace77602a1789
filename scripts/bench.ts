/**
 * How long a training step and a pass of the generator take, how much memory training takes, and where the time goes; beside other
 * programs that print the same line of JSON, in turn. Built before it runs, as users run the packages: tsx makes loops over numbers
 * half as fast again. Run it on an idle machine:
 *   npm run bench -- --out results --against "python3 torch_step.py" --against "python3 torch_step.py --channels-last"
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOnnxBackend, type OnnxOptions } from '@cyclegan/backend-onnx';
import type { Backend } from '@cyclegan/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Comparison, compare, summarise } from './bench/comparison.ts';
import { type Configuration, TABLE } from './bench/configuration.ts';
import { trainFor } from './bench/endurance.ts';
import { measure, openStep } from './bench/measure.ts';
import type { Measurement } from './bench/measurement.ts';
import { parseProfile, profileOf, profileToMarkdown } from './bench/profile.ts';
import { comparisonsToMarkdown, describeMachine } from './bench/report.ts';
import { type Contender, measureInTurn } from './bench/rounds.ts';

const SCRIPT = fileURLToPath(import.meta.url);

interface Options extends Omit<Configuration, 'size'> {
  readonly size?: number;
  readonly against: readonly string[];
  readonly rounds: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly profile?: boolean;
  readonly minutes?: number;
}

/** Runs `work` with a backend that is closed again. */
async function withBackend<Result>(options: OnnxOptions, work: (backend: Backend) => Promise<Result>): Promise<Result> {
  const backend = await createOnnxBackend(options);
  try {
    return await work(backend);
  } finally {
    await backend.dispose();
  }
}

/** Measures our program and the peers in turn, each configuration by itself; prints the results or writes them to a folder. */
async function compareAll(configurations: readonly Configuration[], { against, rounds, threads, out, json }: Options): Promise<void> {
  const contenders: Contender[] = [{ kind: 'ours', script: SCRIPT }, ...against.map((command) => ({ kind: 'peer', command }) as const)];
  const machine = await withBackend({ threads }, async (backend) => describeMachine(backend, threads));
  const comparisons: Comparison[] = [];
  for (const configuration of configurations) {
    const [ours, ...peers] = (await measureInTurn(contenders, configuration, { rounds })).map(({ contender, measurements }) =>
      summarise(measurements, contender.kind === 'peer' ? contender.command : undefined),
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

/** Prints where the time of a step goes. */
async function profile(configuration: Configuration): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-profile-'));
  try {
    await withBackend({ threads: configuration.threads, profile: join(folder, 'step') }, async (backend) => {
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
  const { ngf, blocks, batch, steps, threads, against, minutes, json } = options;
  const shared = { batch, steps, threads };
  if (size === undefined) {
    if (options.profile || minutes !== undefined) program.error('error: --size is missing, which --profile and --minutes need');
    return compareAll(
      TABLE.map((model) => ({ ...model, ...shared })),
      options,
    );
  }
  const configuration = { size, ngf, blocks, ...shared };
  if (options.profile) return profile(configuration);
  if (minutes === undefined && (against.length > 0 || options.out !== undefined)) return compareAll([configuration], options);
  await withBackend({ threads }, async (backend) => {
    if (minutes !== undefined)
      console.log(JSON.stringify({ minutes, ...configuration, ...(await trainFor(minutes, backend, configuration)) }));
    else {
      const measurement = await measure(backend, configuration);
      console.log(json ? JSON.stringify(measurement) : describe(measurement));
    }
  });
}

function count(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
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
  .addOption(new Option('--backend <name>', 'what computes').choices(['onnx']).default('onnx'))
  .option('--json', 'print JSON, a single line')
  .option(
    '--against <command>',
    'measure another program in turn, which is given the same options; may be repeated',
    (command: string, others: readonly string[]) => [...others, command],
    [],
  )
  .option('--rounds <n>', 'how often each program is measured, without --size or with --against or --out', count, 3)
  .option('--out <folder>', 'write bench.json and bench.md there')
  .option('--profile', 'print where the time of a step goes, with --size')
  .option('--minutes <n>', 'train for so long and compare the end with the start, with --size', positive);
await main(program.parse().opts<Options>());
