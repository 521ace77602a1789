/** A training run told to a program: one JSON object a line on standard output, and nothing else there. */
import { describeError } from '../errors.ts';
import type { RunEstimate } from '../estimate/run-estimate.ts';
import { shellWord } from '../shell.ts';
import type { Beginning, Ending, RunEvaluation, RunObserver, SavedSample, StepEvent } from './observer.ts';
import { Pace } from './pace.ts';
import type { Run } from './run.ts';
import { warnOfMemory, withPicturesOf } from './told-estimate.ts';
import { goOnAfter, withRemedy } from './train-advice.ts';
import type { KernelProfile } from './train-protocol.ts';

/** Prints an event as a line. */
export function printEvent(event: string, about: object): void {
  process.stdout.write(`${JSON.stringify({ event, ...about })}\n`);
}

/** Tells of a run on standard output. Steps and epochs are counted from 1, paths are as the user gave the folder of runs. */
export class JsonLog implements RunObserver {
  readonly #run: Run;
  readonly #pace = new Pace();

  constructor(run: Run) {
    this.#run = run;
  }

  estimate(ofSteps: RunEstimate): void {
    const told = withPicturesOf(this.#run, ofSteps);
    const { bytes, seconds: secondsPerStep } = told.estimate;
    printEvent('estimate', { bytes, secondsPerStep });
    warnOfMemory(told);
  }

  begin({ step, engine, weights, compileSeconds }: Beginning): void {
    const { folder, resumed, settings, data, lastStep } = this.#run;
    const { name, device } = engine;
    printEvent('start', {
      run: folder.path,
      resumed: resumed !== undefined,
      step,
      lastStep,
      stepsPerEpoch: data.stepsPerEpoch,
      epochs: settings.epochs + settings.decayEpochs,
      weights,
      engine: { name, device: device.kind, description: device.description },
      compileSeconds,
    });
  }

  step({ step, epoch, losses, learningRate, seconds }: StepEvent): void {
    const secondsLeft = (this.#run.lastStep - step) * this.#pace.add(seconds);
    printEvent('step', { step, epoch: epoch + 1, losses, learningRate, seconds, secondsLeft });
  }

  sample({ step, path, fixed, warnings }: SavedSample): void {
    const { folder } = this.#run;
    const placed = fixed.map(({ side, name, from, paths }) => {
      const files = Object.entries(paths).map(([kind, file]) => [kind, folder.file(file)] as const);
      return { side, name, from, paths: Object.fromEntries(files) };
    });
    printEvent('sample', { step, path, fixed: placed, warnings });
  }

  checkpoint({ step, path }: { readonly step: number; readonly path: string }): void {
    printEvent('checkpoint', { step, path });
  }

  evaluation({ step, figures, best }: RunEvaluation): void {
    printEvent('evaluation', { step, figures: Object.fromEntries(figures.map(({ name, value }) => [name, value])), best });
  }

  stopping(): void {
    printEvent('stopping', {});
  }

  profile({ steps, kernels = [] }: KernelProfile): void {
    printEvent('profile', { steps, kernels });
  }

  end({ status, step, saved, error }: Ending): void {
    const message = status === 'failed' ? { error: describeError(withRemedy(error), '') } : {};
    printEvent('end', { status, step, saved, ...message, ...this.#next(status, saved, error) });
  }

  /** What to do next: a command, or after a failure a sentence; nothing where nothing is saved. */
  #next(status: Ending['status'], saved: number, error: unknown): { readonly next?: string } {
    const { folder, continuation } = this.#run;
    switch (status) {
      case 'failed':
        return saved > 0 ? { next: goOnAfter(error, continuation) } : {};
      case 'interrupted':
        return { next: continuation };
      case 'done':
        return { next: `cyclegan translate PICTURES --run ${shellWord(folder.path)} --out translated` };
    }
  }
}
