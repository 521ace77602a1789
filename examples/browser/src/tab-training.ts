/** A training in a tab: pictures in memory, a WebGPU device, and the last checkpoint, which outlives the device. Knows no page. */
import { createWebGpuBackend } from '@cyclegan/backend-webgpu';
import {
  type Backend,
  BackendError,
  type Direction,
  type Sample,
  type TrainEvent,
  type TrainingState,
  Translator,
  tensorSource,
  train,
} from '@cyclegan/core';
import { MemoryBatches, type Picture, pictureToTensor, type Size, tensorToPicture } from '@cyclegan/data/memory';
import { encodeCheckpoint, toReferenceLosses } from '@cyclegan/formats';
import { environmentOf, modelOf, type Settings, scheduleOf, totalSteps } from '@cyclegan/formats/run';
import type { News, Order, PictureSource, SampleRow } from './protocol.ts';
import { readPicture } from './read-picture.ts';
import { type TabChoices, tabSettings } from './tab-settings.ts';
import { type TwoSets, townPictures } from './town-pictures.ts';

/** Fixed pictures that samples show, of each domain. */
const SAMPLED = 2;
/** Samples and checkpoints of a training; no more often than every so many steps, no less often than every so many. */
const SAMPLES = 20;
const SAMPLE_STEPS = { least: 5, most: 100 } as const;

interface TabRun {
  readonly settings: Settings;
  readonly data: MemoryBatches;
  /** What it was computed with last. */
  environment: Readonly<Record<string, string>>;
  /** Of the last checkpoint. */
  state: TrainingState | undefined;
}

/** Trains, saves and translates as ordered, one training at a time, and tells of it. */
export class TabTraining {
  readonly #tell: (news: News) => void;
  #backend: Promise<Backend> | undefined;
  #run: TabRun | undefined;
  #signal = { aborted: false };
  #busy = false;

  constructor(tell: (news: News) => void) {
    this.#tell = tell;
  }

  /** Carries out an order; what goes wrong is told as well. */
  async take(order: Order): Promise<void> {
    try {
      await this.#carryOut(order);
    } catch (error) {
      this.#tell({ kind: 'failed', what: order.kind, message: error instanceof Error ? error.message : String(error) });
      // a device that is lost stays lost; while one trains with it, training itself finds out
      if (error instanceof BackendError && !this.#busy) await this.#close();
    }
  }

  async #carryOut(order: Order): Promise<void> {
    switch (order.kind) {
      case 'open':
        await this.#open();
        return;
      case 'train':
        return this.#alone(() => this.#start(order.source, order.choices));
      case 'goOn':
        return this.#alone(() => this.#goOn(order.steps));
      case 'stop':
        this.#signal.aborted = true;
        return;
      case 'save':
        return this.#save();
      case 'translate':
        return this.#translate(order.file, order.direction);
    }
  }

  /** Trains while nothing else does. */
  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#busy) throw new Error('a training is under way: stop it first.');
    this.#busy = true;
    this.#signal = { aborted: false };
    await work().finally(() => {
      this.#busy = false;
    });
  }

  async #start(source: PictureSource, choices: TabChoices): Promise<void> {
    const { size, steps } = choices;
    const { loadHeight: height, loadWidth: width, seed } = tabSettings(choices, 1);
    const pictures = await this.#load(source, { height, width });
    const data = new MemoryBatches({ ...pictures, height: size, width: size, seed });
    this.#run = { settings: tabSettings(choices, data.stepsPerEpoch), data, environment: {}, state: undefined };
    await this.#train(this.#run, steps);
  }

  async #goOn(steps: number): Promise<void> {
    const { run, state } = this.#trained();
    const last = totalSteps(run.settings, run.data.stepsPerEpoch);
    if (state.step >= last) throw new Error(`the schedule of this training has come to its end after ${last} steps: train anew.`);
    await this.#train(run, Math.min(state.step + steps, last));
  }

  async #load(source: PictureSource, size: Size): Promise<TwoSets> {
    if (source.kind === 'town')
      return townPictures(source.count, size.height, (done) => this.#tell({ kind: 'loading', done, total: source.count }));
    const total = source.A.length + source.B.length;
    let done = 0;
    const read = async (files: readonly File[]) => {
      const pictures: Picture[] = [];
      for (const file of files) {
        pictures.push(await readPicture(file, size));
        this.#tell({ kind: 'loading', done: ++done, total });
      }
      return pictures;
    };
    return { A: await read(source.A), B: await read(source.B) };
  }

  async #train(run: TabRun, lastStep: number): Promise<void> {
    const { settings, data, state } = run;
    const backend = await this.#open();
    this.#tell({ kind: 'compiling' });
    run.environment = environmentOf(backend, navigator.userAgent);
    const every = Math.min(SAMPLE_STEPS.most, Math.max(SAMPLE_STEPS.least, Math.ceil(lastStep / SAMPLES)));
    const fixed = Array.from({ length: Math.min(SAMPLED, data.stepsPerEpoch) }, (_, step) => data.batch(step));
    const events = train({
      model: modelOf(settings),
      backend,
      data,
      learningRate: settings.lr,
      schedule: scheduleOf(settings),
      seed: settings.seed,
      maxSteps: lastStep,
      sampleEvery: every,
      sampleBatches: await Promise.all(fixed),
      checkpointEvery: every,
      signal: this.#signal,
      ...(state === undefined ? {} : { resume: state }),
    });
    for await (const event of events) {
      if (event.kind === 'checkpoint') run.state = event.state;
      this.#tell(newsOf(event, lastStep));
    }
  }

  async #save(): Promise<void> {
    const { run, state } = this.#trained();
    const { settings, environment } = run;
    const bytes = await encodeCheckpoint(state, { model: modelOf(settings), settings, environment });
    this.#tell({ kind: 'saved', step: state.step, bytes: bytes as Uint8Array<ArrayBuffer> });
  }

  async #translate(file: Blob, direction: Direction): Promise<void> {
    const { run, state } = this.#trained();
    const model = modelOf(run.settings);
    if (model.kind !== 'cyclegan') return;
    const picture = await readPicture(file);
    const generator = direction === 'AtoB' ? model.generatorAB : model.generatorBA;
    const translator = new Translator({ backend: await this.#open(), generator, weights: state.variables, direction });
    const { width, height } = picture;
    const data = new Uint8Array(width * height * 3);
    try {
      await translator.translatePicture(tensorSource(pictureToTensor(picture)), (top, rows) => {
        data.set(tensorToPicture(rows).data, top * width * 3);
      });
    } finally {
      translator.dispose();
    }
    this.#tell({ kind: 'translated', picture: { width, height, channels: 3, data } });
  }

  /** What has been trained; throws when there is nothing yet. */
  #trained(): { readonly run: TabRun; readonly state: TrainingState } {
    const run = this.#run;
    if (run?.state === undefined) throw new Error('nothing has been trained yet: press Train, and wait for the first checkpoint.');
    return { run, state: run.state };
  }

  #open(): Promise<Backend> {
    // a device in the place of a lost one goes on with the same kernels
    const choices = this.#run?.state?.choices;
    this.#backend ??= createWebGpuBackend(choices === undefined ? {} : { choices }).then((backend) => {
      this.#tell({ kind: 'open', engine: backend.device.description });
      return backend;
    });
    return this.#backend;
  }

  async #close(): Promise<void> {
    const backend = this.#backend;
    this.#backend = undefined;
    await backend?.then((open) => open.dispose()).catch(() => undefined);
  }
}

/** What the page is told of an event. */
function newsOf(event: TrainEvent, lastStep: number): News {
  switch (event.kind) {
    case 'ready':
      return { kind: 'ready', lastStep };
    case 'step': {
      const { step, epoch, learningRate, losses, seconds } = event;
      const reference = toReferenceLosses('cyclegan', losses);
      return { kind: 'step', line: { step, epoch: epoch + 1, learningRate, losses, reference, seconds } };
    }
    case 'sample':
      return { kind: 'sample', step: event.step, rows: event.fixed.flatMap(rowsOf) };
    case 'checkpoint':
      return { kind: 'checkpoint', step: event.state.step };
    case 'done':
      return { kind: 'done', step: event.step };
  }
}

/** A to B to A, and B to A to B. */
function rowsOf({ batch, pictures }: Sample): SampleRow[] {
  const { fakeA, fakeB, recA, recB } = pictures;
  const row = (from: 'A' | 'B', tensors: readonly (Sample['batch']['A'] | undefined)[]): SampleRow => ({
    from,
    pictures: tensors.flatMap((tensor) => (tensor === undefined ? [] : [tensorToPicture(tensor)])),
  });
  return [row('A', [batch.A, fakeB, recA]), row('B', [batch.B, fakeA, recB])];
}
