/** The names of the runs that a folder holds. Loaded for the completion of shells, so it knows no formats. */
import { readdir } from 'node:fs/promises';

/** The names of the runs in a folder, in order; none when it cannot be read. */
export async function runNames(runs: string): Promise<string[]> {
  const entries = await readdir(runs, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}
