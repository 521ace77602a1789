/** Downloading a data set: the archive grows and is unpacked in a folder of its own beside the goal, which appears in one go. */
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk } from '../disk.ts';
import { RunError } from '../errors.ts';
import { takeLock } from '../runs/run-lock.ts';
import type { DataSet } from './data-sets.ts';
import { DownloadProgress } from './download-progress.ts';
import { fetchFile } from './fetch-file.ts';
import { ArchiveError, unzip } from './unzip.ts';

/** What to download, and the folder that it becomes. */
export interface Download {
  readonly dataSet: DataSet;
  readonly goal: string;
}

/**
 * Downloads a data set, or the rest of it, and replaces `goal` by it. Throws RunError when that cannot be done; called again it goes on
 * from where it stopped, unless the archive was damaged.
 */
export async function download({ dataSet, goal }: Download): Promise<void> {
  const work = `${goal}.download`;
  await onDisk(work, 'written', () => mkdir(work, { recursive: true }));
  const release = await takeLock(join(work, 'lock'), `downloading ${dataSet.name}`);
  try {
    const part = join(work, `${dataSet.name}.zip.part`);
    await fetchArchive(dataSet, part);
    process.stdout.write('Unpacking ...\n');
    const unpacked = join(work, 'unpacked');
    await unpackArchive(part, { folder: unpacked, root: dataSet.name });
    await onDisk(goal, 'written', () => replaceFolder(goal, { by: unpacked, aside: join(work, 'replaced') }));
    await onDisk(work, 'written', () => rm(work, { recursive: true, force: true }));
  } finally {
    await release();
    // what has arrived stays
    await rmdir(work).catch(() => undefined);
  }
}

async function fetchArchive({ url }: DataSet, part: string): Promise<void> {
  const progress = new DownloadProgress();
  try {
    await fetchFile({ url, part, onProgress: (received, size) => progress.show(received, size) });
  } finally {
    progress.end();
  }
}

/** Unpacks the archive into a new folder; one that is of no use does not stay. */
async function unpackArchive(archive: string, { folder, root }: { readonly folder: string; readonly root: string }): Promise<void> {
  const clear = () => rm(folder, { recursive: true, force: true });
  await onDisk(folder, 'written', clear);
  try {
    await onDisk(folder, 'written', () => mkdir(folder));
    await unzip(archive, { folder, root });
  } catch (error) {
    await clear();
    if (!(error instanceof ArchiveError)) throw error;
    await rm(archive, { force: true });
    throw new RunError(`${error.message} It was deleted; give the same command to download it again, or name a mirror with --url.`, {
      cause: error,
    });
  }
}

/** Node cannot exchange two folders at once: killed in between, the next attempt finds no goal, and finishes. */
async function replaceFolder(goal: string, { by, aside }: { readonly by: string; readonly aside: string }): Promise<void> {
  await rm(aside, { recursive: true, force: true });
  await rename(goal, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(by, goal);
}
