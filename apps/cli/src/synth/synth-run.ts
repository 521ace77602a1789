/** Writing a synthetic town as a data set: which places go where, and what may be replaced. Knows no options. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '@cyclegan/data';
import { TOWN_CLASSES, type TownPurpose, type TownTile, townPlace, townTile } from '@cyclegan/data/town';
import { namesIn, onDisk } from '../disk.ts';
import { RunError, UsageError } from '../errors.ts';
import { kindOfPath, writeFileAtomic } from '../files.ts';

/** How many pictures of what size. */
export interface TownSet {
  readonly out: string;
  /** Pictures to train on, in each domain. */
  readonly count: number;
  /** Pairs of pictures to test with. */
  readonly testCount: number;
  readonly size: number;
  readonly seed: number;
}

/** Which pictures of a place are written for a purpose, each into a folder. */
const PICTURES: Readonly<Record<TownPurpose, readonly (readonly [folder: string, picture: keyof TownTile])[]>> = {
  trainA: [['trainA', 'aerial']],
  trainB: [['trainB', 'map']],
  test: [
    ['testA', 'aerial'],
    ['testB', 'map'],
  ],
};

const LABELS = 'labels';
const PALETTE = join(LABELS, 'palette.json');
const DIGITS = 6;

/** A place to draw. */
export interface TownJob {
  readonly place: number;
  readonly purpose: TownPurpose;
}

/** The places of a data set. */
export function townJobs({ count, testCount }: Pick<TownSet, 'count' | 'testCount'>): TownJob[] {
  const counts = { trainA: count, trainB: count, test: testCount };
  return (['trainA', 'trainB', 'test'] as const).flatMap((purpose) =>
    Array.from({ length: counts[purpose] }, (_, index) => ({ place: townPlace(purpose, index), purpose })),
  );
}

/**
 * Makes sure that a folder may be written: a new or an empty one, with `force` also one that holds an earlier town, which is removed.
 * Throws UsageError when `out` is no folder, RunError for one that holds anything else.
 */
export async function clearTown(out: string, force: boolean): Promise<void> {
  if ((await kindOfPath(out)) === 'file') throw new UsageError(`--out ${out}: expected a folder, got a file.`);
  if ((await namesIn(out)).length === 0) return;
  if (!(await isTown(out)))
    throw new RunError(`${out} is not empty, and holds no synthetic town that could be replaced; choose another --out.`);
  if (!force) throw new RunError(`${out} holds a synthetic town already; give --force to replace it, or choose another --out.`);
  const folders = [...Object.values(PICTURES).flatMap((pictures) => pictures.map(([folder]) => folder)), LABELS];
  for (const folder of folders) {
    const path = join(out, folder);
    await onDisk(path, 'written', () => rm(path, { recursive: true, force: true }));
  }
}

/** Whether a folder holds a synthetic town, whole or not. */
export async function isTown(folder: string): Promise<boolean> {
  return (await kindOfPath(join(folder, PALETTE))) !== 'nothing';
}

/** Writes what the colours of label maps mean. Comes first, so that a set that was not finished can be told as one. */
export async function writePalette(out: string): Promise<void> {
  await writeFileAtomic(join(out, PALETTE), [Buffer.from(`${JSON.stringify({ classes: TOWN_CLASSES }, undefined, 2)}\n`)]);
}

/** Draws a place and writes its pictures and its label map, under the number of the place as their name. */
export async function writePlace(job: TownJob, { out, size, seed }: TownSet): Promise<void> {
  const tile = townTile({ seed, place: job.place, size });
  const write = async ([path, picture]: PlaceFile) => writeFileAtomic(join(out, path), [await encodePng(tile[picture])]);
  await Promise.all(filesOf(job).map(write));
}

/** Whether all pictures of a place are there. */
export async function placeIsWritten(job: TownJob, { out }: Pick<TownSet, 'out'>): Promise<boolean> {
  const kinds = await Promise.all(filesOf(job).map(([path]) => kindOfPath(join(out, path))));
  return kinds.every((kind) => kind === 'file');
}

/** A file below the folder of the data set, and what it shows. */
type PlaceFile = readonly [path: string, picture: keyof TownTile];

function filesOf({ place, purpose }: TownJob): PlaceFile[] {
  const name = `${String(place).padStart(DIGITS, '0')}.png`;
  const pictures = [...PICTURES[purpose], [join(LABELS, purpose), 'labels'] as const];
  return pictures.map(([folder, picture]) => [join(folder, name), picture]);
}
