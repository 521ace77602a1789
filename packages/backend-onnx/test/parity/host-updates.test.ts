/**
 * Updates that the host makes when a run is done: they equal the reference's, happen all or not at all, and nothing of the state
 * lies in memory that a caller has.
 */
import {
  type Backend,
  BackendError,
  compile,
  cycleGanModel,
  div,
  emit,
  f32,
  f32Scalar,
  type Graph,
  i32,
  initialValues,
  type ModelConfig,
  mul,
  optimise,
  PAPER_GENERATOR,
  type Pix2PixConfig,
  stepFeeds,
  type Tensor,
  type TensorRecord,
  trace,
  traceStep,
  type VariableStore,
  ZEROS,
} from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { randomTensor } from '@cyclegan/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedBy } from '../../src/host-updates.ts';
import { createOnnxBackend, graphToOnnx } from '../../src/index.ts';
import { NATIVE_COMPOSITES } from '../../src/lowering/lower.ts';
import { expectClose } from './compare.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await createOnnxBackend({ threads: 1 });
});
afterAll(() => backend.dispose());

/** An epsilon of the size of gradients: where it is added shows, and Adam makes no large step of a small error. */
const ADAM = { beta1: 0.8, beta2: 0.6, epsilon: 0.01 };

function cycleGan(batch: number): ModelConfig {
  return cycleGanModel({
    height: 8,
    width: 8,
    batch,
    generator: { ...PAPER_GENERATOR, filters: 2, blocks: 1, norm: 'none' },
    discriminator: { kind: 'patch', filters: 2, layers: 1, norm: 'none' },
    poolSize: 2,
    init: { kind: 'normal', gain: 0.3 },
    adam: ADAM,
  });
}

const pix2pix: Pix2PixConfig = {
  kind: 'pix2pix',
  generatorAB: { ...PAPER_GENERATOR, inputChannels: 3, outputChannels: 3, filters: 2, blocks: 1, norm: 'none' },
  discriminatorB: { kind: 'patch', inputChannels: 6, filters: 2, layers: 1, norm: 'none' },
  batch: 1,
  height: 8,
  width: 8,
  adversarial: 'lsgan',
  weights: { gan: 1, l1: 10 },
  gradientPenalty: 0,
  init: { kind: 'normal', gain: 0.3 },
  adam: ADAM,
};

/** A graph, values of its variables, and what each step is fed. */
interface Training {
  readonly graph: Graph;
  readonly values: TensorRecord;
  readonly feeds: (step: number) => TensorRecord;
}

function trainingOf(model: ModelConfig): Training {
  const graph = traceStep(model, { gradients: true });
  const pictures = (domain: string, step: number) => randomTensor([model.batch, 3, model.height, model.width], `${domain}/${step}`);
  return {
    graph,
    values: initialValues(graph, 5),
    feeds: (step) => ({
      A: pictures('A', step),
      B: pictures('B', step),
      ...stepFeeds(model, graph, { seed: 3, step, learningRate: 0.01 }),
    }),
  };
}

const STEPS = 3;

/** A step's outputs, whose memory is the caller's. */
type Step = (feeds: TensorRecord) => Promise<TensorRecord>;

async function open(on: Backend, graph: Graph): Promise<{ readonly store: VariableStore; readonly run: Step }> {
  const store = on.createStore();
  const program = await compile(on, graph, { store });
  const run = async (feeds: TensorRecord) => {
    const outputs = Object.entries(await program.run(feeds)).map(async ([name, value]) => [name, await value] as const);
    return Object.fromEntries(await Promise.all(outputs));
  };
  return { store, run };
}

/** Rounding of one step, gradients of the deepest layers included. */
const TOLERANCE = 1e-4;

/** Fails unless each step agrees with the reference's from the state that the step before it has left. */
async function expectTheOracles({ graph, values, feeds }: Training): Promise<void> {
  const [ours, oracle] = [await open(backend, graph), await open(createReferenceBackend(), graph)];
  await ours.store.load(values);
  for (let step = 0; step < STEPS; step++) {
    await oracle.store.load(await ours.store.read());
    const fed = feeds(step);
    expectClose(await ours.run(fed), await oracle.run(fed), TOLERANCE);
    expectClose(await ours.store.read(), await oracle.store.read(), TOLERANCE);
  }
}

/** The outputs of some steps and the variables after them; with `overwrite`, all that was fed and handed out is NaN after each step. */
async function results({ graph, values, feeds }: Training, { overwrite }: { readonly overwrite: boolean }): Promise<TensorRecord[]> {
  const { store, run } = await open(backend, graph);
  await store.load(values);
  const found: TensorRecord[] = [];
  for (let step = 0; step < STEPS; step++) {
    const fed = structuredClone(feeds(step));
    const outputs = await run(fed);
    found.push(structuredClone(outputs));
    if (overwrite) for (const { data } of Object.values({ ...fed, ...outputs })) data.fill(Number.NaN);
  }
  return [...found, await store.read()];
}

/** Variables of a graph that the host updates, and those that the model does. */
function updatedIn(graph: Graph): { readonly host: readonly string[]; readonly model: readonly string[] } {
  const { hostUpdates, updates } = graphToOnnx(optimise(graph, NATIVE_COMPOSITES));
  return { host: hostUpdates.flatMap(changedBy), model: [...updates.keys()] };
}

/** One Adam step and one replaced entry; fails where `divisor` is zero. */
const failing = trace((graph) => {
  const [w, m, v] = ['w', 'm', 'v'].map((name) => graph.variable(name, [2], ZEROS)) as [Tensor, Tensor, Tensor];
  const inputs = [w, m, v, graph.input('gradient', [2]), graph.input('stepSize', []), graph.input('correction', [])] as const;
  emit('adam', inputs, ADAM).forEach((next, at) => {
    graph.update(['w', 'm', 'v'][at] as string, next);
  });
  const pool = graph.variable('pool', [3, 1], ZEROS);
  graph.update('pool', emit('dynamicUpdate', [pool, graph.input('entry', [1, 1]), graph.input('index', [], 'i32')], {})[0] as Tensor);
  graph.output('quotient', div(graph.constant(i32([1], [1])), graph.input('divisor', [1], 'i32')));
});

describe('updates on the host', () => {
  it.each([1, 2])('make the steps of a CycleGAN with a batch of %i', async (batch) => {
    const training = trainingOf(cycleGan(batch));
    expect(updatedIn(training.graph)).toEqual({ host: expect.arrayContaining([...training.graph.variables.keys()]), model: [] });
    await expectTheOracles(training);
  });

  it('clamp the place of an entry, and replace one entry twice', async () => {
    const training = trainingOf(cycleGan(2));
    const [below, above] = [i32([2], [-3, -1]), i32([2], [7, 9])];
    await expectTheOracles({
      ...training,
      feeds: (step) => ({ ...training.feeds(step), 'pool/fakeA/index': below, 'pool/fakeB/index': above }),
    });
  });

  it('leave to the model what the same step reads after its update', async () => {
    const training = trainingOf(pix2pix);
    const { host, model } = updatedIn(training.graph);
    const [learnt, others] = [model.filter((name) => name.startsWith('discB/')), host.filter((name) => name.startsWith('discB/'))];
    expect(learnt.length).toBeGreaterThan(0);
    expect(others).toEqual([]);
    expect(host).toEqual(expect.arrayContaining([...training.graph.variables.keys()].filter((name) => name.startsWith('genAB/'))));
    await expectTheOracles(training);
  });

  it('are those of whichever program runs, when two train the same weights', async () => {
    const { graph, values, feeds } = trainingOf(cycleGan(1));
    const alone = await open(backend, graph);
    await alone.store.load(values);
    const store = backend.createStore();
    await store.load(values);
    const programs = [await compile(backend, graph, { store }), await compile(backend, graph, { store })];
    for (let step = 0; step < STEPS; step++) {
      await alone.run(feeds(step));
      await programs[step % 2]?.run(feeds(step), { fetch: [] });
    }
    expect(await store.read()).toEqual(await alone.store.read());
  });

  it('do not happen when the run fails', async () => {
    const { store, run } = await open(backend, failing);
    const before = { w: f32([2], [1, 2]), m: f32([2], [3, 4]), v: f32([2], [5, 6]), pool: f32([3, 1], [7, 8, 9]) };
    await store.load(before);
    const feeds = {
      gradient: f32([2], [1, -1]),
      stepSize: f32Scalar(0.1),
      correction: f32Scalar(2),
      entry: f32([1, 1], [5]),
      index: i32([], [1]),
    };
    await expect(run({ ...feeds, divisor: i32([1], [0]) })).rejects.toThrow(BackendError);
    expect(await store.read()).toEqual(before);
    await run({ ...feeds, divisor: i32([1], [1]) });
    expect([...((await store.read()).pool?.data ?? [])]).toEqual([7, 5, 9]);
  });
});

describe('what a caller has', () => {
  /** Updates in the model whose results are outputs too, one of them the feed itself. */
  const shown = trace((graph) => {
    const x = graph.input('x', [3]);
    const [a, b] = [graph.variable('a', [3], ZEROS), graph.variable('b', [3], ZEROS)];
    const next = mul(a, x);
    graph.update('a', next);
    graph.update('b', x);
    graph.output('a', next);
    graph.output('x', x);
    graph.output('before', b);
  });
  const trainings: Readonly<Record<string, Training>> = {
    'a CycleGAN': trainingOf(cycleGan(2)),
    pix2pix: trainingOf(pix2pix),
    'shown updates': {
      graph: shown,
      values: { a: f32([3], [1, 2, 3]), b: f32([3], [4, 5, 6]) },
      feeds: (step) => ({ x: f32([3], [step + 2, step + 3, step + 4]) }),
    },
  };

  it.each(Object.keys(trainings))('may be overwritten after each step: %s', async (name) => {
    const training = trainings[name] as Training;
    const untouched = await results(training, { overwrite: false });
    const overwritten = await results(training, { overwrite: true });
    expect(overwritten).toEqual(untouched);
  });
});
