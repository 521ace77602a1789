/** What `cyclegan download` does, and the agreement without which nothing is downloaded. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type DataSet, dataSetNamed } from '../download/data-sets.ts';
import { formatBytes } from '../download/download-progress.ts';
import { download } from '../download/download-run.ts';
import { lengthOf } from '../download/fetch-file.ts';
import { EXIT, RunError, UsageError } from '../errors.ts';
import { kindOfPath } from '../files.ts';
import { PRESET_NAMES } from '../settings/presets.ts';
import { shellWord } from '../shell.ts';

/** What was asked for. */
export interface DownloadCall {
  readonly out: string;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly url?: string;
}

/** Downloads a data set if the user agrees; the exit status. Throws UsageError when nobody can be asked, RunError for what cannot be downloaded. */
export async function downloadNamed(name: string, { out, yes = false, force = false, url }: DownloadCall): Promise<number> {
  const published = dataSetNamed(name);
  const dataSet = url === undefined ? published : { ...published, url };
  const goal = join(out, dataSet.name);
  const there = await kindOfPath(goal);
  if (there === 'file') throw new RunError(`${goal}: expected a folder or nothing, got a file; choose another --out.`);
  if (there === 'folder' && !force) {
    process.stdout.write(`${goal} is there already: nothing to do (--force downloads it again and replaces it).\n`);
    return EXIT.done;
  }
  if (!(await agreed(dataSet, { goal, yes }))) {
    process.stdout.write('Nothing was downloaded.\n');
    return EXIT.failed;
  }
  await download({ dataSet, goal });
  process.stdout.write(`${goal} is ready:\n  ${nextCommand(dataSet, goal)}\n`);
  return EXIT.done;
}

/** Shows what is about to be downloaded, and whether the user agrees; throws UsageError when nobody can be asked. */
async function agreed(dataSet: DataSet, { goal, yes }: { readonly goal: string; readonly yes: boolean }): Promise<boolean> {
  const { name, url, contents, terms } = dataSet;
  process.stdout.write(`${name}: ${contents}\n  from   ${url}\n  to     ${goal}\n  terms  ${terms}\n`);
  if (!yes && !process.stdin.isTTY)
    throw new UsageError('--yes is missing: there is no terminal to ask in; read the terms above and give --yes to agree to them.');
  const length = await lengthOf(url);
  process.stdout.write(`  size   ${length === undefined ? 'not told by the server' : formatBytes(length)}\n`);
  if (yes) return true;
  process.stdout.write('Do you agree to these terms, and is it to be downloaded? [y/N] ');
  return /^y(es)?$/i.test((await readAnswer()).trim());
}

/** A line from the terminal; empty when it ends. */
function readAnswer(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(''));
  });
}

function nextCommand({ name }: DataSet, goal: string): string {
  const folder = shellWord(goal);
  const preset = PRESET_NAMES.find((known) => known === name);
  if (preset === undefined) return `cyclegan translate ${folder} --run NAME --out translated`;
  return `cyclegan train --data ${folder} --name ${name} --preset ${preset}`;
}
