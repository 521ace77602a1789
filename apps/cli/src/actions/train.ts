/** What `cyclegan train` does. */

import { EXIT, UsageError } from '../errors.ts';
import { formatSettings } from '../settings/config-file.ts';
import type { LogForm } from '../train/loggers.ts';
import { planRun, planSettings, type TrainRequest } from '../train/run-plan.ts';
import { carryOut } from '../train/train-run.ts';

/** What goes to standard output. */
export interface TrainOutput {
  /** The settings, and nothing is trained. */
  readonly printConfig?: boolean;
  /** How training is told. */
  readonly log?: LogForm;
}

/** Trains a run, or prints its settings only; the exit status. Throws UsageError for a contradiction, RunError for a run that cannot go on. */
export async function train(request: TrainRequest, { printConfig = false, log }: TrainOutput): Promise<number> {
  if (!printConfig) return carryOut(await planRun(request), { maxSteps: request.maxSteps, log });
  if (log === 'json')
    throw new UsageError(
      '--print-config prints YAML and trains nothing, so there is nothing for --log json to tell: leave one of them out.',
    );
  process.stdout.write(formatSettings(await planSettings(request)));
  return EXIT.done;
}
