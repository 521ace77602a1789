/** What is evaluated: translations of a run's test pictures, or a folder of them, beside what they were made of and what they should be. */
import { join } from 'node:path';
import { type Backend, type Direction, GENERATOR_OF, type Translator } from '@cyclegan/core';
import { type Domains, listDomain, type Size } from '@cyclegan/data';
import { createBackend } from '../backends.ts';
import { chooseEngine, type EngineRequest } from '../engines/choose-engine.ts';
import { UsageError } from '../errors.ts';
import { kindOfPath } from '../files.ts';
import { findRun } from '../runs/run-folder.ts';
import { openRunWeights, type RunWeights } from '../runs/run-weights.ts';
import { findTestDomains, isSwapped } from '../runs/test-domains.ts';
import { channelsOf } from '../translate/translate-picture.ts';
import { openTranslator } from '../translate/translate-run.ts';
import { filesSet, folderSet, inRgb, type PictureSet, translatedSet } from './picture-set.ts';

/** What was named. */
export interface SourceOptions extends EngineRequest {
  readonly run?: string;
  readonly runsDir: string;
  readonly checkpoint?: number;
  readonly data?: string;
  readonly generated?: string;
  readonly size?: Size;
}

/** Pictures of one direction; all but `generated` only where a run and its data set say what they are. */
export interface Translations {
  readonly direction: Direction | undefined;
  readonly generated: PictureSet;
  /** The test pictures that were translated. */
  readonly source?: PictureSet;
  /** The test pictures of the other domain. */
  readonly target?: PictureSet;
  /** Label pictures of the test pictures, where the data set has them apart from its two domains, as a synthetic town does. */
  readonly labels?: PictureSet;
  /** The translations translated back, where the run can. */
  readonly cycle?: PictureSet;
}

/** Where translations come from. */
export interface Sources {
  /** The data set whose test pictures a run translates. */
  readonly data?: string;
  /** For results: paths, and the size of what a run translates. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Whether the data set has label pictures apart from its two domains. */
  readonly labelled: boolean;
  /** Whether the run's A is the second folder of its data set. */
  readonly swapped: boolean;
  /** Whether the run translates this way; a folder is what it is. */
  translates(direction: Direction): boolean;
  translations(direction: Direction): Promise<Translations>;
  dispose(): Promise<void>;
}

/** Opens a run or a folder; throws UsageError unless one of them is given, RunError when the run cannot be read. */
export async function openSources(options: SourceOptions): Promise<Sources> {
  const { run, generated } = options;
  if ((run === undefined) === (generated === undefined))
    throw new UsageError(
      'give --run RUN, whose test pictures are then translated, --generated DIR with translations, or --compare RUN RUN ..., one of them.',
    );
  if (generated !== undefined) {
    const set = await folderSet('--generated', generated, { size: options.size });
    return {
      inputs: { generated },
      labelled: false,
      swapped: false,
      translates: () => true,
      translations: async () => ({ direction: undefined, generated: set }),
      dispose: async () => undefined,
    };
  }
  return openRun(run ?? '', options);
}

async function openRun(run: string, options: SourceOptions): Promise<Sources> {
  const data = options.data ?? (await dataOfRun(options.runsDir, run));
  const weights = await openRunWeights(options.runsDir, run, options);
  const domains = await findTestDomains(data, weights);
  const labels = await labelsOf(data);
  const size = options.size ?? trainedSize(weights);
  const backend = await createBackend(await chooseEngine(options));
  const open: Translator[] = [];
  return {
    data,
    inputs: { run: weights.path, data, translatedAt: size === undefined ? 'own size' : `${size.width}x${size.height}` },
    labelled: labels !== undefined,
    swapped: isSwapped(weights),
    translates: (direction) => weights.networks[GENERATOR_OF[direction]] !== undefined,
    translations: (direction) => translationsOf({ weights, backend, domains, labels, size, open, data }, direction),
    async dispose() {
      for (const translator of open) translator.dispose();
      await backend.dispose();
    },
  };
}

/** The data set that a run was trained on; throws UsageError when that is not known. */
async function dataOfRun(runs: string, run: string): Promise<string> {
  const remedy = 'give --data DIR, a data set with testA and testB';
  if ((await kindOfPath(run)) === 'file') throw new UsageError(`--run ${run} is a file, which does not say what to translate: ${remedy}.`);
  const folder = await findRun(runs, run);
  const config = (await kindOfPath(folder.config)) === 'file' ? await folder.readConfig() : undefined;
  const data = config?.execution.data;
  if (data === undefined) throw new UsageError(`--run ${run} does not say which data set to test on: ${remedy}.`);
  return data;
}

async function labelsOf(data: string): Promise<PictureSet | undefined> {
  const folder = join(data, 'labels', 'test');
  return (await kindOfPath(folder)) === 'folder' ? filesSet(folder, await listDomain(folder)) : undefined;
}

/** The size of the pictures that a run was trained on, where it is known. */
function trainedSize({ settings }: RunWeights): Size | undefined {
  const [width, height] = [Number(settings?.width), Number(settings?.height)];
  return width > 0 && height > 0 ? { width, height } : undefined;
}

interface OpenRun {
  readonly weights: RunWeights;
  readonly backend: Backend;
  readonly domains: Domains;
  readonly labels: PictureSet | undefined;
  readonly data: string;
  readonly size: Size | undefined;
  /** Translators to free at the end. */
  readonly open: Translator[];
}

async function translationsOf(
  { weights, backend, domains, labels, data, size, open }: OpenRun,
  direction: Direction,
): Promise<Translations> {
  const [from, to, back] = direction === 'AtoB' ? (['A', 'B', 'BtoA'] as const) : (['B', 'A', 'AtoB'] as const);
  const forward = await openTranslator(weights, backend, { direction });
  open.push(forward);
  const about = { source: `test pictures of ${from} (${data})`, target: `test pictures of ${to} (${data})` };
  const input = filesSet(about.source, domains[from], { size, channels: channelsOf(forward).input });
  const known = {
    direction,
    generated: translatedSet(`translations from ${from} to ${to}`, input, [forward]),
    source: filesSet(about.source, domains[from]),
    // as the generator could have made them: gray, where it makes gray ones
    target: inRgb(filesSet(about.target, domains[to], { channels: channelsOf(forward).output })),
    ...(labels === undefined ? {} : { labels }),
  };
  if (weights.networks[GENERATOR_OF[back]] === undefined) return known;
  const backward = await openTranslator(weights, backend, { direction: back });
  open.push(backward);
  return { ...known, cycle: translatedSet(`reconstructions of ${from}`, input, [forward, backward]) };
}

/** The pictures that an option names, or those that the run's data set has; throws UsageError, saying what they are for, when there are neither. */
export async function chosenSet(
  option: string,
  folder: string | undefined,
  known: PictureSet | undefined,
  why: string,
): Promise<PictureSet> {
  if (folder !== undefined) return folderSet(option, folder);
  if (known !== undefined) return known;
  throw new UsageError(`${option} DIR is needed: ${why}.`);
}
