/** The pictures a run trains on: found, looked through, and turned into batches as its settings say. Knows nothing of runs' folders. */
import type { BatchSource } from '@cyclegan/core';
import {
  type BitDepth,
  type Channels,
  DataSetError,
  type Domains,
  findDomains,
  keepUsable,
  listDomain,
  PictureBatches,
  type Preprocess,
  pairUp,
  type ScannedDomains,
  type Size,
  type Skipped,
  scanPictures,
  uniformSize as sizeOfAll,
} from '@cyclegan/data';
import { type DatasetSummary, summarise } from '../runs/dataset.ts';

/** Where the pictures lie: in one folder in one of the published layouts, or in two folders of any names. */
export interface DataPlace {
  readonly data?: string | undefined;
  readonly dataA?: string | undefined;
  readonly dataB?: string | undefined;
}

/** The settings that decide what is found. */
export interface FindSettings {
  readonly model?: 'cyclegan' | 'pix2pix';
  readonly direction?: 'AtoB' | 'BtoA';
  readonly maxPictures?: number | undefined;
}

/** The settings that decide what batches hold. */
export interface DataSettings extends FindSettings, Size {
  readonly channelsA?: Channels;
  readonly channelsB?: Channels;
  readonly bitDepth?: BitDepth;
  readonly loadHeight: number;
  readonly loadWidth: number;
  readonly preprocess: Preprocess;
  readonly flip: boolean;
  readonly serial?: boolean;
  readonly batchSize: number;
  readonly seed: number;
}

/** Pictures ready to train on. */
export interface OpenedData {
  readonly source: BatchSource;
  readonly summary: DatasetSummary;
  /** The pictures that are used. */
  readonly domains: Domains;
}

/** How many of the pictures that are left out are named. */
const NAMED = 3;

/**
 * Opens the pictures of a run; `notify` hears, in a sentence, of pictures that are left out now or replaced later. Throws DataSetError
 * when there are none, or none that can be used.
 */
export async function openData(
  settings: DataSettings,
  place: DataPlace & { readonly cacheBytes?: number | undefined },
  notify: (text: string) => void,
): Promise<OpenedData> {
  const { model, height, width, loadHeight, loadWidth, preprocess, flip, batchSize, seed } = settings;
  const { channelsA = 3, channelsB = 3, bitDepth = 8, serial = false } = settings;
  const { cacheBytes } = place;
  const size = { height, width, loadSize: { height: loadHeight, width: loadWidth }, preprocess };
  const paired = model === 'pix2pix';
  const { domains, skipped } = keepUsable(await scan(settings, place), { ...size, paired });
  for (const domain of ['A', 'B'] as const) {
    if (skipped[domain].length > 0) notify(describeSkipped(skipped[domain], { domain, kept: domains[domain].length }));
  }
  checkNumbers(domains, batchSize);
  let replaced = 0;
  const source = new PictureBatches({
    ...domains,
    ...size,
    paired,
    channels: { A: channelsA, B: channelsB },
    bitDepth,
    flip,
    serial,
    batch: batchSize,
    seed,
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
    onBroken: ({ message }) => notify(`${message} The next picture takes its place (${++replaced} replaced so far).`),
  });
  return { source, summary: summarise(domains), domains };
}

/** A batch with some pictures twice is a mistake in numbers, not a way to train. */
function checkNumbers(domains: Domains, batch: number): void {
  for (const domain of ['A', 'B'] as const) {
    const { length } = domains[domain];
    if (length >= batch) continue;
    throw new DataSetError(
      `too few pictures in domain ${domain}: a batch takes ${batch}, and there are ${length}; add pictures, or give a --batch-size of at most ${length}.`,
    );
  }
}

/**
 * The training size that follows from the pictures when nothing is cropped. Throws DataSetError when they would yield several, or
 * cannot be found.
 */
export async function uniformSize(
  settings: FindSettings & { readonly preprocess: Preprocess; readonly loadWidth: number; readonly height: number },
  place: DataPlace,
): Promise<Size> {
  const { preprocess, loadWidth, height } = settings;
  return sizeOfAll(await scan(settings, place), { preprocess, height, loadSize: { height, width: loadWidth } });
}

async function scan(settings: FindSettings, place: DataPlace): Promise<ScannedDomains> {
  const { A, B } = await findPictures(settings, place);
  return { A: await scanPictures(A), B: await scanPictures(B) };
}

/** The pictures as listed, partners side by side where the model needs them; the run's A is folder B when it trains from B to A. */
async function findPictures({ model, direction, maxPictures }: FindSettings, place: DataPlace): Promise<Domains> {
  const found = await findFolders(place);
  const paired = model === 'pix2pix' ? pairUp(found) : found;
  const { A, B } = direction === 'BtoA' ? { A: paired.B, B: paired.A } : paired;
  return { A: A.slice(0, maxPictures), B: B.slice(0, maxPictures) };
}

async function findFolders({ data, dataA, dataB }: DataPlace): Promise<Domains> {
  if (dataA !== undefined && dataB !== undefined) return { A: await listDomain(dataA), B: await listDomain(dataB) };
  if (data !== undefined) return findDomains(data);
  throw new DataSetError('no pictures given: expected one folder that holds both domains, or a folder for each.');
}

function describeSkipped(skipped: readonly Skipped[], { domain, kept }: { readonly domain: string; readonly kept: number }): string {
  const named = skipped.slice(0, NAMED).map(({ reason }) => reason);
  const more = skipped.length > NAMED ? ` And ${skipped.length - NAMED} more.` : '';
  return `${skipped.length} of the ${skipped.length + kept} pictures of domain ${domain} cannot be used and are left out. ${named.join(' ')}${more}`;
}
