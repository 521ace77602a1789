/**
 * Looking through a data set before training, headers alone: which pictures can be used, what is wrong with the others, and what
 * size they all have once preprocessed.
 */
import { DataSetError, type Domains } from './folders.ts';
import { readPictureSize } from './open-picture.ts';
import { formatSize, PictureError, type Size } from './picture.ts';
import { describePicture, type PictureFile } from './picture-file.ts';
import { type Preprocessing, resizedSize, unfitness } from './preprocess.ts';

/** A picture that is left out, and why. */
export interface Skipped {
  readonly file: PictureFile;
  readonly reason: string;
}

/** The pictures of a data set that can be used, and those that cannot. */
export interface UsablePictures {
  readonly domains: Domains;
  readonly skipped: { readonly A: readonly Skipped[]; readonly B: readonly Skipped[] };
}

/** A picture, and its upright size or what is wrong with it. */
export interface ScannedPicture {
  readonly file: PictureFile;
  readonly size?: Size;
  readonly problem?: string;
}

/** As many as Node has threads for libvips to work on. */
const AT_ONCE = 4;

/** Reads the header of each picture, several at a time, off the main thread. */
export async function scanPictures(files: readonly PictureFile[]): Promise<ScannedPicture[]> {
  const scanned: ScannedPicture[] = [];
  const remaining = files.entries();
  const work = async (): Promise<void> => {
    for (const [place, file] of remaining) {
      scanned[place] = await scan(file);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return scanned;
}

async function scan(file: PictureFile): Promise<ScannedPicture> {
  try {
    return { file, size: await readPictureSize(file) };
  } catch (error) {
    if (error instanceof PictureError) {
      return { file, problem: error.message };
    }
    throw error;
  }
}

/** Both domains as scanned. */
export interface ScannedDomains {
  readonly A: readonly ScannedPicture[];
  readonly B: readonly ScannedPicture[];
}

/**
 * Sorts out the pictures that cannot be read or are too small; of a pair both go when one does, or when a crop would not show the same
 * of both because their sizes differ. Throws DataSetError when none is left.
 */
export function keepUsable({ A, B }: ScannedDomains, how: Preprocessing & { readonly paired: boolean }): UsablePictures {
  const problemsA = A.map((picture) => problemOf(picture, how));
  const problemsB = B.map((picture) => problemOf(picture, how));
  const shared = problemsA.map((problem, place) => problem ?? problemsB[place] ?? mismatch([A[place], B[place]], how));
  const keptA = split('A', A, how.paired ? shared : problemsA);
  const keptB = split('B', B, how.paired ? shared : problemsB);
  return { domains: { A: keptA.kept, B: keptB.kept }, skipped: { A: keptA.skipped, B: keptB.skipped } };
}

function problemOf({ file, size, problem }: ScannedPicture, preprocessing: Preprocessing): string | undefined {
  const unfit = size === undefined ? undefined : unfitness(size, preprocessing);
  return unfit === undefined ? problem : `${describePicture(file)}: ${unfit}.`;
}

/** Why the same crop of both partners would not show the same; undefined when it does. */
function mismatch([a, b]: readonly (ScannedPicture | undefined)[], preprocessing: Preprocessing): string | undefined {
  if (a?.size === undefined || b?.size === undefined) {
    return undefined;
  }
  const [sizeA, sizeB] = [formatSize(resizedSize(a.size, preprocessing)), formatSize(resizedSize(b.size, preprocessing))];
  return sizeA === sizeB
    ? undefined
    : `${describePicture(a.file)} and ${describePicture(b.file)}: a pair of different sizes, ${sizeA} and ${sizeB}.`;
}

function split(domain: 'A' | 'B', scanned: readonly ScannedPicture[], problems: readonly (string | undefined)[]) {
  const kept: PictureFile[] = [];
  const skipped: Skipped[] = [];
  for (const [place, { file }] of scanned.entries()) {
    const reason = problems[place];
    if (reason === undefined) {
      kept.push(file);
    } else {
      skipped.push({ file, reason });
    }
  }
  const [first] = skipped;
  if (kept.length === 0) {
    const because = first === undefined ? '' : ` The first: ${first.reason}`;
    throw new DataSetError(`none of the ${scanned.length} pictures of domain ${domain} can be used.${because}`);
  }
  return { kept, skipped };
}

/**
 * The size all pictures that can be read have when they are preprocessed without a crop. Throws DataSetError when there are several,
 * naming examples and the remedy, or none.
 */
export function uniformSize({ A, B }: ScannedDomains, how: Omit<Preprocessing, 'width'>): Size {
  const examples = new Map<string, { readonly size: Size; readonly file: PictureFile }>();
  for (const { file, size } of [...A, ...B]) {
    const resized = size === undefined ? undefined : resizedSize(size, how);
    if (resized !== undefined && resized.width > 0 && resized.height > 0 && !examples.has(formatSize(resized))) {
      examples.set(formatSize(resized), { size: resized, file });
    }
  }
  const [first, second] = examples.values();
  if (first === undefined) {
    const problem = [...A, ...B].find((picture) => picture.problem !== undefined)?.problem ?? '';
    throw new DataSetError(`none of the ${A.length + B.length} pictures can be used. ${problem}`);
  }
  if (second !== undefined) {
    const named = [first, second].map(({ size, file }) => `${describePicture(file)} gives ${formatSize(size)}`).join(', ');
    const remedy = how.preprocess === 'none' ? "'resize-and-crop' or 'crop'" : "'scale-width-and-crop'";
    throw new DataSetError(
      `preprocess '${how.preprocess}' would train on ${examples.size} sizes, but training needs one: ${named}. Use ${remedy}, which crops to one size.`,
    );
  }
  return first.size;
}
