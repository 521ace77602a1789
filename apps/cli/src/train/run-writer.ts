/** A training run as it is written down: the trainer's events become the files of the run's folder, and whoever follows the run hears of them. */
import { resolve } from 'node:path';
import type { TrainEvent } from '@cyclegan/core';
import { environmentOf } from '../backends.ts';
import { RunError } from '../errors.ts';
import { saveCheckpoint } from '../runs/checkpoint.ts';
import { differences } from '../runs/dataset.ts';
import { takeLock } from '../runs/run-lock.ts';
import { modelOf } from '../settings/settings.ts';
import { warn } from '../terminal/messages.ts';
import { Diagnosis } from './diagnosis.ts';
import type { RunObserver } from './observer.ts';
import type { Run } from './run.ts';
import type { RunEvaluations } from './run-evaluations.ts';
import { SampleWriter } from './sample-writer.ts';
import type { Engine, ThreadEvent } from './train-protocol.ts';

/** What `observers` of a run can be told. */
type Told = Exclude<keyof RunObserver, 'close'>;

/** Writes a run's files, and tells its observers. */
export class RunWriter {
  readonly #run: Run;
  readonly #observers: readonly RunObserver[];
  readonly #samples: SampleWriter;
  readonly #diagnosis: Diagnosis;
  readonly #evaluations: RunEvaluations | undefined;
  #ended = false;
  #interrupted = false;
  #step: number;
  #saved: number;
  #unlock: (() => Promise<void>) | undefined;
  #engine: Engine | undefined;
  /** Resolves when the file that is being written is done, or failed. */
  #writing: Promise<void> = Promise.resolve();
  #writeError: unknown;

  constructor(run: Run, observers: readonly RunObserver[]) {
    this.#run = run;
    this.#observers = observers;
    this.#samples = new SampleWriter(run);
    this.#diagnosis = new Diagnosis(modelOf(run.settings));
    this.#evaluations = run.evaluations;
    this.#saved = run.resumed?.checkpoint?.state.step ?? 0;
    this.#step = this.#saved;
  }

  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** Deals with an event, but for large files: they are written while the next events come, and a failure surfaces with one of those. */
  async take(event: ThreadEvent): Promise<void> {
    if (this.#writeError !== undefined) throw this.#writeError;
    switch (event.kind) {
      case 'estimate':
        return this.#tell('estimate', event);
      case 'engine':
        return this.#meet(event);
      case 'ready':
        return this.#start(event);
      case 'step':
        this.#step = event.step;
        this.#diagnosis.step(event);
        return this.#tell('step', event);
      case 'sample': {
        // at once, before later steps are known
        const warnings = this.#diagnosis.sample(event);
        return this.#write(async () => this.#tell('sample', { ...(await this.#samples.write(event)), warnings }));
      }
      case 'checkpoint':
        return this.#write(() => this.#saveCheckpoint(event));
      case 'profile':
        await this.#written();
        return this.#tell('profile', event);
      case 'done':
        await this.#written();
        return this.#finish(event);
    }
  }

  /** Tells that training ends after the steps under way. */
  stopping(): void {
    for (const observer of this.#observers) observer.stopping?.();
  }

  /** Tells of an error, once the checkpoint that is being written is there. */
  async fail(error: unknown): Promise<void> {
    await this.#writing;
    await this.#end({ status: 'failed', step: this.#step, saved: this.#saved, error });
  }

  async close(): Promise<void> {
    for (const observer of this.#observers) await observer.close?.();
    await this.#unlock?.();
  }

  async #tell<What extends Told>(what: What, ...about: Parameters<NonNullable<RunObserver[What]>>): Promise<void> {
    for (const observer of this.#observers) {
      const told = observer[what] as ((...about: unknown[]) => Promise<void> | void) | undefined;
      await told?.call(observer, ...about);
    }
  }

  /** Ends are told once: one of them may fail. */
  async #end(ending: Parameters<NonNullable<RunObserver['end']>>[0]): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#tell('end', ending);
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

  async #meet(engine: Engine): Promise<void> {
    this.#engine = engine;
    warnOfChanges(this.#run, engine);
    await this.#tell('engine', engine);
  }

  get #met(): Engine {
    if (this.#engine === undefined) throw new RunError('training began before its engine was there.');
    return this.#engine;
  }

  /** Only now is a folder made: a run that cannot start must not take its name. */
  async #start({ step, weights, compileSeconds }: Extract<TrainEvent, { kind: 'ready' }>): Promise<void> {
    const { folder, settings, execution, resumed, initial, dataset } = this.#run;
    const initFrom = resumed === undefined ? initial && resolve(initial.path) : resumed.config.initFrom;
    const config = { format: 'cyclegan-run', formatVersion: 1, settings, execution, dataset, initFrom } as const;
    if (resumed === undefined) {
      await folder.create(config);
      this.#unlock = await takeLock(folder.lock);
    }
    const aside = await folder.tidyCheckpoints(step);
    if (aside.length > 0) warn(`training goes on from step ${step}; later checkpoints are set aside: ${aside.join(', ')}.`);
    await this.#evaluations?.begin(step);
    if (resumed !== undefined) await folder.writeConfig({ ...config, dataset: resumed.config.dataset ?? dataset });
    await this.#tell('begin', { step, engine: this.#met, weights, compileSeconds });
  }

  async #saveCheckpoint({ state }: Extract<TrainEvent, { kind: 'checkpoint' }>): Promise<void> {
    const { folder, settings, execution, data } = this.#run;
    // losses first: a checkpoint must not know of steps that the log does not
    await this.#tell('sync');
    const path = folder.checkpoint(state.step);
    await saveCheckpoint(path, state, { model: modelOf(settings), settings, environment: environmentOf(this.#met) });
    this.#saved = state.step;
    const kept = execution.keepEveryEpochs * data.stepsPerEpoch;
    const keeps = (step: number) => (kept > 0 && step > 0 && step % kept === 0) || this.#evaluations?.keeps(step) === true;
    await this.#tell('checkpoint', { step: state.step, path });
    const evaluation = await this.#evaluations?.evaluate(state.step, path);
    if (evaluation !== undefined) await this.#tell('evaluation', evaluation);
    await folder.pruneCheckpoints({ keep: execution.keep, keeps });
  }

  async #finish({ step, aborted }: Extract<TrainEvent, { kind: 'done' }>): Promise<void> {
    this.#interrupted = aborted;
    // an end is told of once all else is on the disk: what fails there is an end of another kind
    await this.#tell('sync');
    await this.#end({ status: aborted ? 'interrupted' : 'done', step, saved: this.#saved });
  }
}

/** One warning when a run does not go on where, and with what, it left off. */
function warnOfChanges({ resumed, dataset }: Run, engine: Engine): void {
  if (resumed === undefined) return;
  const now = environmentOf(engine);
  const before = resumed.checkpoint?.environment ?? now;
  const changes = Object.entries(now)
    .filter(([name, value]) => before[name] !== value)
    .map(([name, value]) => `${name} was ${before[name]} and is ${value}`);
  const { choices } = resumed.checkpoint?.state ?? {};
  if (choices !== undefined && choices.engine !== now.engine && before.backend === now.backend)
    changes.push('kernels, which were chosen for the former engine, are chosen anew');
  changes.push(...differences(resumed.config.dataset ?? dataset, dataset));
  if (changes.length === 0) return;
  warn(`${changes.join('; ')}. Training goes on, but not with the same numbers as without the interruption.`);
}
