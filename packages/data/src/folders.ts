/** Finding the pictures of a data set on disk, in the layout of the published data sets. Opens no picture. */
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A data set is not where or what it should be; the message says what was looked for. */
export class DataSetError extends Error {
  override name = 'DataSetError';
}

/** Endings of the files that count as pictures: what sharp decodes in every build; upper case counts as well. */
export const PICTURE_EXTENSIONS: readonly string[] = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.gif', '.avif'];

/** The pictures of the two domains of a data set, as paths. */
export interface Domains {
  readonly A: readonly string[];
  readonly B: readonly string[];
}

/**
 * Paths of the pictures in a folder (not in its subfolders), sorted by name, hidden files left out. Throws DataSetError when the
 * folder is missing, unreadable or without pictures.
 */
export async function listPictures(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new DataSetError(`${folder}: ${folderProblem(error)}`, { cause: error });
  });
  const names = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .filter((name) => PICTURE_EXTENSIONS.includes(extname(name).toLowerCase()))
    // By code unit: the same order in every locale, for runs must not depend on it.
    .sort((a, b) => (a < b ? -1 : 1));
  if (names.length === 0) {
    const wanted = PICTURE_EXTENSIONS.join(', ');
    throw new DataSetError(`${folder}: no pictures found; looked for files ending in ${wanted}, not in subfolders.`);
  }
  return names.map((name) => join(folder, name));
}

/**
 * The two domains of a data set: DIR/trainA and DIR/trainB (or testA and testB), and for training also DIR/A and DIR/B. Throws
 * DataSetError, saying what was looked for, when neither pair is there or one of the folders has no pictures.
 */
export async function findDomains(folder: string, split: 'train' | 'test' = 'train'): Promise<Domains> {
  const prefixes = split === 'train' ? ['train', ''] : ['test'];
  for (const prefix of prefixes) {
    const [folderA, folderB] = [join(folder, `${prefix}A`), join(folder, `${prefix}B`)];
    if ((await isFolder(folderA)) || (await isFolder(folderB))) {
      return { A: await listPictures(folderA), B: await listPictures(folderB) };
    }
  }
  const pairs = prefixes.map((prefix) => `${join(folder, `${prefix}A`)} and ${join(folder, `${prefix}B`)}`);
  throw new DataSetError(`${folder}: no data set found; looked for the folders ${pairs.join(', or ')}.`);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function folderProblem({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'the folder does not exist.';
    case 'ENOTDIR':
      return 'expected a folder, got a file.';
    case 'EACCES':
      return 'the folder may not be read; check its permissions.';
    default:
      return `the folder cannot be read (${message}).`;
  }
}
