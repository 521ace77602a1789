/**
 * The training loop as an async iterable of typed events. It knows no file system and no engine: batches come from a source,
 * work goes to a backend, and whoever iterates decides what to print and where to save.
 */
import type { Backend, EngineChoices, Outputs, Program, VariableStore } from '../backend.ts';
import { compile, type MemoryUse } from '../compile.ts';
import type { Graph } from '../graph/graph.ts';
import type { Precision } from '../passes/mix-precision.ts';
import { sizeOf, type TensorRecord } from '../tensor.ts';
import type { Batch, BatchSource } from './batch-source.ts';
import { checkTrainOptions } from './check-options.ts';
import { PrecisionExhausted, TrainingDiverged } from './errors.ts';
import { LOSS_SCALE, LOSS_SCALE_VALUE } from './loss-scale.ts';
import { checkGiven, loadInitialValues, type ModelConfig, pickVariables, stepFeeds, traceSamples, traceStep } from './model.ts';
import { addToPlateau, endPlateauEpoch, learningRateFactor, PLATEAU_START, type PlateauState, type Schedule } from './schedule.ts';

/** Everything that a run needs to continue: all variables, and where it stands. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly variables: TensorRecord;
  readonly plateau: PlateauState;
  /** What the engine has decided by measuring, where it measures: a backend that is made with it goes on with the same bits. */
  readonly choices?: EngineChoices;
}

/** What to train, on what, for how long. */
export interface TrainOptions {
  readonly model: ModelConfig;
  readonly backend: Backend;
  readonly data: BatchSource;
  /** Base learning rate: 2e-4 in the paper. */
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly seed: number;
  /** Stop when this many steps are done; never changes the schedule. */
  readonly maxSteps: number;
  /** `low` computes some things of a step twice instead of keeping them; the results are the same. `fast` unless given. */
  readonly memory?: MemoryUse;
  /** `f16` is mixed precision, where the backend has it: products in f16, weights, losses and Adam in f32. `f32` unless given. */
  readonly precision?: Precision;
  /** Continue from here instead of from new weights. */
  readonly resume?: TrainingState;
  /** Values of some variables to start with, such as the weights of networks; a checkpoint then precedes step 1, as the seed cannot bring them back. */
  readonly initial?: TensorRecord;
  /** Emit sample pictures of the last batch after every so many steps and at the end; 0 is never. */
  readonly sampleEvery?: number;
  /** Batches, of the shape of `data`, of which sample pictures are emitted as well each time. */
  readonly sampleBatches?: readonly Batch[];
  /** Let samples hold what the discriminators say of them. */
  readonly samplePatches?: boolean;
  /** Emit a checkpoint after every so many steps; 0 is at the end alone. */
  readonly checkpointEvery?: number;
  /** And at the end of every so many epochs; 0 is never. */
  readonly checkpointEveryEpochs?: number;
  /** Once aborted, the steps under way are finished, a checkpoint is emitted, and training ends; an AbortSignal is one. */
  readonly signal?: { readonly aborted: boolean };
}

/** What the networks make of a batch, as `traceSamples` names it. */
export interface Sample {
  readonly batch: Batch;
  readonly pictures: TensorRecord;
  /** Maps of logits, with `samplePatches` alone: `realB` of the pictures of B, `fakeB` of those made of A, and so on. */
  readonly patches: TensorRecord;
}

/** What happens during training, in order. `step` counts the steps done. */
export type TrainEvent =
  | { readonly kind: 'ready'; readonly step: number; readonly nodes: number; readonly compileSeconds: number; readonly weights: number }
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly epoch: number;
      readonly learningRate: number;
      readonly losses: Readonly<Record<string, number>>;
      /** Time the step took, waiting for its data included. */
      readonly seconds: number;
    }
  /** `last` is of the batch trained on last, `fixed` of `sampleBatches`. */
  | { readonly kind: 'sample'; readonly step: number; readonly last: Sample; readonly fixed: readonly Sample[] }
  /** The state is a copy, which whoever writes it may keep while training goes on. */
  | { readonly kind: 'checkpoint'; readonly state: TrainingState }
  | { readonly kind: 'done'; readonly step: number; readonly aborted: boolean };

/** Steps whose losses have not been read yet: one computes while the next is prepared. */
const IN_FLIGHT = 2;

interface Pending {
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  /** When its data were asked for, in milliseconds. */
  readonly begun: number;
  readonly results: Promise<StepResults>;
}

interface StepResults {
  readonly losses: Readonly<Record<string, number>>;
  readonly exhausted: boolean;
  /** When they were there, in milliseconds. */
  readonly finished: number;
}

/**
 * Trains and reports. Throws TrainingDiverged when a loss is not finite (never after a checkpoint of that state), PrecisionExhausted, after a
 * checkpoint, when f16 does not hold the gradients, BackendError and ModelError when the model cannot be built, and whatever the data source throws.
 *
 * @example
 * for await (const event of train(options)) if (event.kind === 'step') console.log(event.step, event.losses);
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
  const session = await TrainingSession.open(options);
  try {
    yield* session.run();
  } finally {
    session.close();
  }
}

class TrainingSession {
  readonly #options: TrainOptions;
  readonly #graph: Graph;
  readonly #store: VariableStore;
  readonly #program: Program;
  #sampler: { readonly graph: Graph; readonly program: Program } | undefined;
  #plateau: PlateauState;
  /** Steps submitted. */
  #step: number;
  /** When the last settled step was finished, in milliseconds. */
  #finished = 0;
  readonly #pending: Pending[] = [];
  /** The step that had to scale losses down, because f16 had not held their gradients. */
  #exhausted: number | undefined;

  private constructor(options: TrainOptions, graph: Graph, store: VariableStore, program: Program) {
    this.#options = options;
    this.#graph = graph;
    this.#store = store;
    this.#program = program;
    this.#step = options.resume?.step ?? 0;
    this.#plateau = options.resume?.plateau ?? PLATEAU_START;
  }

  static async open(options: TrainOptions): Promise<TrainingSession> {
    checkTrainOptions(options);
    const { resume, seed, initial, memory = 'fast', precision = 'f32' } = options;
    const graph = traceStep(options.model, { precision });
    const resumed = resume && pickVariables(resume.variables, graph);
    checkGiven(graph, initial ?? {});
    const store = options.backend.createStore();
    let program: Program | undefined;
    try {
      program = await compile(options.backend, graph, { store, memory, precision });
      if (resumed === undefined) await loadInitialValues(store, graph, seed, initial);
      else await store.load(resumed);
      return new TrainingSession(options, graph, store, program);
    } catch (error) {
      program?.dispose();
      store.dispose();
      throw error;
    }
  }

  close(): void {
    this.#closeSampler();
    this.#program.dispose();
    this.#store.dispose();
  }

  /** Frees what sampling holds. */
  #closeSampler(): void {
    this.#sampler?.program.dispose();
    this.#sampler = undefined;
  }

  async *run(): AsyncGenerator<TrainEvent, void, undefined> {
    const { data, maxSteps, sampleEvery = 0, checkpointEvery = 0, checkpointEveryEpochs = 0, signal } = this.#options;
    yield { kind: 'ready', step: this.#step, weights: countWeights(this.#graph), ...this.#program.stats };

    if (this.#options.initial !== undefined) yield* this.#checkpoint();
    let saved = this.#step;
    while (this.#step < maxSteps && signal?.aborted !== true && this.#exhausted === undefined) {
      if (this.#options.schedule.kind === 'plateau' && this.#step % data.stepsPerEpoch === 0) yield* this.#endEpoch();
      const begun = Date.now();
      let batch: Batch;
      try {
        batch = await data.batch(this.#step);
      } catch (error) {
        // one unreadable picture must not cost the steps since the last checkpoint
        if (saved < this.#step) yield* this.#checkpoint();
        throw error;
      }
      await this.#submit(batch, begun);
      while (this.#pending.length >= IN_FLIGHT) yield await this.#settle();
      const due = (every: number) => every > 0 && (this.#step % every === 0 || this.#step === maxSteps);
      if (due(sampleEvery)) {
        yield* this.#settleAll();
        yield await this.#sample(batch);
        if (this.#step === maxSteps) this.#closeSampler();
      }
      if (due(checkpointEvery) || due(checkpointEveryEpochs * data.stepsPerEpoch)) {
        yield* this.#checkpoint();
        saved = this.#step;
      }
    }
    if (saved < this.#step) yield* this.#checkpoint();
    if (this.#exhausted !== undefined) throw new PrecisionExhausted(this.#exhausted);
    yield { kind: 'done', step: this.#step, aborted: this.#step < maxSteps };
  }

  async #submit({ A, B }: Batch, begun: number): Promise<void> {
    const { model, data, seed, schedule } = this.#options;
    const step = this.#step;
    const epoch = Math.floor(step / data.stepsPerEpoch);
    const factor = schedule.kind === 'plateau' ? this.#plateau.factor : learningRateFactor(schedule, epoch);
    const learningRate = this.#options.learningRate * factor;
    const fetch = [...this.#graph.outputs.keys()].filter((name) => name.startsWith('loss/') || name === LOSS_SCALE_VALUE);
    const outputs = await this.#program.run({ A, B, ...stepFeeds(model, this.#graph, { seed, step, learningRate }) }, { fetch });
    const results = readResults(outputs);
    // whoever settles the step hears of a failure; until then it must not count as unhandled
    results.catch(() => undefined);
    this.#pending.push({ step: step + 1, epoch, learningRate, begun, results });
    this.#step = step + 1;
  }

  /** Waits for the oldest step's losses and checks them. */
  async #settle(): Promise<TrainEvent> {
    const { results, begun, ...about } = this.#pending.shift() as Pending;
    const { losses, exhausted, finished } = await results;
    if (Object.values(losses).some((value) => !Number.isFinite(value))) throw new TrainingDiverged(about.step, 'loss', losses);
    if (exhausted) this.#exhausted ??= about.step;
    const seconds = (finished - Math.max(begun, this.#finished)) / 1000;
    this.#finished = finished;
    const generators = Object.entries(losses).filter(([name]) => !name.startsWith('disc'));
    this.#plateau = addToPlateau(
      this.#plateau,
      generators.reduce((total, [, value]) => total + value, 0),
    );
    return { kind: 'step', losses, seconds, ...about };
  }

  async *#settleAll(): AsyncGenerator<TrainEvent, void, undefined> {
    while (this.#pending.length > 0) yield await this.#settle();
  }

  async *#endEpoch(): AsyncGenerator<TrainEvent, void, undefined> {
    yield* this.#settleAll();
    const { schedule } = this.#options;
    if (schedule.kind === 'plateau' && this.#plateau.count > 0) this.#plateau = endPlateauEpoch(this.#plateau, schedule.patience);
  }

  async *#checkpoint(): AsyncGenerator<TrainEvent, void, undefined> {
    yield* this.#settleAll();
    const variables = await this.#store.read([...this.#graph.variables.keys()]);
    checkFinite(this.#step, variables);
    const { choices } = this.#options.backend;
    yield {
      kind: 'checkpoint',
      state: { step: this.#step, variables, plateau: this.#plateau, ...(choices === undefined ? {} : { choices }) },
    };
  }

  async #sample(last: Batch): Promise<TrainEvent> {
    const { model, backend, sampleBatches = [], samplePatches: patches = false } = this.#options;
    const graph = this.#sampler?.graph ?? traceSamples(model, { patches });
    this.#sampler ??= { graph, program: await compile(backend, graph, { store: this.#store }) };
    const { program } = this.#sampler;
    const samples: Sample[] = [];
    for (const batch of [last, ...sampleBatches]) samples.push({ batch, ...(await outputsOf(program, graph, batch)) });
    const [ofLast, ...fixed] = samples as [Sample, ...Sample[]];
    return { kind: 'sample', step: this.#step, last: ofLast, fixed };
  }
}

/** What a sampler makes of a batch. */
async function outputsOf(program: Program, graph: Graph, batch: Batch): Promise<Omit<Sample, 'batch'>> {
  const feeds = Object.fromEntries(Object.entries(batch).filter(([name]) => graph.inputs.has(name)));
  const outputs = await program.run(feeds, { fetch: [...graph.outputs.keys()] });
  const found = await Promise.all(Object.entries(outputs).map(async ([name, output]) => [name, await output] as const));
  const under = (prefix: string) =>
    Object.fromEntries(found.flatMap(([name, output]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), output]] : [])));
  return { pictures: under('picture/'), patches: under('patch/') };
}

/** Numbers that are learnt: those with a moment of Adam, which running statistics have not. */
function countWeights({ variables }: Graph): number {
  const learnt = [...variables.values()].filter(({ name }) => variables.has(`adam/m/${name}`));
  return learnt.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** What a step tells of itself: losses by name, and whether f16 holds their gradients no more. */
async function readResults(outputs: Outputs): Promise<StepResults> {
  const entries = Object.entries(outputs).map(async ([name, output]) => [name, Number((await output).data[0])] as const);
  const { [LOSS_SCALE_VALUE]: scale = LOSS_SCALE.initial, ...losses } = Object.fromEntries(await Promise.all(entries));
  const named = Object.entries(losses).map(([name, value]) => [name.slice('loss/'.length), value]);
  return { losses: Object.fromEntries(named), exhausted: scale < LOSS_SCALE.least, finished: Date.now() };
}

/** The last update may have broken weights that no loss has seen yet. */
function checkFinite(step: number, variables: TensorRecord): void {
  for (const [name, { data }] of Object.entries(variables)) {
    // by index: training stands still meanwhile, and iterating takes five times as long
    for (let at = 0; at < data.length; at++) {
      if (!Number.isFinite(data[at])) throw new TrainingDiverged(step, 'variable', { [name]: data[at] as number });
    }
  }
}
