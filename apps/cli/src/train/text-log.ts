/** A training run told to a person, in a terminal or in a log: one changing line, and lines that stay. */
import { describeEstimate, type RunEstimate, type StepsToCome } from '../estimate/run-estimate.ts';
import { figure } from '../evaluate/table.ts';
import { totalSteps } from '../settings/settings.ts';
import { shellWord } from '../shell.ts';
import { changesBetween, type TrainingWarning } from './diagnosis.ts';
import { profileLines } from './kernel-table.ts';
import type { Beginning, Ending, RunEvaluation, RunObserver, SavedSample, StepEvent } from './observer.ts';
import { Progress } from './progress.ts';
import type { Run } from './run.ts';
import { warnOfMemory, withPicturesOf } from './told-estimate.ts';
import { goOnAfter } from './train-advice.ts';
import type { Engine, KernelProfile } from './train-protocol.ts';

/** Tells of a run on standard output. */
export class TextLog implements RunObserver {
  readonly #run: Run;
  readonly #progress: Progress;
  #warnings: readonly TrainingWarning[] = [];

  constructor(run: Run) {
    const { lastStep, settings } = run;
    this.#run = run;
    this.#progress = new Progress({ lastStep, epochs: settings.epochs + settings.decayEpochs });
  }

  estimate(ofSteps: RunEstimate): void {
    const told = withPicturesOf(this.#run, ofSteps);
    this.#progress.note(describeEstimate(told.estimate, told.place, stepsToCome(this.#run)));
    warnOfMemory(told);
  }

  engine({ name, device }: Engine): void {
    this.#progress.busy(`compiling the training step for ${name} on ${device.kind} ...`);
  }

  begin({ step, engine, weights, compileSeconds }: Beginning): void {
    const { folder, resumed, initial, data, fixed } = this.#run;
    const { name, device } = engine;
    const again = resumed?.checkpoint === undefined ? 'no checkpoint yet: starting again' : 'starting again';
    const start = step > 0 ? `continuing after step ${step}` : resumed === undefined ? 'starting' : again;
    if (initial !== undefined) this.#progress.note(`${folder.path}: ${initial.about}`);
    this.#progress.note(
      `${folder.path}: ${start}; ${(weights / 1e6).toPrecision(3)} million weights, ${data.stepsPerEpoch} steps an epoch, ` +
        `${name} on ${device.kind} (${device.description}), compiled in ${compileSeconds.toFixed(1)} s`,
    );
    const untested = (['A', 'B'] as const).filter((side) =>
      fixed.pictures.some((picture) => picture.side === side && picture.from === 'train'),
    );
    if (untested.length > 0)
      this.#progress.note(`${folder.path}: no test pictures of ${untested.join(' and ')}: samples show some that are trained on instead`);
  }

  step(event: StepEvent): void {
    this.#progress.step(event);
  }

  /** Tells of what looks wrong when it appears, and when it has gone. */
  sample({ step, warnings }: SavedSample): void {
    const { appeared, gone } = changesBetween(this.#warnings, warnings);
    this.#warnings = warnings;
    for (const { title, why, remedies } of appeared)
      this.#progress.warning(`step ${step}: ${title}. ${why} To try, in a new run: ${remedies.join('; ')}.`);
    for (const { title } of gone) this.#progress.note(`step ${step}: no longer so: ${title}.`);
  }

  evaluation({ step, figures, best }: RunEvaluation): void {
    const told = figures.map(({ name, value, digits }) => `${name} ${figure(value, digits)}`).join(', ');
    this.#progress.note(`step ${step}: ${told}${best ? '; the best so far' : ''}`);
  }

  stopping(): void {
    this.#progress.note('finishing the steps under way and saving; press Ctrl-C again to stop at once, without saving');
  }

  profile(profile: KernelProfile): void {
    for (const line of profileLines(profile)) this.#progress.note(line);
  }

  end({ status, step, saved, error }: Ending): void {
    const { folder, lastStep, continuation } = this.#run;
    const note = (text: string) => this.#progress.note(text);
    this.#progress.end();
    switch (status) {
      case 'failed':
        if (saved > 0) note(`failed; saved is step ${saved}. ${goOnAfter(error, continuation)}`);
        return;
      case 'interrupted': {
        const stopped = step === 0 ? 'stopped before the first step' : `stopped and saved after step ${step} of ${lastStep}`;
        note(`${stopped}. Go on with: ${continuation}`);
        return;
      }
      case 'done':
        note(
          `done: ${step} steps in ${folder.path}: how it went in report.html, losses in metrics.jsonl, pictures in samples/, weights in checkpoints/.`,
        );
        note(`Translate with: cyclegan translate PICTURES --run ${shellWord(folder.path)} --out translated`);
    }
  }

  close(): void {
    this.#progress.end();
  }
}

function stepsToCome({ settings, data, lastStep, resumed }: Run): StepsToCome {
  const steps = lastStep - (resumed?.checkpoint?.state.step ?? 0);
  const whole = steps === totalSteps(settings, data.stepsPerEpoch);
  return { steps, about: whole ? `${settings.epochs + settings.decayEpochs} epochs of ${data.stepsPerEpoch} steps` : `${steps} steps` };
}
