/** Translating picture files with a run's generator: keeping to what may be written, several at a time, going on after a bad one. */
import { extname } from 'node:path';
import { type Backend, type Direction, GENERATOR_OF, Translator } from '@cyclegan/core';
import { type BitDepth, decodePicture, encodePicture, PICTURE_EXTENSIONS, type PictureFormat, type Size } from '@cyclegan/data';
import pLimit from 'p-limit';
import { RunError, UsageError } from '../errors.ts';
import { identityOf, kindOfPath, writeFileAtomic } from '../files.ts';
import type { RunWeights } from '../runs/run-weights.ts';
import type { Files, Job } from './translate-inputs.ts';
import { channelsOf, translatePicture } from './translate-picture.ts';

/** How pictures are translated and written. */
export interface TranslateOptions {
  readonly format: PictureFormat;
  readonly bitDepth: BitDepth;
  /** What pictures are resized to first; their own size unless given. */
  readonly size?: Size | undefined;
}

/** What happens where a translation is there already. */
export type Existing = 'refuse' | 'replace' | 'keep';

/** Options, and what may be written. */
export interface FileOptions extends TranslateOptions {
  readonly existing: Existing;
  /** Pictures under way at a time: while one is computed, others are read and written. */
  readonly jobs: number;
}

/** How one picture fared: `error` is missing when it was translated, or its translation `kept`. */
export interface Outcome {
  readonly input: string;
  readonly output?: string | undefined;
  readonly error?: unknown;
  readonly kept?: boolean;
}

/** The translator of a run's direction; throws RunError when the run has no generator for it. `tile` is as in core's Translator. */
export async function openTranslator(
  run: RunWeights,
  backend: Backend,
  { direction, tile }: { readonly direction: Direction; readonly tile?: number | undefined },
): Promise<Translator> {
  const name = GENERATOR_OF[direction];
  const generator = run.networks[name];
  if (generator === undefined) {
    const [from, to, other] = direction === 'AtoB' ? ['A', 'B', 'BtoA'] : ['B', 'A', 'AtoB'];
    throw new RunError(`${run.path} has no generator from ${from} to ${to}; try --direction ${other}, or another run.`);
  }
  const weights = await run.read(name);
  return new Translator({ backend, direction, generator, weights, ...(tile === undefined ? {} : { tile }) });
}

/** The bit depth that a run was trained with, 8 where it is not known. */
export function bitDepthOf({ settings }: RunWeights): BitDepth {
  return settings?.bitDepth === 16 ? 16 : 8;
}

/** Throws UsageError when `out` cannot be a folder, or looks like the name of a picture. */
export async function checkOut(out: string): Promise<void> {
  const kind = await kindOfPath(out);
  if (kind === 'folder' || (kind === 'nothing' && !PICTURE_EXTENSIONS.includes(extname(out).toLowerCase()))) return;
  const got = kind === 'file' ? 'a file' : 'the name of a picture';
  throw new UsageError(`--out ${out}: expected a folder, got ${got}; each translation is named like its picture.`);
}

/** Translates the pictures, several at a time, and tells how they fared in their order; a bad one does not stop the rest. */
export async function* translateAll(translator: Translator, jobs: readonly Job[], options: FileOptions): AsyncGenerator<Outcome> {
  const inputs = await identitiesOf(jobs);
  const limit = pLimit(options.jobs);
  const written = new Map<string, Promise<boolean>>();
  const outcomes = jobs.map((job) => {
    if (job.output === undefined) return Promise.resolve<Outcome>(job);
    const { input, output } = job;
    const earlier = written.get(output);
    const outcome = limit(async (): Promise<Outcome> => {
      try {
        if (await earlier)
          throw new RunError(`${input}: ${output} is already the translation of another picture of that name; rename one.`);
        const wanted = await mayWrite(job, { inputs, existing: options.existing });
        if (wanted) await translateFile(translator, job, options);
        return { input, output, kept: !wanted };
      } catch (error) {
        return { input, output, error };
      }
    });
    written.set(
      output,
      outcome.then(async ({ error }) => error === undefined || (await earlier) === true),
    );
    return outcome;
  });
  for (const outcome of outcomes) yield await outcome;
}

/** Translates the bytes of a picture file to those of another. */
export async function translateBytes(
  translator: Translator,
  bytes: Uint8Array | string,
  { format, bitDepth, size }: TranslateOptions,
): Promise<Uint8Array> {
  const channels = channelsOf(translator).input;
  const picture = await decodePicture(bytes, { channels, bitDepth, ...(size === undefined ? {} : { size }) });
  return encodePicture(await translatePicture(translator, picture, bitDepth), format);
}

async function translateFile(translator: Translator, { input, output }: Files, options: TranslateOptions): Promise<void> {
  await writeFileAtomic(output, [await translateBytes(translator, input, options)]);
}

async function identitiesOf(jobs: readonly Job[]): Promise<Set<string>> {
  const identities = new Set<string>();
  for (const { input } of jobs) {
    // a picture that cannot be looked at fails when its turn comes
    const identity = await identityOf(input).catch(() => undefined);
    if (identity !== undefined) identities.add(identity);
  }
  return identities;
}

/** What a translation must not replace: pictures to translate (by their identities), and what is `existing` unless that says so. */
interface Bounds {
  readonly inputs: ReadonlySet<string>;
  readonly existing: Existing;
}

/** Whether the output is to be written, or kept as it is; throws RunError when it may not be replaced. */
export async function mayWrite({ input, output }: Files, { inputs, existing }: Bounds): Promise<boolean> {
  const there = await identityOf(output);
  if (there === undefined) return true;
  if (inputs.has(there))
    throw new RunError(`${input}: its translation would replace ${output}, a picture to translate; choose another --out.`);
  if (existing === 'refuse')
    throw new RunError(`${input}: ${output} exists; give --force to replace it, or --skip-existing to translate only what is missing.`);
  return existing === 'replace';
}
