/** `cyclegan demo`: its options and what its help teaches. */
import { Command } from 'commander';
import type { DemoCall } from '../actions/demo.ts';
import { DEMO_FOLDER } from '../demo/demo-settings.ts';
import { addBackendOptions, option } from '../settings/options.ts';
import { wholeNumber } from '../settings/settings.ts';

const HELP = `
Examples:
  The whole way, from no pictures at all to translations, in some minutes:
    $ cyclegan demo

  A quarter of the training, for a glance at how it goes:
    $ cyclegan demo --out glance --max-steps 450

What it leaves:
  town/index.html   translations of places that training did not see, beside the
                    true pictures, and how far they are apart
  town/data/        the synthetic town, as 'cyclegan synth' makes it
  town/run/         the run, as 'cyclegan train' leaves it: report.html shows
                    how training went; evaluation/fcn.html the FCN score
  town/translated/  the translations

Stopped with Ctrl-C, the same command goes on where it was. The pictures are
free of any licence.

Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C.`;

/** The command, which calls `exit` with its status. */
export function demoCommand(exit: (status: number) => void): Command {
  const command = new Command('demo')
    .summary('see it work: train on a synthetic town, and look at the result')
    .description(
      'Makes aerial pictures and street maps of a town that does not exist, learns to turn one into the other, and shows how well.',
    )
    .option('--out <folder>', 'where everything goes', DEMO_FOLDER)
    .addOption(option('--max-steps <n>', { about: 'stop training earlier', schema: wholeNumber(1) }));
  addBackendOptions(command);
  return command.addHelpText('after', HELP).action(async (call: DemoCall) => {
    const { demo } = await import('../actions/demo.ts');
    exit(await demo(call));
  });
}
