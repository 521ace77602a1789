/** A training run told to a person, in a terminal or in a log: one changing line, and lines that stay. */
import { shellWord } from '../shell.ts';
import type { Beginning, Ending, RunObserver, StepEvent } from './observer.ts';
import { Progress } from './progress.ts';
import type { Run } from './run.ts';
import { goOnAfter } from './train-advice.ts';
import type { Engine } from './train-protocol.ts';

/** Tells of a run on standard output. */
export class TextLog implements RunObserver {
  readonly #run: Run;
  readonly #progress: Progress;

  constructor(run: Run) {
    const { lastStep, settings } = run;
    this.#run = run;
    this.#progress = new Progress({ lastStep, epochs: settings.epochs + settings.decayEpochs });
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
    if (fixed.pictures.some(({ from }) => from === 'train'))
      this.#progress.note(
        `${folder.path}: no test pictures (testA, testB) are there for both domains: samples show some that are trained on`,
      );
  }

  step(event: StepEvent): void {
    this.#progress.step(event);
  }

  stopping(): void {
    this.#progress.note('finishing the steps under way and saving; press Ctrl-C again to stop at once, without saving');
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
