/** Which pictures a command line names (files, folders, patterns) and where the translation of each goes. Opens no picture. */
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { listPictures, PICTURE_EXTENSIONS } from '@cyclegan/data';
import { glob, isDynamicPattern } from 'tinyglobby';
import { onDisk } from '../disk.ts';
import { RunError } from '../errors.ts';
import { kindOfPath } from '../files.ts';

/** A picture file and where its translation goes. */
export interface Files {
  readonly input: string;
  readonly output: string;
}

/** Files to translate, or an input that names none and why. */
export type Job =
  | (Files & { readonly error?: undefined })
  | { readonly input: string; readonly output?: undefined; readonly error: unknown };

/** Where translations go: the folder, and the ending of their names. */
export interface Target {
  readonly out: string;
  readonly extension: string;
}

/**
 * The pictures that `inputs` name, in their order. What lies in a folder, or matches a pattern, keeps its place below that folder (or below
 * the pattern's first part without wildcards); translations that lie inside a folder of inputs are left out.
 */
export async function findJobs(inputs: readonly string[], target: Target): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const input of inputs) {
    try {
      const { base, files } = await findPictures(input);
      const wanted = base === input ? files.filter((file) => !isTranslation(file, base, target.out)) : files;
      jobs.push(...wanted.map((file) => ({ input: file, output: outputOf(relative(base, file), target) })));
    } catch (error) {
      jobs.push({ input, error });
    }
  }
  return jobs;
}

async function findPictures(input: string): Promise<{ readonly base: string; readonly files: readonly string[] }> {
  const kind = await kindOfPath(input);
  if (kind === 'folder') return { base: input, files: await listPictures(input, { nested: true }) };
  if (kind === 'file' || !isDynamicPattern(input)) return { base: dirname(input), files: [input] };
  return matches(input);
}

/** Pictures that a pattern matches, sorted; throws RunError when there are none. */
async function matches(pattern: string): Promise<{ readonly base: string; readonly files: readonly string[] }> {
  const parts = pattern.replaceAll('\\', '/').split('/');
  const fixed = parts.findIndex((part) => isDynamicPattern(part));
  const base = parts.slice(0, fixed).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const found = await onDisk(base, 'read', () => glob(parts.slice(fixed).join('/'), { cwd: base, expandDirectories: false }));
  const names = found.filter((name) => PICTURE_EXTENSIONS.includes(extname(name).toLowerCase())).sort();
  if (names.length === 0)
    throw new RunError(`${pattern}: no picture matches; looked for files ending in ${PICTURE_EXTENSIONS.join(', ')}.`);
  return { base, files: names.map((name) => join(base, name)) };
}

function outputOf(name: string, { out, extension }: Target): string {
  return join(out, dirname(name), `${basename(name, extname(name))}${extension}`);
}

/** Whether a picture lies in `out`, and `out` in the folder of inputs: an earlier translation. */
function isTranslation(file: string, folder: string, out: string): boolean {
  const inside = (path: string, of: string) => resolve(path).startsWith(resolve(of) + sep);
  return inside(out, folder) && inside(file, out);
}
