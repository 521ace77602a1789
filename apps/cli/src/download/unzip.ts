/**
 * Unpacks a zip archive that nobody vouches for: no entry leaves its folder, is a link or claims more than a bound, and every byte is
 * checked against its checksum. Knows nothing of where the archive comes from.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { isSystemError, onDisk } from '../disk.ts';
import { RunError } from '../errors.ts';

/** An archive is damaged, or holds what no data set holds; the message says which entry. */
export class ArchiveError extends RunError {
  override name = 'ArchiveError';
}

/** The largest of the paper's data sets has 1.4 GB. */
const MOST_BYTES = 16 * 2 ** 30;

/** The file type in the upper half of an entry's attributes, where Unix made the archive. */
const [TYPE, LINK] = [0o170000, 0o120000];

/** Where an archive goes; `root` is the folder in it whose contents `folder` is to have. */
export interface UnzipOptions {
  readonly folder: string;
  readonly root: string;
}

/**
 * Unpacks the files of an archive; throws ArchiveError, before anything is written where the entries' descriptions show it already, or
 * RunError when the file system refuses.
 */
export async function unzip(archive: string, { folder, root }: UnzipOptions): Promise<void> {
  const zip = await inArchive(archive, () => openPromise(archive, { autoClose: false, strictFileNames: true }));
  try {
    const entries = await inArchive(archive, () => listFiles(zip));
    for (const entry of entries) {
      const name = entry.fileName.startsWith(`${root}/`) ? entry.fileName.slice(root.length + 1) : entry.fileName;
      const path = join(folder, portable(name));
      await inArchive(`${archive}: ${entry.fileName}`, () => onDisk(path, 'written', () => writeEntry(zip, { entry, path })));
    }
  } finally {
    zip.close();
  }
}

/** The entries that are files, all of them harmless by their descriptions. */
async function listFiles(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  let bytes = 0;
  // yauzl refuses absolute names, backslashes and '..' by itself
  for await (const entry of zip.eachEntry()) {
    if (((entry.externalFileAttributes >>> 16) & TYPE) === LINK) throw new Error(`${entry.fileName} is a link`);
    if (entry.fileName.includes('\0')) throw new Error('the name of an entry has a zero byte');
    if (!entry.canDecodeFileData()) throw new Error(`${entry.fileName} is encrypted or of an unknown compression`);
    bytes += entry.uncompressedSize;
    if (bytes > MOST_BYTES) throw new Error(`it would unpack to more than ${MOST_BYTES / 2 ** 30} GiB`);
    if (!entry.fileName.endsWith('/')) entries.push(entry);
  }
  return entries;
}

async function writeEntry(zip: ZipFile, { entry, path }: { readonly entry: Entry; readonly path: string }): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const bytes = await zip.openReadStreamPromise(entry);
  let sum = 0;
  const summed = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  };
  // a second entry of one name is refused
  await pipeline(bytes, summed, createWriteStream(path, { flags: 'wx' }));
  if (sum !== entry.crc32) throw new Error('its checksum (CRC-32) is not the one that the archive has for it');
}

/** What is no error of the file system is one of the archive. */
async function inArchive<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RunError || isSystemError(error)) throw error;
    throw new ArchiveError(`${where} is damaged or not to be trusted: ${error instanceof Error ? error.message : error}.`, {
      cause: error,
    });
  }
}

/** A name that Windows takes: the pictures of Yosemite are named by times of day, with colons. */
function portable(name: string): string {
  return process.platform === 'win32' ? name.replace(/[<>:"|?*]/g, '-') : name;
}
