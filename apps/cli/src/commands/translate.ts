/** `cyclegan translate`: its options and what its help teaches. */
import { join } from 'node:path';
import type { Backend, Direction } from '@cyclegan/core';
import type { PictureFormat, Size } from '@cyclegan/data';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type BackendChoice, createBackend } from '../backends.ts';
import { describeError, EXIT, UsageError } from '../errors.ts';
import { addBackendOptions, addRunsOption, option } from '../options.ts';
import { openRunWeights, type RunWeights } from '../run-weights.ts';
import { wholeNumber } from '../settings.ts';
import { findBoth, translateBoth } from '../translate-both.ts';
import { findJobs } from '../translate-inputs.ts';
import { TranslateProgress } from '../translate-progress.ts';
import { bitDepthOf, checkOut, type FileOptions, type Outcome, openTranslator, translateAll } from '../translate-run.ts';
import { checkPipes, translateStdin } from '../translate-stdin.ts';

const HELP = `
Examples:
  One picture, and a folder of pictures, into the folder zebras:
    $ cyclegan translate horse.jpg horses/testA --run first --out zebras

  The other way, and what matches a pattern:
    $ cyclegan translate horses/testB --run first --direction BtoA --out horses-again
    $ cyclegan translate 'photos/**/*.jpg' --run first --out zebras --format jpg

  Test pictures of both sides there and back, with a page to look at them:
    $ cyclegan translate --both --data horse2zebra --run first --out first-both

  The rest of a folder, where a translation was stopped:
    $ cyclegan translate horses/testA --run first --out zebras --skip-existing

  In a pipe:
    $ cyclegan translate - --run first < horse.jpg > zebra.png

Pictures keep their size, their names and their places below the folder that was given. Transparent parts count as white, unless the run was
trained with 4 channels. A picture that cannot be read or translated does not stop the others.

Pictures of more than N x N pixels (--tile) are translated in overlapping tiles, so that memory does not grow with them. Colours then differ a
little from a translation in one piece, which --tile 0 asks for.

Exit status: 0 all done, 1 some failed, 2 called wrongly.`;

/** Endings by which formats are asked for. */
const FORMATS = { png: 'png', jpg: 'jpeg', webp: 'webp', tiff: 'tiff' } as const satisfies Record<string, PictureFormat>;

interface Options extends Partial<BackendChoice> {
  readonly run: string;
  readonly runsDir: string;
  readonly checkpoint?: number;
  readonly out?: string;
  readonly direction: Direction;
  readonly format: keyof typeof FORMATS;
  readonly size?: Size;
  readonly tile?: number;
  readonly jobs: number;
  readonly force?: boolean;
  readonly skipExisting?: boolean;
  readonly both?: boolean;
  readonly data?: string;
}

/** The command, which calls `exit` with its status. */
export function translateCommand(exit: (status: number) => void): Command {
  const command = new Command('translate')
    .summary('translate pictures with a trained run')
    .description('Translates pictures with the generator of a run.')
    .argument('[input...]', 'pictures, folders of pictures and quoted patterns; - is standard input')
    .requiredOption('--run <run>', 'name of the run, its folder, or the file of a checkpoint')
    .addOption(
      option('--checkpoint <step>', { about: 'translate with an earlier checkpoint', schema: wholeNumber(0), shown: 'the last one' }),
    )
    .option('--out <folder>', 'where translations go')
    .addOption(new Option('--direction <direction>', 'which way').choices(['AtoB', 'BtoA']).default('AtoB'))
    .addOption(new Option('--format <format>', 'format of the translations').choices(Object.keys(FORMATS)).default('png'))
    .addOption(
      new Option('--size <N or WxH>', 'resize pictures to this first, as in training (default: their own size)').argParser(parseSize),
    )
    .addOption(option('--tile <pixels>', { about: 'largest tile; 0 is never to tile', schema: wholeNumber(0), shown: 'what fits 1 GB' }))
    .addOption(option('--jobs <n>', { about: 'pictures under way at a time', schema: wholeNumber(1) }).default(3))
    .option('--both', 'translate the test pictures of a data set there and back, both sides')
    .option('--data <folder>', 'the data set for --both, with testA and testB')
    .addOption(new Option('--force', 'replace files that exist').conflicts('skipExisting'))
    .option('--skip-existing', 'translate only what is missing, as after a stop');
  addRunsOption(command);
  addBackendOptions(command);
  return command.addHelpText('after', HELP).action(async (inputs: string[], options: Options) => {
    exit(await translate(inputs, options));
  });
}

function parseSize(text: string): Size {
  const [, width, height] = /^([1-9]\d{0,5})(?:x([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (width === undefined) throw new InvalidArgumentError('Expected pixels such as 256, or width x height such as 512x256.');
  return { width: Number(width), height: Number(height ?? width) };
}

async function translate(inputs: readonly string[], options: Options): Promise<number> {
  const { backend: name = 'onnx', device = 'cpu', threads } = options;
  const work = await workOf(inputs, options);
  const run = await openRunWeights(options.runsDir, options.run, options);
  const backend = await createBackend({ backend: name, device, threads });
  try {
    return await work(run, backend);
  } finally {
    await backend.dispose();
  }
}

async function workOf(inputs: readonly string[], options: Options): Promise<Work> {
  if (options.both) return bothSides(inputs, options);
  if (options.data !== undefined) throw new UsageError('--data is for --both; name pictures and folders without it.');
  if (inputs.length === 0) throw new UsageError('nothing to translate; name pictures, folders or patterns, or - for standard input.');
  return inputs.includes('-') ? pipe(inputs, options) : files(inputs, options);
}

/** What is left to do once the command was called rightly. */
type Work = (run: RunWeights, backend: Backend) => Promise<number>;

function pipe(inputs: readonly string[], options: Options): Work {
  if (inputs.length > 1) throw new UsageError('- is one picture from standard input; translate files with another command.');
  if (options.out !== undefined) throw new UsageError('--out: with - the translation goes to standard output; leave --out out.');
  checkPipes();
  return async (run, backend) => {
    const translator = await openTranslator(run, backend, options);
    await translateStdin(translator, { format: FORMATS[options.format], bitDepth: bitDepthOf(run), size: options.size });
    translator.dispose();
    return EXIT.done;
  };
}

async function files(inputs: readonly string[], options: Options): Promise<Work> {
  const out = await outOf(options);
  return async (run, backend) => {
    const translator = await openTranslator(run, backend, options);
    const jobs = await findJobs(inputs, { out, extension: `.${options.format}` });
    const outcomes = translateAll(translator, jobs, fileOptions(run, options));
    const status = await tell(outcomes, jobs.length);
    translator.dispose();
    return status;
  };
}

async function bothSides(inputs: readonly string[], options: Options): Promise<Work> {
  const { data, tile, run: title } = options;
  if (inputs.length > 0) throw new UsageError('--both translates the test pictures of --data; name no other pictures.');
  if (data === undefined) throw new UsageError('--both needs --data <folder>, a data set with testA and testB.');
  const out = await outOf(options);
  return async (run, backend) => {
    const both = { ...fileOptions(run, options), out, title, extension: `.${options.format}` };
    const jobs = await findBoth(data, both);
    const AtoB = await openTranslator(run, backend, { direction: 'AtoB', tile });
    const BtoA = await openTranslator(run, backend, { direction: 'BtoA', tile });
    const status = await tell(translateBoth({ AtoB, BtoA }, jobs, both), jobs.length);
    process.stdout.write(`Look at them in ${join(out, 'index.html')}\n`);
    for (const translator of [AtoB, BtoA]) translator.dispose();
    return status;
  };
}

async function outOf({ out }: Options): Promise<string> {
  if (out === undefined) throw new UsageError('--out <folder>: missing; it says where translations go.');
  await checkOut(out);
  return out;
}

function fileOptions(run: RunWeights, { format, size, jobs, force, skipExisting }: Options): FileOptions {
  const existing = force ? 'replace' : skipExisting ? 'keep' : 'refuse';
  return { format: FORMATS[format], bitDepth: bitDepthOf(run), size, existing, jobs };
}

/** Tells of each picture and sums up; the status that the command ends with. */
async function tell(outcomes: AsyncIterable<Outcome>, total: number): Promise<number> {
  const progress = new TranslateProgress(total);
  for await (const { input, output, error, kept } of outcomes) {
    if (kept) progress.kept();
    else if (error === undefined) progress.done(`${input} -> ${output}`);
    else progress.fail(describeError(error));
  }
  progress.end();
  return progress.failed === 0 ? EXIT.done : EXIT.failed;
}
