/** The report of a run, kept up to date while it is trained: told what happens, it decides when the files are written. */

import { describeError } from '../errors.ts';
import { residentMb } from '../resident-memory.ts';
import { warn } from '../terminal/messages.ts';
import type { Beginning, Ending, RunEvaluation, RunObserver, SavedSample, StepEvent } from '../train/observer.ts';
import { Pace } from '../train/pace.ts';
import type { Run } from '../train/run.ts';
import { goOnAfter, withRemedy } from '../train/train-advice.ts';
import { aboutRun } from './about-run.ts';
import { CurvePoints } from './curve-points.ts';
import { curveValues, earlierRun } from './earlier-run.ts';
import type { About, ReportData, RunStatus } from './report-data.ts';
import { nameOf, writeReportData, writeReportPage } from './report-files.ts';
import { SampleGroups } from './sample-groups.ts';
import { toldSample, toldWarnings } from './told-sample.ts';

/** Milliseconds between two writings for the sake of steps alone. */
const INTERVAL = 5000;

/** Writes report.html and its data. What keeps it from writing is told once, and does not end training. */
export class Report implements RunObserver {
  readonly #run: Run;
  #about: About | undefined;
  #points = new CurvePoints();
  #samples = new SampleGroups();
  #warnings: ReportData['warnings'];
  readonly #evaluations = new CurvePoints();
  #best: number | undefined;
  #status: RunStatus = 'training';
  #failure: ReportData['failure'];
  #step = 0;
  #epoch = 1;
  #saved = 0;
  readonly #pace = new Pace();
  #secondsPerStep: number | undefined;
  #written = Number.NEGATIVE_INFINITY;
  /** Resolves when nothing is being written. */
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #warned = false;

  constructor(run: Run) {
    this.#run = run;
  }

  async begin(beginning: Beginning): Promise<void> {
    const { folder, data } = this.#run;
    this.#about = aboutRun(this.#run, beginning);
    this.#step = beginning.step;
    this.#saved = beginning.step;
    this.#epoch = Math.floor(Math.max(0, beginning.step - 1) / data.stepsPerEpoch) + 1;
    await this.#attempt(async () => {
      const { points, samples, warnings } = await earlierRun(folder, beginning.step);
      this.#points = points;
      this.#samples = samples;
      this.#warnings = warnings;
    });
    for (const evaluation of this.#run.evaluations?.all ?? []) this.#include(evaluation);
    await this.#attempt(() => writeReportPage(folder));
    await this.#write();
  }

  step({ step, epoch, learningRate, losses, seconds }: StepEvent): void {
    const rssMb = residentMb();
    this.#points.add(step, curveValues({ learningRate, losses, seconds, rssMb }));
    this.#step = step;
    this.#epoch = epoch + 1;
    this.#secondsPerStep = this.#pace.add(seconds);
    // steps do not wait for the disk
    if (!this.#busy && performance.now() - this.#written > INTERVAL) void this.#write();
  }

  async sample(sample: SavedSample): Promise<void> {
    this.#samples.add(toldSample(sample, this.#run.folder));
    this.#warnings = toldWarnings(sample);
    await this.#write();
  }

  async checkpoint({ step }: { readonly step: number }): Promise<void> {
    this.#saved = step;
    await this.#write();
  }

  async evaluation(evaluation: RunEvaluation): Promise<void> {
    this.#include(evaluation);
    await this.#write();
  }

  #include({ step, figures, best }: RunEvaluation): void {
    this.#evaluations.add(step, Object.fromEntries(figures.map(({ name, value }) => [name, value])));
    if (best) this.#best = step;
  }

  async end({ status, step, saved, error }: Ending): Promise<void> {
    this.#status = status;
    this.#step = step;
    this.#saved = saved;
    if (status === 'failed') this.#failure = { message: describeError(withRemedy(error), ''), advice: this.#advice(saved, error) };
    await this.#write();
  }

  close(): Promise<void> {
    return this.#writing;
  }

  #advice(saved: number, error: unknown): string {
    if (saved > 0) return `Saved is step ${saved}. ${goOnAfter(error, this.#run.continuation)}`;
    return `Nothing was saved. ${goOnAfter(error, this.#run.continuation)}`;
  }

  /** Writes the data as they will be once what is being written now is done. */
  #write(): Promise<void> {
    const about = this.#about;
    // a run that has not begun has no folder
    if (about === undefined) return Promise.resolve();
    this.#busy = true;
    this.#writing = this.#writing
      .then(() => this.#attempt(() => writeReportData(this.#run.folder, this.#data(about))))
      .then(() => {
        this.#written = performance.now();
        this.#busy = false;
      });
    return this.#writing;
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#warned) warn(`the report of the run is not up to date: ${describeError(error)} Training goes on without it.`);
      this.#warned = true;
    }
  }

  #data(about: About): ReportData {
    const { folder, lastStep, settings } = this.#run;
    const secondsPerStep = this.#secondsPerStep;
    return {
      name: nameOf(folder),
      status: this.#status,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      updated: Date.now(),
      progress: {
        step: this.#step,
        lastStep,
        epoch: this.#epoch,
        epochs: settings.epochs + settings.decayEpochs,
        saved: this.#saved,
        ...(secondsPerStep === undefined ? {} : { secondsPerStep }),
      },
      ...(this.#warnings === undefined ? {} : { warnings: this.#warnings }),
      samples: this.#samples.list,
      curves: this.#points.curves,
      ...(this.#best === undefined ? {} : { evaluations: { curves: this.#evaluations.curves, best: this.#best } }),
      about,
    };
  }
}
