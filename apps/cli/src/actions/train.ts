/** What `cyclegan train` does. */
import { BACKENDS, timesKernels } from '../backends.ts';
import { EXIT, UsageError } from '../errors.ts';
import { formatSettings } from '../settings/config-file.ts';
import type { LogForm } from '../train/loggers.ts';
import { planRun, planSettings, type RunPlan, type TrainRequest } from '../train/run-plan.ts';
import { carryOut } from '../train/train-run.ts';

/** What goes to standard output. */
export interface TrainOutput {
  /** The settings, and nothing is trained. */
  readonly printConfig?: boolean;
  /** How training is told. */
  readonly log?: LogForm;
  /** Whether the time of kernels is told. */
  readonly profile?: boolean;
}

/** Trains a run, or prints its settings only; the exit status. Throws UsageError for a contradiction, RunError for a run that cannot go on. */
export async function train(request: TrainRequest, { printConfig = false, log, profile }: TrainOutput): Promise<number> {
  if (!printConfig) {
    const plan = await planRun(request);
    if (profile === true) checkTimed(plan);
    return carryOut(plan, { maxSteps: request.maxSteps, log, profile });
  }
  if (log === 'json')
    throw new UsageError(
      '--print-config prints YAML and trains nothing, so there is nothing for --log json to tell: leave one of them out.',
    );
  process.stdout.write(formatSettings(await planSettings(request)));
  return EXIT.done;
}

function checkTimed({ execution: { backend } }: RunPlan): void {
  if (timesKernels(backend)) return;
  const others = BACKENDS.filter(timesKernels).map((other) => `--backend ${other}`);
  throw new UsageError(
    `--profile: the ${backend} backend does not measure the time of its kernels; leave it out, or use ${others.join(' or ')}.`,
  );
}
