/**
 * Runs golden runs of the published implementation on a backend and compares everything they computed. The f64 oracle must
 * agree to rounding; an f32 backend must stay within twice the error that PyTorch's own f32 makes on the same case.
 */
import type { Backend, Program, VariableStore } from '../backend.ts';
import { compile } from '../compile.ts';
import type { Graph } from '../graph/graph.ts';
import { createReferenceBackend } from '../reference/backend.ts';
import type { HostTensor, TensorRecord } from '../tensor.ts';
import { PAPER_ADAM } from '../training/adam.ts';
import { cycleGanWeights } from '../training/cyclegan-step.ts';
import { initialValues, type ModelConfig, stepFeeds, traceSamples, traceStep } from '../training/model.ts';
import { type ErrorMeasure, largestError, largestValue, networksOf, relativeL2, scaledMaximum, zeroGradients } from './golden-errors.ts';
import type { GoldenRun } from './golden-run.ts';

/** PyTorch's own f32 errors on a case; networks under our names. */
export interface TorchErrors {
  readonly pictures: number;
  readonly firstLosses: number;
  readonly losses: number;
  readonly gradients: Readonly<Record<string, number>>;
  readonly adamM: Readonly<Record<string, number>>;
  readonly adamV: Readonly<Record<string, number>>;
  readonly updates: Readonly<Record<string, number>>;
  /** Of running statistics, for networks that have them. */
  readonly statistics: Readonly<Record<string, number>>;
}

/** One compared quantity. `torch` is PyTorch's f32 error on the same quantity, where it is known. */
export interface GoldenRow {
  readonly kind: string;
  readonly network: string;
  readonly error: number;
  readonly bound: number;
  readonly torch?: number;
  readonly passed: boolean;
}

/** How precise a backend is: `f64` for the oracle, `f32` for the rest. */
export type GoldenPrecision = 'f64' | 'f32';

/** What a backend computed of a run, keyed as in GoldenRun. */
export interface GoldenValues {
  readonly pictures: TensorRecord;
  readonly losses: readonly Readonly<Record<string, number>>[];
  readonly gradients: TensorRecord;
  /** All variables before each step, and after the last. */
  readonly states: readonly TensorRecord[];
}

/** How a backend is compared. */
export interface GoldenOptions {
  readonly precision: GoldenPrecision;
  readonly torch?: TorchErrors | undefined;
  /** What the reference backend computed of the run, where it is known; computed for `f32`, unless given. */
  readonly oracle?: GoldenValues | undefined;
  /** Stop an `f32` run after so many steps: what is known of its end alone is not compared then. */
  readonly steps?: number | undefined;
  /** Called after every step. */
  readonly onStep?: (() => void) | undefined;
}

/**
 * PyTorch's worst f32 errors over the replays of all cases where they are known (scripts/golden/README.md), for the cases where they are
 * not. Gradients of step 1 among them: whether a ReLU near zero flips is luck on a case whose seed was not chosen.
 */
const WORST_TORCH = { losses: 7.7e-3, gradients: 0.041, adamM: 0.234, adamV: 0.194, updates: 0.155 } as const;

/** An f32 error below this is rounding, however small PyTorch's happens to be. */
const ROUNDING = 5e-5;

const ORACLE_BOUND = 1e-6;
const F32_ROUNDING = 2 ** -24;
const PICTURE_BOUND = 1e-4;
const FIRST_LOSS_BOUND = 1e-5;

/** The model that a golden run trained. */
export function goldenModel({ kind, config }: GoldenRun): ModelConfig {
  const { losses, generatorAB, generatorBA, discriminatorA, discriminatorB, batch, height, width, beta1 } = config;
  const common = {
    generatorAB,
    discriminatorB,
    batch,
    height,
    width,
    adversarial: losses.adversarial,
    gradientPenalty: losses.gradientPenalty,
    init: { kind: 'normal', gain: 0.02 },
    adam: { ...PAPER_ADAM, beta1 },
  } as const;
  if (kind === 'pix2pix') return { kind, ...common, weights: { gan: 1, l1: losses.lambdaL1 } };
  if (generatorBA === undefined || discriminatorA === undefined) throw new Error('a CycleGAN golden run needs four networks.');
  return { kind, ...common, generatorBA, discriminatorA, weights: cycleGanWeights(losses), poolSize: 0 };
}

/** Compares a backend with a golden run, quantity by quantity and network by network. */
export async function runGolden(run: GoldenRun, backend: Backend, options: GoldenOptions): Promise<GoldenRow[]> {
  const { precision, torch, onStep, steps = run.inputs.length } = options;
  if (precision === 'f64') return oracleRows(run, await computeGolden(run, backend, onStep));
  const oracle = options.oracle ?? (await computeGolden(run, createReferenceBackend()));
  const session = await GoldenSession.open(run, backend, onStep);
  try {
    const computed = await session.compute(steps);
    return [...f32Rows(run, computed, torch), ...(await singleSteps(session, { computed, oracle, torch }))];
  } finally {
    session.close();
  }
}

/** What a backend computes of a golden run. */
export async function computeGolden(run: GoldenRun, backend: Backend, onStep?: () => void): Promise<GoldenValues> {
  const session = await GoldenSession.open(run, backend, onStep);
  try {
    return await session.compute();
  } finally {
    session.close();
  }
}

/** A graph and its program. */
interface Compiled {
  readonly graph: Graph;
  readonly program: Program;
}

interface SessionParts {
  readonly step: Compiled;
  readonly sampler: Compiled;
  readonly onStep: () => void;
}

/** A golden run's model on a backend. */
class GoldenSession {
  readonly run: GoldenRun;
  readonly #model: ModelConfig;
  readonly #store: VariableStore;
  readonly #step: Compiled;
  readonly #sampler: Compiled;
  readonly #onStep: () => void;

  private constructor(run: GoldenRun, store: VariableStore, { step, sampler, onStep }: SessionParts) {
    this.run = run;
    this.#model = goldenModel(run);
    this.#store = store;
    this.#step = step;
    this.#sampler = sampler;
    this.#onStep = onStep;
  }

  static async open(run: GoldenRun, backend: Backend, onStep: () => void = () => undefined): Promise<GoldenSession> {
    const model = goldenModel(run);
    const store = backend.createStore();
    const compiled = async (graph: Graph): Promise<Compiled> => ({ graph, program: await compile(backend, graph, { store }) });
    const step = await compiled(traceStep(model, { gradients: true }));
    const sampler = await compiled(traceSamples(model, { training: true }));
    return new GoldenSession(run, store, { step, sampler, onStep });
  }

  /** The run, or its first `steps` steps. */
  async compute(steps = this.run.inputs.length): Promise<GoldenValues> {
    const { pictures, start } = await this.#begin();
    const losses: Record<string, number>[] = [];
    const states = [start];
    let gradients: TensorRecord = {};
    for (let step = 0; step < steps; step++) {
      const result = await this.#take(step);
      if (step === 0) gradients = result.gradients;
      losses.push(result.losses);
      states.push(result.state);
    }
    return { pictures, losses, gradients, states };
  }

  /** One step, from `state`. */
  async stepFrom(step: number, state: TensorRecord): Promise<{ losses: Readonly<Record<string, number>>; state: TensorRecord }> {
    await this.#store.load(state);
    return this.#take(step);
  }

  /** Loads the run's weights and computes its pictures. */
  async #begin(): Promise<{ pictures: TensorRecord; start: TensorRecord }> {
    const start = { ...initialValues(this.#step.graph, 0), ...this.run.init };
    await this.#store.load(start);
    const { A, B } = this.run.inputs[0] as { A: HostTensor; B: HostTensor };
    const { graph, program } = this.#sampler;
    const feeds = Object.fromEntries(Object.entries({ A, B }).filter(([name]) => graph.inputs.has(name)));
    const made = await settled(await program.run(feeds));
    const pictures = Object.fromEntries(Object.entries(made).map(([name, value]) => [name.slice('picture/'.length), value]));
    return { pictures: { ...pictures, realA: A, realB: B }, start };
  }

  async #take(step: number): Promise<{ losses: Record<string, number>; gradients: TensorRecord; state: TensorRecord }> {
    const feeds = {
      ...stepFeeds(this.#model, this.#step.graph, { seed: 0, step, learningRate: this.run.config.learningRate }),
      ...this.run.inputs[step],
    };
    const outputs = await settled(await this.#step.program.run(feeds));
    this.#onStep();
    const under = (prefix: string) =>
      Object.entries(outputs).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : []));
    return {
      losses: Object.fromEntries(under('loss/').map(([name, value]) => [name, Number(value.data[0])])),
      gradients: Object.fromEntries(under('grad/')),
      state: await this.#store.read(),
    };
  }

  close(): void {
    this.#sampler.program.dispose();
    this.#step.program.dispose();
    this.#store.dispose();
  }
}

async function settled(outputs: Readonly<Record<string, Promise<HostTensor>>>): Promise<Record<string, HostTensor>> {
  return Object.fromEntries(await Promise.all(Object.entries(outputs).map(async ([name, value]) => [name, await value] as const)));
}

function row(kind: string, network: string, error: number, bound: number, torch?: number): GoldenRow {
  // written so that a NaN fails
  return { kind, network, error, bound, passed: error <= bound, ...(torch === undefined ? {} : { torch }) };
}

/** Largest relative error of the losses of some steps; losses that the run reports as 0 and we do not compute count as equal. */
function lossError(gold: readonly Readonly<Record<string, number>>[], computed: readonly Readonly<Record<string, number>>[]): number {
  return largestError(
    gold.flatMap((losses, step) =>
      Object.entries(losses).map(([name, value]) => {
        const got = computed[step]?.[name] ?? (value === 0 ? 0 : Number.NaN);
        return Math.abs(got - value) / Math.max(Math.abs(value), 1e-12);
      }),
    ),
  );
}

function changes(after: TensorRecord, before: TensorRecord): TensorRecord {
  const difference = (name: string, tensor: HostTensor): HostTensor => {
    const old = before[name]?.data;
    return { ...tensor, data: Float64Array.from(tensor.data, (value, at) => value - (old?.[at] ?? Number.NaN)) };
  };
  return Object.fromEntries(Object.entries(after).map(([name, tensor]) => [name, difference(name, tensor)]));
}

const isStatistic = (name: string) => /\/(mean|variance)$/.test(name);

function filter(record: TensorRecord, keep: (name: string) => boolean): TensorRecord {
  return Object.fromEntries(Object.entries(record).filter(([name]) => keep(name)));
}

function moments(state: TensorRecord, kind: 'm' | 'v'): TensorRecord {
  const prefix = `adam/${kind}/`;
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])),
  );
}

interface Quantity {
  readonly kind: 'gradients' | 'adamM' | 'adamV' | 'updates' | 'statistics';
  readonly gold: TensorRecord;
  readonly got: TensorRecord;
}

/** What is compared per network: gradients of step 1, moments, weight updates and running statistics after the last step. */
function quantities(run: GoldenRun, { gradients, states }: GoldenValues): Quantity[] {
  const dead = zeroGradients(run.grad);
  const alive = (name: string) => !dead.has(name);
  const last = states.at(-1) as TensorRecord;
  const weights = (name: string) => !isStatistic(name) && alive(name);
  return [
    { kind: 'gradients', gold: filter(run.grad, alive), got: gradients },
    { kind: 'adamM', gold: filter(run.adamM, alive), got: moments(last, 'm') },
    { kind: 'adamV', gold: filter(run.adamV, alive), got: moments(last, 'v') },
    {
      kind: 'updates',
      gold: filter(changes(run.final, run.init), weights),
      got: changes(
        filter(last, (name) => name in run.init),
        run.init,
      ),
    },
    { kind: 'statistics', gold: filter(run.final, isStatistic), got: last },
  ];
}

function perNetwork({ gold, got }: Quantity, measure: ErrorMeasure): [network: string, error: number][] {
  return networksOf(gold).map((network) => [
    network,
    measure(
      filter(gold, (name) => name.startsWith(`${network}/`)),
      got,
    ),
  ]);
}

/** The oracle against numbers stored as f32: weights to rounding, and their updates as far as that storage lets them be known. */
export function oracleRows(run: GoldenRun, computed: GoldenValues): GoldenRow[] {
  const last = computed.states.at(-1) as TensorRecord;
  const dead = zeroGradients(run.grad);
  const weights = filter(run.final, (name) => !isStatistic(name) && !dead.has(name));
  const finals = perNetwork({ kind: 'updates', gold: weights, got: last }, scaledMaximum);
  const stored = (network: string) => {
    const mine = (record: TensorRecord) => largestValue(filter(record, (name) => name.startsWith(`${network}/`)));
    return ORACLE_BOUND + (F32_ROUNDING * mine(weights)) / mine(changes(weights, run.init));
  };
  return [
    row('pictures', 'all', scaledMaximum(run.forward, computed.pictures), ORACLE_BOUND),
    row('losses', 'all', lossError(run.losses, computed.losses), ORACLE_BOUND),
    ...finals.map(([network, error]) => row('weights', network, error, ORACLE_BOUND)),
    ...quantities(run, computed).flatMap((quantity) =>
      perNetwork(quantity, scaledMaximum).map(([network, error]) =>
        row(quantity.kind, network, error, quantity.kind === 'updates' ? stored(network) : ORACLE_BOUND),
      ),
    ),
  ];
}

function f32Rows(run: GoldenRun, computed: GoldenValues, torch: TorchErrors | undefined): GoldenRow[] {
  const { length } = computed.losses;
  const known = quantities(run, computed).filter(({ kind }) => kind === 'gradients' || length === run.losses.length);
  const twice = (ofTorch: number | undefined, worst: number) => Math.max(ROUNDING, 2 * (ofTorch ?? worst));
  const pictures = scaledMaximum(run.forward, computed.pictures);
  return [
    row('pictures', 'all', pictures, PICTURE_BOUND, torch?.pictures),
    row('losses of step 1', 'all', lossError(run.losses.slice(0, 1), computed.losses), FIRST_LOSS_BOUND, torch?.firstLosses),
    row('losses', 'all', lossError(run.losses.slice(0, length), computed.losses), twice(torch?.losses, WORST_TORCH.losses), torch?.losses),
    ...known.flatMap((quantity) =>
      perNetwork(quantity, relativeL2).map(([network, error]) => {
        const { kind } = quantity;
        const ofTorch = torch?.[kind][network];
        if (kind === 'statistics') return row(kind, network, error, PICTURE_BOUND, ofTorch);
        return row(kind, network, error, twice(ofTorch, WORST_TORCH[kind]), ofTorch);
      }),
    ),
  ];
}

interface SingleSteps {
  /** What the session computed of the run. */
  readonly computed: GoldenValues;
  readonly oracle: GoldenValues;
  readonly torch: TorchErrors | undefined;
}

/** Each step once from the f64 oracle's state before it, so that drift cannot hide an error: its losses and its weight updates. */
async function singleSteps(session: GoldenSession, { computed, oracle, torch }: SingleSteps): Promise<GoldenRow[]> {
  const { run } = session;
  const dead = zeroGradients(run.grad);
  const weights = (name: string) => name in run.init && !isStatistic(name) && !dead.has(name);
  const losses: number[] = [];
  const updates = new Map<string, number>();
  for (const step of computed.losses.keys()) {
    const before = oracle.states[step] as TensorRecord;
    // the run itself begins with the oracle's state
    const first = { losses: computed.losses[0] ?? {}, state: computed.states[1] ?? {} };
    const result = step === 0 ? first : await session.stepFrom(step, before);
    losses.push(lossError([oracle.losses[step] ?? {}], [result.losses]));
    const gold = filter(changes(oracle.states[step + 1] as TensorRecord, before), weights);
    for (const [network, error] of perNetwork({ kind: 'updates', gold, got: changes(result.state, before) }, relativeL2)) {
      updates.set(network, Math.max(error, updates.get(network) ?? 0));
    }
  }
  // PyTorch's error is relative to the update of the whole run, of which one step is a part
  const steps = run.inputs.length;
  const bound = (network: string) => Math.max(ROUNDING, 2 * steps * (torch?.updates[network] ?? WORST_TORCH.updates));
  return [
    row('losses of single steps', 'all', largestError(losses), FIRST_LOSS_BOUND, torch?.firstLosses),
    ...[...updates].map(([network, error]) => row('updates of single steps', network, error, bound(network), torch?.updates[network])),
  ];
}
