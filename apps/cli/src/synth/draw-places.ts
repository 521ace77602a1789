/** Drawing places one after the other, where a person waits and may stop it. */
import { catchInterrupt } from '../interrupt.ts';
import { CountProgress } from '../terminal/count-progress.ts';
import { type TownJob, type TownSet, writePlace } from './synth-run.ts';

/** Draws and writes places until all are there or Ctrl-C comes; how many were written. */
export async function drawPlaces(jobs: readonly TownJob[], set: TownSet): Promise<number> {
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
  return progress.done;
}
