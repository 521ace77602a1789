/** Whether a run still tells something. */
import type { ReportData } from '../report-data.ts';

/** Seconds without news that are nothing unusual, however fast steps are. */
const PATIENCE = 90;

/** How many steps may pass without news. */
const STEPS = 10;

/** Whether a run that is trained should have told something by now; `now` in milliseconds since 1970. */
export function isStale({ status, updated, progress }: Pick<ReportData, 'status' | 'updated' | 'progress'>, now: number): boolean {
  const patience = Math.max(PATIENCE, STEPS * (progress.secondsPerStep ?? 0));
  return status === 'training' && (now - updated) / 1000 > patience;
}
