/** The pictures of the demonstration: those that are not there yet are drawn. */
import { join } from 'node:path';
import { namesIn } from '../disk.ts';
import { RunError, UsageError } from '../errors.ts';
import { kindOfPath } from '../files.ts';
import { drawPlaces } from '../synth/draw-places.ts';
import { isTown, placeIsWritten, townJobs, writePalette } from '../synth/synth-run.ts';
import { DEMO_DATA } from './demo-settings.ts';

/** Makes the pictures in `out`/data, or what is missing of them; false when Ctrl-C stopped it. Throws RunError when `out` holds something else. */
export async function makeData(out: string): Promise<boolean> {
  await checkFolder(out);
  const set = { ...DEMO_DATA, out: join(out, 'data') };
  await writePalette(set.out);
  const jobs = townJobs(set);
  const written = await Promise.all(jobs.map((job) => placeIsWritten(job, set)));
  const missing = jobs.filter((_, index) => !written[index]);
  const whole = (await drawPlaces(missing, set)) === missing.length;
  const { count, testCount, size } = set;
  if (whole)
    process.stdout.write(
      `${count} aerial pictures and ${count} street maps of ${size} x ${size} pixels to train on, ${testCount} pairs to test with.\n`,
    );
  else process.stdout.write('stopped; the same command goes on.\n');
  return whole;
}

async function checkFolder(out: string): Promise<void> {
  if ((await kindOfPath(out)) === 'file') throw new UsageError(`--out ${out}: expected a folder, got a file.`);
  if ((await namesIn(out)).length > 0 && !(await isTown(join(out, 'data'))))
    throw new RunError(`${out} is not empty, and holds no demonstration that could go on; choose another --out.`);
}
