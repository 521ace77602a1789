/** The pictures of the demonstration: those that are not there yet are drawn. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { meansNothingThere, onDisk } from '../disk.ts';
import { RunError, UsageError } from '../errors.ts';
import { kindOfPath } from '../files.ts';
import { catchInterrupt } from '../interrupt.ts';
import { isTown, placeIsWritten, townJobs, writePalette, writePlace } from '../synth/synth-run.ts';
import { CountProgress } from '../terminal/count-progress.ts';
import { DEMO_DATA } from './demo-settings.ts';

/** Makes the pictures in `out`/data, or what is missing of them; false when Ctrl-C stopped it. Throws RunError when `out` holds something else. */
export async function makeData(out: string): Promise<boolean> {
  await checkFolder(out);
  const set = { ...DEMO_DATA, out: join(out, 'data') };
  await writePalette(set.out);
  const jobs = townJobs(set);
  const written = await Promise.all(jobs.map((job) => placeIsWritten(job, set)));
  const missing = jobs.filter((_, index) => !written[index]);
  const progress = new CountProgress(missing.length, 'places');
  const interrupt = catchInterrupt(() => progress.end());
  try {
    for (const job of missing) {
      if (interrupt.signal.aborted) break;
      await writePlace(job, set);
      progress.advance();
    }
  } finally {
    interrupt.stop();
    progress.end();
  }
  const { count, testCount, size } = set;
  if (progress.done === missing.length)
    process.stdout.write(
      `${count} aerial pictures and ${count} street maps of ${size} x ${size} pixels to train on, ${testCount} pairs to test with.\n`,
    );
  else process.stdout.write('stopped; the same command goes on.\n');
  return progress.done === missing.length;
}

async function checkFolder(out: string): Promise<void> {
  if ((await kindOfPath(out)) === 'file') throw new UsageError(`--out ${out}: expected a folder, got a file.`);
  const names = await onDisk(out, 'read', () =>
    readdir(out).catch((error: unknown) => {
      if (meansNothingThere(error)) return [];
      throw error;
    }),
  );
  if (names.length > 0 && !(await isTown(join(out, 'data'))))
    throw new RunError(`${out} is not empty, and holds no demonstration that could go on; choose another --out.`);
}
