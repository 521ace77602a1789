/** One process at a time works on a folder: a file holds the number of the process, and outlives one that was killed without harm. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { onDisk } from '../disk.ts';
import { RunError } from '../errors.ts';

/**
 * Takes the lock file at `path` and returns how to give it back; throws RunError when another process that runs has it, saying what
 * that one is `doing`.
 */
export async function takeLock(path: string, doing = 'training this run'): Promise<() => Promise<void>> {
  if (!(await tryTake(path))) {
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isAnotherProcess(holder))
      throw new RunError(
        `process ${holder} is ${doing}: wait for it, or stop it. Should that be another program, delete the file ${path}.`,
      );
    await onDisk(path, 'written', () => rm(path, { force: true }));
    if (!(await tryTake(path))) throw new RunError(`another process has just begun ${doing}: wait for it, or stop it.`);
  }
  return () => rm(path, { force: true });
}

function tryTake(path: string): Promise<boolean> {
  return onDisk(path, 'written', () =>
    writeFile(path, String(process.pid), { flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    ),
  );
}

/** Whether a process other than this one has the number; a container may well give ours to a run's next process. */
function isAnotherProcess(id: number): boolean {
  if (!Number.isSafeInteger(id) || id < 1 || id === process.pid) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // it runs, and is somebody else's
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
