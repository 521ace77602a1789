/** What the file system refuses, in words: which file, why, and what to do. */
import { readdir } from 'node:fs/promises';
import { RunError } from './errors.ts';

const ELSEWHERE = 'choose another folder';
const PERMISSIONS = `permission is denied; check the permissions, or ${ELSEWHERE}`;
const IN_THE_WAY = `something else has a name on the way to it; ${ELSEWHERE}`;

const PROBLEMS: ReadonlyMap<unknown, string> = new Map([
  ['ENOSPC', 'no space is left on the disk; make room'],
  ['EDQUOT', 'the disk quota is used up; make room'],
  ['EROFS', `the disk is read-only; ${ELSEWHERE}`],
  ['EACCES', PERMISSIONS],
  ['EPERM', PERMISSIONS],
  ['ENOENT', `the folder that it belongs in is not there and cannot be made; ${ELSEWHERE}`],
  ['EEXIST', IN_THE_WAY],
  ['ENOTEMPTY', IN_THE_WAY],
  ['ENOTDIR', IN_THE_WAY],
  ['EISDIR', IN_THE_WAY],
]);

/** What means something else where a file is read. */
const PROBLEMS_OF_READING: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file; check its name'],
  ['ENOTDIR', 'there is no such file; check its name'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission is denied; check the permissions'],
  ['EPERM', 'permission is denied; check the permissions'],
]);

/** Does `work` with the file or folder at `path`; throws RunError, naming it and the remedy, when the file system refuses. */
export async function onDisk<T>(path: string, action: 'read' | 'written', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const problem = (action === 'read' ? PROBLEMS_OF_READING : PROBLEMS).get(error.code) ?? error.message;
    throw new RunError(`${path} cannot be ${action}: ${problem}.`, { cause: error });
  }
}

/** Reads what is at `path`, or gives `instead` where there is nothing; throws as `onDisk` does. */
export function readOr<T>(path: string, instead: T, read: () => Promise<T>): Promise<T> {
  return onDisk(path, 'read', () =>
    read().catch((error: unknown) => {
      if (meansNothingThere(error)) return instead;
      throw error;
    }),
  );
}

/** The names in a folder; none where there is no folder. */
export function namesIn(folder: string): Promise<string[]> {
  return readOr(folder, [], () => readdir(folder));
}

/** Whether the error says that there is nothing at the path. */
export function meansNothingThere(error: unknown): boolean {
  return isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Whether the file system, or another part of the system, has raised the error. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
