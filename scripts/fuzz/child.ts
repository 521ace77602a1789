/** One process of a fuzzing run: tries cases one after the other and tells of each before and after, so that its end tells which one it was. */
import { unlink, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { mutated } from './mutations.ts';
import { TARGETS } from './targets.ts';

/** What the parent sends first. */
export interface Assignment {
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Where the files are written. */
  readonly folder: string;
}

/** What a child tells: a case begins, or ended. */
export type Report =
  | { readonly kind: 'begin'; readonly number: number }
  | { readonly kind: 'end'; readonly number: number; readonly outcome: string; readonly finding?: string; readonly megabytes: number };

const KILOBYTES = 1024;

process.once('message', async ({ target, seed, from, to, folder }: Assignment) => {
  const { seeds, attempt } = TARGETS[target] ?? {};
  if (seeds === undefined || attempt === undefined) throw new Error(`no target ${target}`);
  const files = await seeds();
  for (let number = from; number < to; number++) {
    tell({ kind: 'begin', number });
    const { name, bytes } = mutated(files, { seed, number });
    const path = join(folder, `${number}${extname(name)}`);
    await writeFile(path, bytes);
    let outcome = 'finding';
    let finding: string | undefined;
    try {
      outcome = await attempt(path, number);
      await unlink(path);
    } catch (error) {
      finding = `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
    const megabytes = process.resourceUsage().maxRSS / KILOBYTES;
    tell({ kind: 'end', number, outcome, megabytes, ...(finding === undefined ? {} : { finding }) });
  }
  process.disconnect();
});

function tell(report: Report): void {
  process.send?.(report);
}
