/** What `cyclegan train` does. */

import { EXIT } from '../errors.ts';
import { formatSettings } from '../settings/config-file.ts';
import { planRun, planSettings, type TrainRequest } from '../train/run-plan.ts';
import { carryOut } from '../train/train-run.ts';

/** Trains a run, or prints its settings only; the exit status. Throws UsageError for a contradiction, RunError for a run that cannot go on. */
export async function train(request: TrainRequest, { printConfig = false }: { readonly printConfig?: boolean }): Promise<number> {
  if (!printConfig) return carryOut(await planRun(request), request.maxSteps);
  process.stdout.write(formatSettings(await planSettings(request)));
  return EXIT.done;
}
