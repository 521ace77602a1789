/** Carrying out a training run: the trainer's events become lines, files and, at the end, an exit status. */
import { resolve } from 'node:path';
import type { BatchSource, TrainEvent } from '@cyclegan/core';
import { composeGrid, encodePng } from '@cyclegan/data';
import { environmentOf } from '../backends.ts';
import { EXIT, RunError } from '../errors.ts';
import { writeFileAtomic } from '../files.ts';
import { catchInterrupt } from '../interrupt.ts';
import { saveCheckpoint } from '../runs/checkpoint.ts';
import { type DatasetSummary, differences } from '../runs/dataset.ts';
import { MetricsLog } from '../runs/metrics.ts';
import { takeLock } from '../runs/run-lock.ts';
import { modelOf, scheduleOf, totalSteps } from '../settings/settings.ts';
import { shellWord } from '../shell.ts';
import { warn } from '../terminal/messages.ts';
import { openData } from './data-source.ts';
import { Progress } from './progress.ts';
import type { RunPlan } from './run-plan.ts';
import { goOnAfter, withRemedy } from './train-advice.ts';
import type { Engine, ThreadEvent } from './train-protocol.ts';
import { trainInThread } from './train-thread.ts';

/** A plan with everything it needs at hand. */
interface Run extends RunPlan {
  readonly data: BatchSource;
  readonly dataset: DatasetSummary;
  readonly lastStep: number;
  readonly progress: Progress;
}

/** Trains as planned and returns the exit status; throws what the trainer, the data or the disk throw. */
export async function carryOut(plan: RunPlan, maxSteps = Number.POSITIVE_INFINITY): Promise<number> {
  if (plan.resumed === undefined) return prepare(plan, maxSteps);
  // at once: another process must not train on while this one compiles
  const unlock = await takeLock(plan.folder.lock);
  return prepare(plan, maxSteps).finally(unlock);
}

async function prepare(plan: RunPlan, maxSteps: number): Promise<number> {
  const { settings, execution, resumed, folder } = plan;
  const cacheBytes = execution.cacheMb === undefined ? undefined : execution.cacheMb * 2 ** 20;
  const { source: data, summary: dataset } = await openData(settings, { ...execution, cacheBytes }, warn);
  const total = totalSteps(settings, data.stepsPerEpoch);
  const lastStep = Math.min(total, maxSteps);
  const done = resumed?.checkpoint?.state.step ?? 0;
  if (resumed !== undefined && done >= lastStep) {
    process.stdout.write(
      `${folder.path} has ${done} steps already, of ${lastStep} asked for: nothing to do. ${howToGoOn(plan, done < total)}\n`,
    );
    return EXIT.done;
  }
  const { epochs, decayEpochs } = settings;
  const progress = new Progress({ lastStep, epochs: epochs + decayEpochs });
  return follow({ ...plan, data, dataset, lastStep, progress });
}

/** How to train further than was asked for: a schedule that has come to its end stays there. */
function howToGoOn({ folder }: RunPlan, unfinished: boolean): string {
  if (unfinished) return 'Ask for more with --max-steps, or leave it out.';
  return `Train on from its weights in a new run: cyclegan train --data DATA --name NAME --init-from ${shellWord(folder.path)}`;
}

/** One warning when a run does not go on where, and with what, it left off. */
function warnOfChanges({ resumed, dataset }: Run, engine: Engine): void {
  if (resumed === undefined) return;
  const now = environmentOf(engine);
  const before = resumed.checkpoint?.environment ?? now;
  const changes = Object.entries(now)
    .filter(([name, value]) => before[name] !== value)
    .map(([name, value]) => `${name} was ${before[name]} and is ${value}`);
  changes.push(...differences(resumed.config.dataset, dataset));
  if (changes.length === 0) return;
  warn(`${changes.join('; ')}. Training goes on, but not with the same numbers as without the interruption.`);
}

/** Trains, and writes down what happens. */
async function follow(run: Run): Promise<number> {
  const { settings, execution, resumed, initial, progress, data, lastStep } = run;
  const interrupt = catchInterrupt(() =>
    progress.note('finishing the steps under way and saving; press Ctrl-C again to stop at once, without saving'),
  );
  const writer = new RunWriter(run);
  const { backend, device, threads, memory } = execution;
  const job = {
    choice: { backend, device, threads },
    model: modelOf(settings),
    learningRate: settings.lr,
    schedule: scheduleOf(settings),
    seed: settings.seed,
    maxSteps: lastStep,
    ...(memory === undefined ? {} : { memory }),
    sampleEvery: execution.sampleEvery,
    checkpointEvery: execution.checkpointEvery,
    checkpointEveryEpochs: execution.keepEveryEpochs,
    ...(resumed?.checkpoint === undefined ? {} : { resume: resumed.checkpoint.state }),
    ...(initial === undefined ? {} : { initial: await initial.read() }),
  };
  try {
    for await (const event of trainInThread({ job, data, signal: interrupt.signal })) await writer.take(event);
  } catch (error) {
    await writer.tellWhatIsSaved(error);
    throw withRemedy(error);
  } finally {
    interrupt.stop();
    progress.end();
    await writer.close();
  }
  return writer.interrupted ? EXIT.interrupted : EXIT.done;
}

/** Puts each event where it belongs: the terminal or the run's folder. */
class RunWriter {
  readonly #run: Run;
  #metrics: MetricsLog | undefined;
  #interrupted = false;
  #saved: number;
  #unlock: (() => Promise<void>) | undefined;
  #engine: Engine | undefined;
  /** Resolves when the file that is being written is done, or failed. */
  #writing: Promise<void> = Promise.resolve();
  #writeError: unknown;

  constructor(run: Run) {
    this.#run = run;
    this.#saved = run.resumed?.checkpoint?.state.step ?? 0;
  }

  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** Deals with an event, but for large files: they are written while the next events come, and a failure surfaces with one of those. */
  async take(event: ThreadEvent): Promise<void> {
    if (this.#writeError !== undefined) throw this.#writeError;
    const { progress } = this.#run;
    switch (event.kind) {
      case 'engine':
        return this.#meet(event);
      case 'ready':
        return this.#start(event);
      case 'step':
        progress.step(event);
        return this.#metrics?.append(event);
      case 'sample':
        return this.#write(() => this.#saveSample(event));
      case 'checkpoint':
        return this.#write(() => this.#saveCheckpoint(event));
      case 'done':
        await this.#written();
        return this.#finish(event);
    }
  }

  /** What a run that failed can go on from, a checkpoint that is being written included. */
  async tellWhatIsSaved(error: unknown): Promise<void> {
    await this.#writing;
    if (this.#saved === 0) return;
    const { progress, continuation } = this.#run;
    progress.end();
    progress.note(`failed; saved is step ${this.#saved}. ${goOnAfter(error, continuation)}`);
  }

  async close(): Promise<void> {
    await this.#metrics?.close();
    await this.#unlock?.();
  }

  /** Begins a file when the one before it is there: one at a time, in the order of the events. */
  async #write(save: () => Promise<void>): Promise<void> {
    await this.#written();
    this.#writing = save().catch((error: unknown) => {
      this.#writeError = error;
    });
  }

  /** Waits for the file that is being written; throws what went wrong. */
  async #written(): Promise<void> {
    await this.#writing;
    if (this.#writeError !== undefined) throw this.#writeError;
  }

  #meet(engine: Engine): void {
    const { device, name } = engine;
    this.#engine = engine;
    warnOfChanges(this.#run, engine);
    this.#run.progress.busy(`compiling the training step for ${name} on ${device.kind} ...`);
  }

  get #met(): Engine {
    if (this.#engine === undefined) throw new RunError('training began before its engine was there.');
    return this.#engine;
  }

  /** Only now is a folder made: a run that cannot start must not take its name. */
  async #start({ step, weights, compileSeconds }: Extract<TrainEvent, { kind: 'ready' }>): Promise<void> {
    const { folder, settings, execution, resumed, initial, dataset, data, progress } = this.#run;
    const initFrom = resumed === undefined ? initial && resolve(initial.path) : resumed.config.initFrom;
    const config = { format: 'cyclegan-run', formatVersion: 1, settings, execution, dataset, initFrom } as const;
    if (resumed === undefined) {
      await folder.create(config);
      this.#unlock = await takeLock(folder.lock);
    }
    const aside = await folder.tidyCheckpoints(step);
    if (aside.length > 0) warn(`training goes on from step ${step}; later checkpoints are set aside: ${aside.join(', ')}.`);
    if (resumed !== undefined) await folder.writeConfig({ ...config, dataset: resumed.config.dataset });
    this.#metrics = await MetricsLog.open(folder.metrics, { done: step, kind: modelOf(settings).kind });
    const { name, device } = this.#met;
    const again = resumed?.checkpoint === undefined ? 'no checkpoint yet: starting again' : 'starting again';
    const start = step > 0 ? `continuing after step ${step}` : resumed === undefined ? 'starting' : again;
    if (initial !== undefined) progress.note(`${folder.path}: ${initial.about}`);
    progress.note(
      `${folder.path}: ${start}; ${(weights / 1e6).toPrecision(3)} million weights, ${data.stepsPerEpoch} steps an epoch, ` +
        `${name} on ${device.kind} (${device.description}), compiled in ${compileSeconds.toFixed(1)} s`,
    );
  }

  async #saveSample({ step, batch, pictures }: Extract<TrainEvent, { kind: 'sample' }>): Promise<void> {
    const { fakeA, fakeB, recA, recB, idtA, idtB } = pictures;
    const rows = [
      [batch.A, fakeB, recA, idtB],
      [batch.B, fakeA, recB, idtA],
    ].map((row) => row.filter((tensor) => tensor !== undefined));
    await writeFileAtomic(this.#run.folder.sample(step), [await encodePng(composeGrid(rows))]);
  }

  async #saveCheckpoint({ state }: Extract<TrainEvent, { kind: 'checkpoint' }>): Promise<void> {
    const { folder, settings, execution, data } = this.#run;
    // losses first: a checkpoint must not know of steps that the log does not
    await this.#metrics?.sync();
    const info = { model: modelOf(settings), settings, environment: environmentOf(this.#met) };
    await saveCheckpoint(folder.checkpoint(state.step), state, info);
    this.#saved = state.step;
    const kept = execution.keepEveryEpochs * data.stepsPerEpoch;
    await folder.pruneCheckpoints({ keep: execution.keep, keeps: (step) => kept > 0 && step > 0 && step % kept === 0 });
  }

  #finish({ step, aborted }: Extract<TrainEvent, { kind: 'done' }>): void {
    const { progress, folder, lastStep, continuation } = this.#run;
    this.#interrupted = aborted;
    progress.end();
    const stopped = step === 0 ? 'stopped before the first step' : `stopped and saved after step ${step} of ${lastStep}`;
    if (aborted) {
      progress.note(`${stopped}. Go on with: ${continuation}`);
      return;
    }
    progress.note(`done: ${step} steps in ${folder.path}: losses in metrics.jsonl, pictures in samples/, weights in checkpoints/.`);
    progress.note(`Translate with: cyclegan translate PICTURES --run ${shellWord(folder.path)} --out translated`);
  }
}
