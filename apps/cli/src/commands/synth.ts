/** `cyclegan synth`: its options and what its help teaches. */
import { TOWN_SIZES } from '@cyclegan/data/town';
import { Command } from 'commander';
import { z } from 'zod';
import type { SynthCall } from '../actions/synth.ts';
import { option } from '../settings/options.ts';
import { wholeNumber } from '../settings/settings.ts';

const HELP = `
Examples:
  A data set to try things with, and a training on it that takes minutes on a
  CPU:
    $ cyclegan synth --out town --size 64
    $ cyclegan train --data town --name town --size 64 --ngf 32 --ndf 32 \\
        --blocks 6 --epochs 3 --decay-epochs 3

  A larger one of other places:
    $ cyclegan synth --out city --count 1000 --seed 1

The pictures, each named for the place that it shows, 200 x 200 metres whatever
the size:
  trainA/000000.png            aerial pictures
  trainB/000001.png            street maps, of other places
  testA, testB/000002.png      both, of the same places
  labels/trainA, trainB, test  the class of each pixel of all of them, in the
                               colours of labels/palette.json

The same seed gives the same places, and a larger count begins with those of a
smaller one. The pictures are free of any licence.

Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C (files
are whole, but some are missing).`;

const MOST_PICTURES = 100_000;
const DEFAULTS = { count: 200, size: 256, seed: 0 };

/** The command, which calls `exit` with its status. */
export function synthCommand(exit: (status: number) => void): Command {
  const { least, most } = TOWN_SIZES;
  return new Command('synth')
    .summary('make a data set: aerial pictures and street maps of a synthetic town')
    .description('Makes a data set to train and test with: aerial pictures and street maps of a town that does not exist.')
    .requiredOption('--out <folder>', 'where the data set goes')
    .addOption(
      option('--count <n>', { about: 'pictures of each kind to train on', schema: within(1, MOST_PICTURES) }).default(DEFAULTS.count),
    )
    .addOption(
      option('--test-count <n>', {
        about: 'pairs of pictures to test with',
        schema: within(0, MOST_PICTURES),
        shown: `a tenth of --count, at least 4`,
      }),
    )
    .addOption(option('--size <pixels>', { about: 'height and width', schema: within(least, most) }).default(DEFAULTS.size))
    .addOption(option('--seed <n>', { about: 'which town', schema: wholeNumber(0) }).default(DEFAULTS.seed))
    .option('--force', 'replace a synthetic town that the folder holds')
    .addHelpText('after', HELP)
    .action(async (call: SynthCall) => {
      const { synth } = await import('../actions/synth.ts');
      exit(await synth(call));
    });
}

function within(least: number, most: number): z.ZodType {
  const error = `Expected a whole number from ${least} to ${most}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}
