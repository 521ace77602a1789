/** Translating picture files with a run's generator: finding the files, keeping to what may be written, going on after a bad one. */
import { basename, extname, join } from 'node:path';
import { type Backend, type Direction, GENERATOR_OF, ModelError, Translator } from '@cyclegan/core';
import { decodePicture, encodePng, listPictures, PICTURE_EXTENSIONS, pictureToTensor, tensorToPicture } from '@cyclegan/data';
import { loadCheckpoint } from './checkpoint.ts';
import { RunError, UsageError } from './errors.ts';
import { identityOf, kindOfPath, writeFileAtomic } from './files.ts';
import type { RunFolder } from './run-folder.ts';

/** What to translate, with what, to where. */
export interface TranslateRequest {
  /** Pictures and folders of pictures. */
  readonly inputs: readonly string[];
  readonly out: string;
  readonly direction: Direction;
  /** Replace files that exist. */
  readonly force: boolean;
}

/** An input and, unless it is a folder that cannot be listed, the file that its translation goes to. */
interface Job {
  readonly input: string;
  readonly output?: string;
  readonly error?: unknown;
}

/** How one picture fared: `error` is missing when it was translated. */
export interface Outcome {
  readonly input: string;
  readonly output: string | undefined;
  readonly error?: unknown;
}

/** The translator of a run; throws RunError when the run has no checkpoint or no generator of this direction. */
export async function openTranslator(folder: RunFolder, backend: Backend, direction: Direction): Promise<Translator> {
  if ((await kindOfPath(folder.checkpoint)) !== 'file')
    throw new RunError(`${folder.path} has no checkpoint yet (${folder.checkpoint}): train it further, or check the name and --runs.`);
  const { model, state } = await loadCheckpoint(folder.checkpoint, { prefix: `${GENERATOR_OF[direction]}/` });
  if (direction === 'AtoB') return new Translator({ backend, direction, generator: model.generatorAB, weights: state.variables });
  if (model.kind === 'pix2pix') throw new RunError(`${folder.path} is a pix2pix model, which translates from A to B only.`);
  return new Translator({ backend, direction, generator: model.generatorBA, weights: state.variables });
}

/** Throws UsageError when `out` cannot be a folder, or looks like the name of a picture. */
export async function checkOut(out: string): Promise<void> {
  const kind = await kindOfPath(out);
  if (kind === 'folder' || (kind === 'nothing' && !PICTURE_EXTENSIONS.includes(extname(out).toLowerCase()))) return;
  const got = kind === 'file' ? 'a file' : 'the name of a picture';
  throw new UsageError(`--out ${out}: expected a folder, got ${got}; each translation is named like its picture.`);
}

/** Translates picture after picture; a bad one does not stop the rest. */
export async function* translateAll(translator: Translator, request: TranslateRequest): AsyncGenerator<Outcome> {
  const jobs = await findJobs(request);
  const bounds = { inputs: await identitiesOf(jobs), done: new Set<string>(), force: request.force };
  for (const { input, output, error } of jobs) {
    if (output === undefined) {
      yield { input, output, error };
      continue;
    }
    try {
      await checkOutput({ input, output }, bounds);
      await translateFile(translator, { input, output });
      bounds.done.add(output);
      yield { input, output };
    } catch (problem) {
      yield { input, output, error: problem };
    }
  }
}

async function findJobs({ inputs, out }: TranslateRequest): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const input of inputs) {
    try {
      const files = (await kindOfPath(input)) === 'folder' ? await listPictures(input) : [input];
      jobs.push(...files.map((file) => ({ input: file, output: join(out, `${basename(file, extname(file))}.png`) })));
    } catch (error) {
      jobs.push({ input, error });
    }
  }
  return jobs;
}

/** A picture file and where its translation goes. */
interface Files {
  readonly input: string;
  readonly output: string;
}

/** What a translation must not replace. */
interface Bounds {
  /** Identities of all pictures to translate. */
  readonly inputs: ReadonlySet<string>;
  /** Translations written so far. */
  readonly done: Set<string>;
  readonly force: boolean;
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

/** Makes sure that the output may be written; throws RunError otherwise. */
async function checkOutput({ input, output }: Files, { inputs, done, force }: Bounds): Promise<void> {
  if (done.has(output)) throw new RunError(`${input}: ${output} is already the translation of another picture of that name; rename one.`);
  const there = await identityOf(output);
  if (there === undefined) return;
  if (inputs.has(there))
    throw new RunError(`${input}: its translation would replace ${output}, a picture to translate; choose another --out.`);
  if (!force) throw new RunError(`${input}: ${output} exists; give --force to replace it.`);
}

async function translateFile(translator: Translator, { input, output }: Files): Promise<void> {
  const picture = await decodePicture(input, { channels: channelsOf(translator) });
  const translated = await translator.translate(pictureToTensor(picture));
  await writeFileAtomic(output, [await encodePng(tensorToPicture(translated))]);
}

function channelsOf({ generator }: Translator): 1 | 3 | 4 {
  const { inputChannels } = generator;
  if (inputChannels === 1 || inputChannels === 3 || inputChannels === 4) return inputChannels;
  throw new ModelError(`picture files have 1, 3 or 4 channels; this generator takes ${inputChannels}.`);
}
