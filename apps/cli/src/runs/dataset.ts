/** What a data set holds, short enough for config.json: enough to notice that a run is resumed on other pictures. */
import { createHash } from 'node:crypto';
import type { Domains } from '@cyclegan/data';
import type { RunConfig } from './run-folder.ts';

/** The number of pictures of each domain and a digest of their names. */
export type DatasetSummary = NonNullable<RunConfig['dataset']>;

/** Sums up the pictures of a data set; where its folders lie does not matter. */
export function summarise({ A, B }: Domains): DatasetSummary {
  return { A: summariseDomain(A), B: summariseDomain(B) };
}

function summariseDomain(files: Domains['A']): DatasetSummary['A'] {
  const names = files.map(({ name }) => `${name}\n`).join('');
  return { pictures: files.length, names: createHash('sha256').update(names).digest('hex').slice(0, 16) };
}

/** In words, which domains differ between two summaries; empty when none does. */
export function differences(before: DatasetSummary, now: DatasetSummary): string[] {
  return (['A', 'B'] as const)
    .filter((domain) => before[domain].names !== now[domain].names)
    .map((domain) => `domain ${domain} had ${before[domain].pictures} pictures and has ${now[domain].pictures}, or others`);
}
