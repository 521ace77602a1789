/**
 * The folders of the pictures that are sampled again and again: `samples/fixed/A-1` and so on, with `pictures.json`, which says what lies in each. A run that goes
 * on with other pictures gets other folders. Knows no training.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { namesIn, readOr } from '../disk.ts';
import { writeFileAtomic } from '../files.ts';
import type { RunFolder } from './run-folder.ts';

const FIXED = 'samples/fixed';

const pictureSchema = z.strictObject({
  side: z.enum(['A', 'B']),
  name: z.string(),
  /** Whether it is a test picture, or one that is trained on. */
  from: z.enum(['test', 'train']),
  /** Of its pixels. */
  digest: z.string(),
});
const listSchema = z.array(pictureSchema.extend({ folder: z.string() }));

/** A picture by what tells it from others. */
export type KnownPicture = z.output<typeof pictureSchema>;

type Listed = z.output<typeof listSchema>;

/**
 * The folders of pictures, relative to that of the run with `/` between them: those of the same pictures if a run had them, all of them, before, otherwise new
 * ones, which are written down. Numbers go with the order of each domain, so that pairs share theirs.
 */
export async function fixedFolders(run: RunFolder, pictures: readonly KnownPicture[]): Promise<string[]> {
  if (pictures.length === 0) return [];
  const path = run.file(`${FIXED}/pictures.json`);
  const known = await readList(path);
  const starts = known.map((_, at) => at).filter((at) => pictures.every((picture, ahead) => isSame(picture, known[at + ahead])));
  const start = starts.at(-1);
  if (start !== undefined) return known.slice(start, start + pictures.length).map(({ folder }) => `${FIXED}/${folder}`);
  const taken = await highestNumber(run.file(FIXED));
  const counts = { A: taken, B: taken };
  const added: Listed = pictures.map((picture) => ({ folder: `${picture.side}-${++counts[picture.side]}`, ...picture }));
  await writeFileAtomic(path, [Buffer.from(`${JSON.stringify([...known, ...added], null, 2)}\n`)]);
  return added.map(({ folder }) => `${FIXED}/${folder}`);
}

function isSame({ side, name, from, digest }: KnownPicture, other: KnownPicture | undefined): boolean {
  return other?.side === side && other.name === name && other.from === from && other.digest === digest;
}

/** What pictures.json lists; nothing when there is none, or none that can be understood: pictures are no reason to stop training. */
async function readList(path: string): Promise<Listed> {
  const text = await readOr(path, '[]', () => readFile(path, 'utf8'));
  try {
    return listSchema.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

async function highestNumber(path: string): Promise<number> {
  const names = await namesIn(path);
  return Math.max(0, ...names.map((name) => Number(/^[AB]-(\d+)$/.exec(name)?.[1] ?? 0)));
}
