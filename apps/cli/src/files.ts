/** Files, so that a crash leaves either the old or the new one, never half of it. */
import type { BigIntStats } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ByteSource } from '@cyclegan/formats';
import { meansNothingThere, onDisk } from './disk.ts';

/** What the name of a file that is not written to its end ends in. */
export const TEMPORARY = '.tmp';

/** A file in pieces. */
type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Replaces the file at `path` by `chunks`, in one go: written beside it, flushed to the disk, then renamed. Makes the folder. Throws
 * RunError when the file system refuses.
 */
export async function writeFileAtomic(path: string, chunks: Chunks): Promise<void> {
  await onDisk(path, 'written', () => replaceFile(path, chunks));
}

async function replaceFile(path: string, chunks: Chunks): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = `${path}${TEMPORARY}`;
  try {
    const file = await open(temporary, 'w');
    try {
      for await (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // the first error tells more than one of tidying up
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** Makes a rename in `folder` outlast a power failure. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, and needs not.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Opens the file at `path` for reading in ranges while `work` does; throws RunError when the file system refuses. */
export async function withSource<T>(path: string, work: (source: ByteSource) => Promise<T>): Promise<T> {
  const file = await onDisk(path, 'read', () => open(path, 'r'));
  try {
    return await work(await fileSource(path, file));
  } finally {
    await file.close();
  }
}

/** A file as something that can be read in ranges. */
async function fileSource(path: string, file: FileHandle): Promise<ByteSource> {
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await onDisk(path, 'read', () => file.read(bytes, filled, length - filled, offset + filled));
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
  };
}

/** What lies at a path; throws RunError when that may not be known. */
export async function kindOfPath(path: string): Promise<'file' | 'folder' | 'nothing'> {
  const found = await statOf(path);
  if (found === undefined) return 'nothing';
  return found.isDirectory() ? 'folder' : 'file';
}

/** The same text for two paths of one file, however they are spelled; undefined where there is none. */
export async function identityOf(path: string): Promise<string | undefined> {
  const found = await statOf(path);
  return found && `${found.dev}:${found.ino}`;
}

function statOf(path: string): Promise<BigIntStats | undefined> {
  return onDisk(path, 'read', () =>
    stat(path, { bigint: true }).catch((error: unknown) => {
      if (meansNothingThere(error)) return undefined;
      throw error;
    }),
  );
}
