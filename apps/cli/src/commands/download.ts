/** `cyclegan download`: its options and what its help teaches. */
import { Command, InvalidArgumentError } from 'commander';
import type { DownloadCall } from '../actions/download.ts';
import { DATA_SETS } from '../download/data-sets.ts';
import { argumentOf } from '../settings/value-schemas.ts';

const HELP = `
Data sets, with their training pictures:
${DATA_SETS.map(({ name, contents }) => `  ${name.padEnd(23)} ${contents}`).join('\n')}
  Of cityscapes and edges2shoes it says where to get them and how to prepare
  them.

Examples:
  Horses and zebras into datasets/horse2zebra, and a training with the settings
  of the paper, which takes days on a CPU:
    $ cyclegan download horse2zebra
    $ cyclegan train --data datasets/horse2zebra --name horse2zebra \\
        --preset horse2zebra

Where the pictures come from, what is known of their terms and how large the
archive is are shown first. A download that was cut off goes on with the same
command. The data set appears when it is whole; until then everything lies in
DIR/NAME.download.

Exit status: 0 done or there already, 1 failed or not agreed to, 2 called
wrongly.`;

const NAMES = DATA_SETS.map(({ name }) => name);

/** The command, which calls `exit` with its status. */
export function downloadCommand(exit: (status: number) => void): Command {
  return new Command('download')
    .summary("download one of the paper's data sets")
    .description("Downloads one of the paper's data sets from its authors' server and unpacks it for train --data.")
    .addArgument(argumentOf('<name>', 'name of the data set', NAMES))
    .option('--out <folder>', 'folder that it is unpacked in, under its name', 'datasets')
    .option('--yes', 'agree to the terms that are shown, without being asked')
    .option('--force', 'download it again and replace it')
    .option('--url <address>', 'a mirror of its archive, a zip file (http or https)', parseUrl)
    .addHelpText('after', HELP)
    .action(async (name: string, call: DownloadCall) => {
      const { downloadNamed } = await import('../actions/download.ts');
      exit(await downloadNamed(name, call));
    });
}

function parseUrl(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Expected an address that begins with http:// or https://.');
}
