/** `cyclegan download`: its options, what its help teaches, and the agreement without which nothing is downloaded. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command, InvalidArgumentError } from 'commander';
import { DATA_SETS, type DataSet, dataSetNamed } from '../data-sets.ts';
import { formatBytes } from '../download-progress.ts';
import { download } from '../download-run.ts';
import { EXIT, RunError, UsageError } from '../errors.ts';
import { lengthOf } from '../fetch-file.ts';
import { kindOfPath } from '../files.ts';
import { PRESET_NAMES } from '../presets.ts';
import { shellWord } from '../shell.ts';

const HELP = `
Data sets, with their training pictures:
${DATA_SETS.map(({ name, contents }) => `  ${name.padEnd(24)}${contents}`).join('\n')}
  Of cityscapes and edges2shoes it says where to get them and how to prepare them.

Examples:
    $ cyclegan download horse2zebra
    $ cyclegan train --data datasets/horse2zebra --name horse2zebra --preset horse2zebra

Where the pictures come from, what is known of their terms and how large the archive is are shown first. A download that was cut off goes on
with the same command. The data set appears when it is whole; until then everything lies in DIR/NAME.download.

Exit status: 0 done or there already, 1 failed or not agreed to, 2 called wrongly.`;

interface Options {
  readonly out: string;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly url?: string;
}

/** The command, which calls `exit` with its status. */
export function downloadCommand(exit: (status: number) => void): Command {
  return new Command('download')
    .summary("download one of the paper's data sets")
    .description("Downloads one of the paper's data sets from its authors' server and unpacks it for train --data.")
    .argument('<name>', 'name of the data set')
    .option('--out <folder>', 'folder that it is unpacked in, under its name', 'datasets')
    .option('--yes', 'agree to the terms that are shown, without being asked')
    .option('--force', 'download it again and replace it')
    .option('--url <address>', 'a mirror of its archive, a zip file (http or https)', parseUrl)
    .addHelpText('after', HELP)
    .action(async (name: string, options: Options) => {
      exit(await downloadNamed(name, options));
    });
}

function parseUrl(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Expected an address that begins with http:// or https://.');
}

async function downloadNamed(name: string, { out, yes = false, force = false, url }: Options): Promise<number> {
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
