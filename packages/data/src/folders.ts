/** Finding the pictures of a data set on disk, in the layouts of the published data sets. Opens no picture. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';
import type { Half, PictureFile } from './picture-file.ts';

/** A data set is not where or what it should be; the message says what was looked for. */
export class DataSetError extends Error {
  override name = 'DataSetError';
}

/** Endings of the files that count as pictures: everything sharp decodes in every build; upper case counts as well. */
export const PICTURE_EXTENSIONS: readonly string[] = [
  ...['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.tif', '.tiff', '.gif', '.avif', '.svg'],
];

/** The pictures of the two domains of a data set. */
export interface Domains {
  readonly A: readonly PictureFile[];
  readonly B: readonly PictureFile[];
}

/** Which pictures of a data set. */
export type Split = 'train' | 'test';

/**
 * Paths of the pictures in a folder, sorted by name, hidden files left out; with `nested` those in its subfolders too. Throws
 * DataSetError when the folder is missing, unreadable or without pictures.
 */
export async function listPictures(folder: string, { nested = false }: { readonly nested?: boolean } = {}): Promise<string[]> {
  const names = await pictureNames(folder, nested);
  if (names.length === 0) {
    const place = nested ? 'and in its subfolders' : 'not in subfolders';
    throw new DataSetError(`${folder}: no pictures found; looked for files ending in ${PICTURE_EXTENSIONS.join(', ')} there, ${place}.`);
  }
  return names.map((name) => join(folder, name));
}

/** The pictures of a domain: those in a folder and its subfolders, sorted by name; throws DataSetError as `listPictures` does. */
export async function listDomain(folder: string): Promise<PictureFile[]> {
  const paths = await listPictures(folder, { nested: true });
  return paths.map((path) => ({ path, name: path.slice(join(folder, '/').length).replaceAll('\\', '/') }));
}

/** Both domains from side-by-side pairs in a folder and its subfolders: A is the left half of each picture, B the right one. */
export async function listPairs(folder: string): Promise<Domains> {
  const files = await listDomain(folder);
  const halves = (half: Half) => files.map((file) => ({ ...file, half }));
  return { A: halves('left'), B: halves('right') };
}

/**
 * The two domains of a data set: DIR/trainA and DIR/trainB (or testA and testB), for training also DIR/A and DIR/B; or side-by-side
 * pairs in DIR/train (or DIR/test). Throws DataSetError, saying what was looked for, when none of them is there or a domain is empty.
 */
export async function findDomains(folder: string, split: Split = 'train'): Promise<Domains> {
  await checkFolder(folder);
  const prefixes = split === 'train' ? ['train', ''] : ['test'];
  for (const prefix of prefixes) {
    const [folderA, folderB] = [join(folder, `${prefix}A`), join(folder, `${prefix}B`)];
    if ((await isFolder(folderA)) || (await isFolder(folderB))) {
      return { A: await listDomain(folderA), B: await listDomain(folderB) };
    }
  }
  const pairs = join(folder, split);
  if (await isFolder(pairs)) {
    return listPairs(pairs);
  }
  const both = prefixes.map((prefix) => `${join(folder, `${prefix}A`)} and ${join(folder, `${prefix}B`)}`);
  throw new DataSetError(
    `${folder}: no data set found; looked for the folders ${both.join(', or ')}, or ${pairs} with pairs of pictures side by side.`,
  );
}

/**
 * The same domains with each A beside the B that shows the same: halves of one file, or files of one name, endings aside. Throws
 * DataSetError, naming pictures without a partner.
 */
export function pairUp({ A, B }: Domains): Domains {
  const [keysA, keysB] = [byKey(A), byKey(B)];
  const lonely = [...A.filter((file) => !keysB.has(keyOf(file))), ...B.filter((file) => !keysA.has(keyOf(file)))];
  if (lonely.length > 0) {
    const [first, second] = lonely.map(({ path }) => path);
    const named =
      second === undefined
        ? `${first} has`
        : lonely.length === 2
          ? `${first} and ${second} have`
          : `${first} and ${lonely.length - 1} more have`;
    throw new DataSetError(
      `${named} no partner: for paired training each picture of A needs one of B with the same name (its ending may differ), and the other way round. Rename, add or remove pictures.`,
    );
  }
  return { A, B: A.flatMap((file) => keysB.get(keyOf(file)) ?? []) };
}

function byKey(files: readonly PictureFile[]): Map<string, PictureFile> {
  const found = new Map<string, PictureFile>();
  for (const file of files) {
    const other = found.get(keyOf(file));
    if (other !== undefined) {
      throw new DataSetError(
        `${other.path} and ${file.path} have the same name but for the ending: it is not clear which one makes up the pair.`,
      );
    }
    found.set(keyOf(file), file);
  }
  return found;
}

function keyOf({ name }: PictureFile): string {
  return name.slice(0, name.length - extname(name).length);
}

/** Names of the pictures in a folder, subfolders included if asked, sorted. */
async function pictureNames(folder: string, nested: boolean): Promise<string[]> {
  const visited = new Set<string>();
  const names: string[] = [];
  const visit = async (inside: string): Promise<void> => {
    const path = join(folder, inside);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      throw new DataSetError(`${path}: ${folderProblem(error)}`, { cause: error });
    });
    // links may lead round in circles
    const real = await realpath(path);
    if (visited.has(real)) {
      return;
    }
    visited.add(real);
    for (const entry of entries.filter(({ name }) => !name.startsWith('.')).sort(byName)) {
      const name = posix.join(inside, entry.name);
      const kind = await kindOf(entry, path);
      if (kind === 'folder' && nested) {
        await visit(name);
      } else if (kind === 'file' && PICTURE_EXTENSIONS.includes(extname(name).toLowerCase())) {
        names.push(name);
      }
    }
  };
  await visit('');
  return names.sort();
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);

/** What an entry is, or what it links to; a link to nothing counts as a file, so that someone hears of it. */
async function kindOf(entry: Dirent, folder: string): Promise<'file' | 'folder' | 'other'> {
  const what = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
  if (what === undefined || what.isFile()) {
    return 'file';
  }
  return what.isDirectory() ? 'folder' : 'other';
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function checkFolder(folder: string): Promise<void> {
  await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new DataSetError(`${folder}: ${folderProblem(error)}`, { cause: error });
  });
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
