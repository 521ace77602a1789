/**
 * The few pictures that are translated again at every sample of a run, so that one sees them change: test pictures, or training pictures where there are none.
 * Knows data sets and batches, and nothing of runs' folders.
 */
import { join } from 'node:path';
import { type Batch, f32, type HostTensor } from '@cyclegan/core';
import { DataSetError, type Domains, findDomains, listDomain, loadCentred, PictureError, type PictureFile, pairUp } from '@cyclegan/data';
import type { DataPlace, DataSettings } from './data-source.ts';

/** A domain, by the side of the run that it is on. */
export type Side = 'A' | 'B';

/** One of the pictures, and where it stands in the batches. */
export interface FixedPlace {
  readonly side: Side;
  /** Its path in the folder of its domain, with `/` between folders. */
  readonly name: string;
  readonly from: 'test' | 'train';
  readonly batch: number;
  /** Its place in that batch. */
  readonly index: number;
}

/**
 * The pictures in batches of the training batches' shape, which belong to whoever trains; a batch is filled up with pictures again, but `pictures` names each
 * once.
 */
export interface FixedPictures {
  readonly pictures: readonly FixedPlace[];
  readonly batches: readonly Batch[];
}

/** None at all. */
export const NO_FIXED_PICTURES: FixedPictures = { pictures: [], batches: [] };

/** How many of each domain at most. */
const SHOWN = 4;

/** Pixels of the pictures of a domain; of large ones fewer are shown, as all that is made of them is in memory at once. */
const PIXELS = 2 ** 20;

/** How many files are tried for one of them before it is given up. */
const TRIES = 4;

const SIDES = ['A', 'B'] as const;

interface Loaded {
  readonly name: string;
  readonly from: FixedPlace['from'];
  readonly tensor: HostTensor;
}

type LoadedSides = Readonly<Record<Side, readonly Loaded[]>>;

/** A picture of one domain, or a pair. */
type Item = Partial<Readonly<Record<Side, PictureFile>>>;

/**
 * Chooses pictures spread evenly over each domain, pairs for pix2pix, and decodes them without chance. `train` are the pictures that are trained on; `notify`
 * hears, in a sentence, of test pictures that cannot be used.
 */
export async function chooseFixedPictures(
  settings: DataSettings,
  place: DataPlace,
  { train, notify }: { readonly train: Domains; readonly notify: (text: string) => void },
): Promise<FixedPictures> {
  const found = { test: await findTestPictures(settings, place, notify), train };
  const kinds: readonly (readonly Side[])[] = settings.model === 'pix2pix' ? [SIDES] : [['A'], ['B']];
  let loaded: LoadedSides = { A: [], B: [] };
  for (const sides of kinds) {
    const ofTest = await loadSpread(itemsOf(found.test, sides), { settings, from: 'test', notify });
    // broken training pictures are told of when they are trained on
    const chosen =
      ofTest.length > 0 ? ofTest : await loadSpread(itemsOf(found.train, sides), { settings, from: 'train', notify: () => undefined });
    for (const side of sides) loaded = { ...loaded, [side]: chosen.flatMap((item) => item[side] ?? []) };
  }
  return inBatches(loaded, settings);
}

/** The test pictures of a data set, on the sides of the run; a domain without any is empty. */
async function findTestPictures({ model, direction }: DataSettings, { data }: DataPlace, notify: (text: string) => void): Promise<Domains> {
  if (data === undefined) return { A: [], B: [] };
  const found = (await unlessMissing(findDomains(data, 'test'))) ?? {
    A: (await unlessMissing(listDomain(join(data, 'testA')))) ?? [],
    B: (await unlessMissing(listDomain(join(data, 'testB')))) ?? [],
  };
  const { A, B } = model === 'pix2pix' ? pairsOf(found, notify) : found;
  return direction === 'BtoA' ? { A: B, B: A } : { A, B };
}

async function unlessMissing<T>(finding: Promise<T>): Promise<T | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof DataSetError) return undefined;
    throw error;
  }
}

function pairsOf(found: Domains, notify: (text: string) => void): Domains {
  try {
    return pairUp(found);
  } catch (error) {
    if (!(error instanceof DataSetError)) throw error;
    notify(`the test pictures are no pairs, so samples do without them: ${error.message}`);
    return { A: [], B: [] };
  }
}

function itemsOf(domains: Domains, sides: readonly Side[]): Item[] {
  const [first = 'A'] = sides;
  return domains[first].map((_, at) => Object.fromEntries(sides.map((side) => [side, domains[side][at]])));
}

interface Loading {
  readonly settings: DataSettings;
  readonly from: FixedPlace['from'];
  readonly notify: (text: string) => void;
}

/** Up to SHOWN items, each the first good one of an equal part of the list. */
async function loadSpread(items: readonly Item[], loading: Loading): Promise<Partial<Record<Side, Loaded>>[]> {
  const { height, width } = loading.settings;
  const parts = Math.min(SHOWN, items.length, Math.max(1, Math.floor(PIXELS / (height * width))));
  const loaded: Partial<Record<Side, Loaded>>[] = [];
  const problems: string[] = [];
  for (let part = 0; part < parts; part++) {
    const [start, end] = [part, part + 1].map((edge) => Math.floor((edge * items.length) / parts)) as [number, number];
    for (const item of items.slice(start, Math.min(end, start + TRIES))) {
      const good = await loadItem(item, loading, problems);
      if (good === undefined) continue;
      loaded.push(good);
      break;
    }
  }
  if (problems.length > 0) loading.notify(`samples do without some ${loading.from} pictures that cannot be used. ${problems.join(' ')}`);
  return loaded;
}

/** Undefined, and a problem more, when a picture of the item cannot be used. */
async function loadItem(item: Item, { settings, from }: Loading, problems: string[]): Promise<Partial<Record<Side, Loaded>> | undefined> {
  const { height, width, preprocess, bitDepth = 8 } = settings;
  try {
    const loaded: Partial<Record<Side, Loaded>> = {};
    for (const side of SIDES) {
      const file = item[side];
      if (file === undefined) continue;
      const tensor = await loadCentred(file, { height, width, preprocess, bitDepth, channels: channelsOf(settings, side) });
      loaded[side] = { name: file.name, from, tensor };
    }
    return loaded;
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

function channelsOf({ channelsA = 3, channelsB = 3 }: DataSettings, side: Side) {
  return side === 'A' ? channelsA : channelsB;
}

function inBatches(loaded: LoadedSides, settings: DataSettings): FixedPictures {
  const { batchSize } = settings;
  const pictures = SIDES.flatMap((side) =>
    loaded[side].map(({ name, from }, at) => ({ side, name, from, batch: Math.floor(at / batchSize), index: at % batchSize })),
  );
  const count = Math.ceil(Math.max(loaded.A.length, loaded.B.length) / batchSize);
  const batches = Array.from({ length: count }, (_, batch) => ({
    A: stacked(loaded.A, batch * batchSize, { ...settings, channels: channelsOf(settings, 'A') }),
    B: stacked(loaded.B, batch * batchSize, { ...settings, channels: channelsOf(settings, 'B') }),
  }));
  return { pictures, batches };
}

interface StackShape {
  readonly batchSize: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** As many pictures as a batch takes, from number `first` on, round and round; gray where there are none. */
function stacked(loaded: readonly Loaded[], first: number, { batchSize, channels, height, width }: StackShape): HostTensor {
  const extent = channels * height * width;
  const data = new Float32Array(batchSize * extent);
  for (let index = 0; index < batchSize; index++) {
    const picture = loaded[(first + index) % loaded.length];
    if (picture !== undefined) data.set(picture.tensor.data, index * extent);
  }
  return f32([batchSize, channels, height, width], data);
}
