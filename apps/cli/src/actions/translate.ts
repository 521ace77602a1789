/** What `cyclegan translate` does: with one picture from standard input, with files, or with a data set there and back. */
import { join } from 'node:path';
import type { Backend, Direction } from '@cyclegan/core';
import type { Size } from '@cyclegan/data';
import { createBackend } from '../backends.ts';
import { chooseEngine, type EngineRequest } from '../engines/choose-engine.ts';
import { describeError, EXIT, UsageError } from '../errors.ts';
import { openRunWeights, type RunWeights } from '../runs/run-weights.ts';
import { findTestDomains } from '../runs/test-domains.ts';
import { findBoth, translateBoth } from '../translate/translate-both.ts';
import { TRANSLATION_FORMATS } from '../translate/translate-formats.ts';
import { findJobs } from '../translate/translate-inputs.ts';
import { TranslateProgress } from '../translate/translate-progress.ts';
import { bitDepthOf, checkOut, type FileOptions, type Outcome, openTranslator, translateAll } from '../translate/translate-run.ts';
import { checkPipes, translateStdin } from '../translate/translate-stdin.ts';

/** What was asked for. */
export interface TranslateCall extends EngineRequest {
  readonly run: string;
  readonly runsDir: string;
  readonly checkpoint?: number;
  readonly out?: string;
  readonly direction: Direction;
  readonly format: keyof typeof TRANSLATION_FORMATS;
  readonly size?: Size;
  readonly tile?: number;
  readonly jobs: number;
  readonly force?: boolean;
  readonly skipExisting?: boolean;
  readonly both?: boolean;
  readonly data?: string;
}

/** Translates pictures, or says which failed; the exit status. Throws UsageError for a contradiction, RunError for a run that cannot be read. */
export async function translate(inputs: readonly string[], options: TranslateCall): Promise<number> {
  const work = await workOf(inputs, options);
  const run = await openRunWeights(options.runsDir, options.run, options);
  const backend = await createBackend(await chooseEngine(options));
  try {
    return await work(run, backend);
  } finally {
    await backend.dispose();
  }
}

async function workOf(inputs: readonly string[], options: TranslateCall): Promise<Work> {
  if (options.both) return bothSides(inputs, options);
  if (options.data !== undefined) throw new UsageError('--data is for --both; name pictures and folders without it.');
  if (inputs.length === 0) throw new UsageError('nothing to translate; name pictures, folders or patterns, or - for standard input.');
  return inputs.includes('-') ? pipe(inputs, options) : files(inputs, options);
}

/** What is left to do once the command was called rightly. */
type Work = (run: RunWeights, backend: Backend) => Promise<number>;

function pipe(inputs: readonly string[], options: TranslateCall): Work {
  if (inputs.length > 1) throw new UsageError('- is one picture from standard input; translate files with another command.');
  if (options.out !== undefined) throw new UsageError('--out: with - the translation goes to standard output; leave --out out.');
  checkPipes();
  return async (run, backend) => {
    const translator = await openTranslator(run, backend, options);
    await translateStdin(translator, { format: TRANSLATION_FORMATS[options.format], bitDepth: bitDepthOf(run), size: options.size });
    translator.dispose();
    return EXIT.done;
  };
}

async function files(inputs: readonly string[], options: TranslateCall): Promise<Work> {
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

async function bothSides(inputs: readonly string[], options: TranslateCall): Promise<Work> {
  const { data, tile, run: title } = options;
  if (inputs.length > 0) throw new UsageError('--both translates the test pictures of --data; name no other pictures.');
  if (data === undefined) throw new UsageError('--both needs --data <folder>, a data set with testA and testB.');
  const out = await outOf(options);
  return async (run, backend) => {
    const both = { ...fileOptions(run, options), out, title, extension: `.${options.format}` };
    const jobs = await findBoth(await findTestDomains(data, run), both);
    const AtoB = await openTranslator(run, backend, { direction: 'AtoB', tile });
    const BtoA = await openTranslator(run, backend, { direction: 'BtoA', tile });
    const status = await tell(translateBoth({ AtoB, BtoA }, jobs, both), jobs.length);
    process.stdout.write(`Look at them in ${join(out, 'index.html')}\n`);
    for (const translator of [AtoB, BtoA]) translator.dispose();
    return status;
  };
}

async function outOf({ out }: TranslateCall): Promise<string> {
  if (out === undefined) throw new UsageError('--out <folder>: missing; it says where translations go.');
  await checkOut(out);
  return out;
}

function fileOptions(run: RunWeights, { format, size, jobs, force, skipExisting }: TranslateCall): FileOptions {
  const existing = force ? 'replace' : skipExisting ? 'keep' : 'refuse';
  return { format: TRANSLATION_FORMATS[format], bitDepth: bitDepthOf(run), size, existing, jobs };
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
