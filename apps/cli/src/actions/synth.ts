/** What `cyclegan synth` does. */
import { EXIT } from '../errors.ts';
import { shellWord } from '../shell.ts';
import { drawPlaces } from '../synth/draw-places.ts';
import { clearTown, type TownSet, townJobs, writePalette } from '../synth/synth-run.ts';

/** Pairs to test with, however few pictures there are to train on. */
const LEAST_TESTS = 4;

/** What was asked for. */
export interface SynthCall extends Omit<TownSet, 'testCount'> {
  readonly testCount?: number;
  readonly force?: boolean;
}

/** Makes a data set, or what was drawn of it before Ctrl-C; the exit status. Throws as `clearTown` does. */
export async function synth({ force = false, ...options }: SynthCall): Promise<number> {
  const set = { ...options, testCount: options.testCount ?? Math.max(LEAST_TESTS, Math.round(options.count / 10)) };
  const { out, count, testCount } = set;
  await clearTown(out, force);
  await writePalette(out);
  const jobs = townJobs(set);
  const done = await drawPlaces(jobs, set);
  if (done < jobs.length) {
    process.stdout.write(`stopped: ${out} holds ${done} of ${jobs.length} places. Start over with --force.\n`);
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
