/** `cyclegan synth`: its options and what its help teaches. */
import { TOWN_SIZES } from '@cyclegan/data/town';
import { Command } from 'commander';
import { z } from 'zod';
import { CountProgress } from '../count-progress.ts';
import { EXIT } from '../errors.ts';
import { catchInterrupt } from '../interrupt.ts';
import { option } from '../options.ts';
import { wholeNumber } from '../settings.ts';
import { shellWord } from '../shell.ts';
import { clearTown, type TownSet, townJobs, writePalette, writePlace } from '../synth-run.ts';

const HELP = `
Examples:
  A data set to try things with, and a training on it that takes minutes on a CPU:
    $ cyclegan synth --out town --size 64
    $ cyclegan train --data town --name town --size 64 --ngf 32 --ndf 32 --blocks 6

  A larger one of other places:
    $ cyclegan synth --out city --count 1000 --seed 1

The pictures, each named for the place that it shows, 200 x 200 metres whatever the size:
  trainA/000000.png            aerial pictures
  trainB/000001.png            street maps, of other places
  testA, testB/000002.png      both, of the same places
  labels/trainA, trainB, test  the class of each pixel of all of them, in the colours of labels/palette.json

The same seed gives the same places, and a larger count begins with those of a smaller one. The pictures are free of any licence.

Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C (files are whole, but some are missing).`;

const MOST_PICTURES = 100_000;
const LEAST_TESTS = 4;
const DEFAULTS = { count: 200, size: 256, seed: 0 };

interface Options extends Omit<TownSet, 'testCount'> {
  readonly testCount?: number;
  readonly force?: boolean;
}

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
        shown: `a tenth of --count, at least ${LEAST_TESTS}`,
      }),
    )
    .addOption(option('--size <pixels>', { about: 'height and width', schema: within(least, most) }).default(DEFAULTS.size))
    .addOption(option('--seed <n>', { about: 'which town', schema: wholeNumber(0) }).default(DEFAULTS.seed))
    .option('--force', 'replace a synthetic town that the folder holds')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      exit(await synth(options));
    });
}

function within(least: number, most: number): z.ZodType {
  const error = `Expected a whole number from ${least} to ${most}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

async function synth({ force = false, ...options }: Options): Promise<number> {
  const set = { ...options, testCount: options.testCount ?? Math.max(LEAST_TESTS, Math.round(options.count / 10)) };
  const { out, count, testCount } = set;
  await clearTown(out, force);
  await writePalette(out);
  const jobs = townJobs(set);
  const progress = new CountProgress(jobs.length, 'places');
  const interrupt = catchInterrupt(() => progress.end());
  try {
    for (const job of jobs) {
      if (interrupt.signal.aborted) break;
      await writePlace(job, set);
      progress.advance();
    }
  } finally {
    interrupt.stop();
    progress.end();
  }
  if (progress.done < jobs.length) {
    process.stdout.write(`stopped: ${out} holds ${progress.done} of ${jobs.length} places. Start over with --force.\n`);
    return EXIT.interrupted;
  }
  process.stdout.write(`${out}: ${count} aerial pictures and ${count} street maps to train on, ${testCount} pairs to test with.\n`);
  process.stdout.write(`Next: ${nextCommand(set)}\n`);
  return EXIT.done;
}

/** A training that the pictures fit: generators halve them twice, and discriminators need some size. */
function nextCommand({ out, size }: TownSet): string {
  return `cyclegan train --data ${shellWord(out)} --name town --size ${Math.max(32, size - (size % 4))} --ngf 32 --ndf 32 --blocks 6`;
}
