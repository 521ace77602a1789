/** Photos of a data set and the label pictures that belong to them, by name. Opens no picture. */
import { join } from 'node:path';
import { DataSetError, type Domains, findDomains, listDomain, type PictureFile, type Split } from '@cyclegan/data';
import { type Palette, TOWN_PALETTE } from '@cyclegan/eval';
import { UsageError } from '../errors.ts';
import { readPalette } from '../evaluate/network-description.ts';
import { filesSet, type PictureSet, pairNames } from '../evaluate/picture-set.ts';
import { kindOfPath } from '../files.ts';
import { isTown } from '../synth/synth-run.ts';

/** Photos and their labels. */
export interface LabelPairs {
  readonly photos: PictureSet;
  readonly labels: PictureSet;
  /** What both have. */
  readonly names: readonly string[];
}

/** What a network learns from, and what it is tested with where there is anything. */
export interface LabelledData {
  readonly train: LabelPairs;
  readonly test: LabelPairs | undefined;
  readonly palette: Palette;
}

/** What was asked for. */
export interface LabelOptions {
  readonly data: string;
  /** The domain of the photos; the other one has the labels. B unless given. */
  readonly photos?: 'A' | 'B';
  /** Name or file; `cityscapes` unless given. */
  readonly palette?: string;
}

/** Label pictures of a synthetic town lie apart from its domains, and those of A are of photos. */
const TOWN_FOLDERS = { train: ['trainA', join('labels', 'trainA')], test: ['testA', join('labels', 'test')] } as const;

/** Finds the pairs of a data set; throws UsageError for options that it does not take, DataSetError where there are no pictures, RunError where nothing pairs up. */
export async function findLabels(options: LabelOptions): Promise<LabelledData> {
  const { data, photos, palette } = options;
  if (!(await isTown(data))) {
    const pairs = (split: Split) => domainPairs(options, split);
    const test = await pairs('test').catch(nothingToTest);
    return { train: await pairs('train'), test, palette: await readPalette(palette ?? 'cityscapes') };
  }
  if (photos !== undefined || palette !== undefined)
    throw new UsageError(`${data} is a synthetic town, whose photos and palette are known: leave --photos and --palette out.`);
  return townLabels(data);
}

/** The pairs of a synthetic town; throws as `findLabels` does. */
export async function townLabels(data: string): Promise<LabelledData> {
  const pairs = async ([photos, labels]: readonly [string, string]) =>
    pairsOf(await listed(join(data, photos)), await listed(join(data, labels)));
  const tested = (await kindOfPath(join(data, TOWN_FOLDERS.test[0]))) === 'folder';
  return { train: await pairs(TOWN_FOLDERS.train), test: tested ? await pairs(TOWN_FOLDERS.test) : undefined, palette: TOWN_PALETTE };
}

async function listed(folder: string): Promise<PictureSet> {
  return filesSet(folder, await listDomain(folder));
}

async function domainPairs({ data, photos = 'B' }: LabelOptions, split: Split): Promise<LabelPairs> {
  const domains: Domains = await findDomains(data, split);
  const setOf = (domain: 'A' | 'B', files: readonly PictureFile[]) => filesSet(`${split} pictures of ${domain} (${data})`, files);
  const [setA, setB] = [setOf('A', domains.A), setOf('B', domains.B)];
  return photos === 'A' ? pairsOf(setA, setB) : pairsOf(setB, setA);
}

function pairsOf(photos: PictureSet, labels: PictureSet): LabelPairs {
  return { photos, labels, names: pairNames(photos, labels).names };
}

/** A data set need not have pictures to test with. */
function nothingToTest(error: unknown): undefined {
  if (error instanceof DataSetError) return undefined;
  throw error;
}
