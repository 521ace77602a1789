/** Models small enough to train in a test, pictures for them, and single runs of their graphs on the reference backend. */
import { type CycleGanConfig, cycleGanModel, type Graph, optimise, type Shape, sizeOf } from '../../../src/index.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import type { HostTensor, TensorRecord } from '../../../src/tensor.ts';
import { randomTensor } from '../../../src/testing/index.ts';
import { initialValues, type ModelConfig, stepFeeds } from '../../../src/training/model.ts';
import { type CycleGanOptions, type DiscriminatorShape, PAPER_GENERATOR } from '../../../src/training/paper-model.ts';

/** A ResNet of one block. */
export const TINY_GENERATOR = { ...PAPER_GENERATOR, filters: 2, blocks: 1 };

/** A PatchGAN of one layer. */
export const TINY_DISCRIMINATOR: DiscriminatorShape = { kind: 'patch', filters: 2, layers: 1, norm: 'instance' };

/** A CycleGAN on 8 x 8 pictures without a buffer, but for what `options` says. */
export function tinyModel(options: Partial<CycleGanOptions> = {}): CycleGanConfig {
  return cycleGanModel({
    height: 8,
    width: 8,
    generator: TINY_GENERATOR,
    discriminator: TINY_DISCRIMINATOR,
    poolSize: 0,
    init: { kind: 'normal', gain: 0.3 },
    ...options,
  });
}

/** Pictures for one step of `model`, others for another `key`. */
export function tinyBatch({ batch, generatorAB, height, width }: ModelConfig, key: string): { A: HostTensor; B: HostTensor } {
  return {
    A: randomTensor([batch, generatorAB.inputChannels, height, width], `A/${key}`),
    B: randomTensor([batch, generatorAB.outputChannels, height, width], `B/${key}`),
  };
}

/** Everything that step 0 of `model` is fed. */
export function tinyFeeds(model: ModelConfig, graph: Graph, { learningRate = 1e-3, step = 0 } = {}): TensorRecord {
  return { ...tinyBatch(model, `step ${step}`), ...stepFeeds(model, graph, { seed: 3, step, learningRate }) };
}

/** Values for all variables as at the start of a run, but for biases and offsets, which are no longer 0. */
export function livelyValues(graph: Graph): Record<string, HostTensor> {
  const biases = [...graph.variables.values()].filter(({ name }) => /\/(bias|offset)$/.test(name) && !name.startsWith('adam/'));
  const lively = biases.map(({ name, shape }) => [name, scale(randomTensor(shape, name), 0.3)] as const);
  return { ...initialValues(graph, 5), ...Object.fromEntries(lively) };
}

function scale(tensor: HostTensor, factor: number): HostTensor {
  return { ...tensor, data: Float64Array.from(tensor.data, (value) => value * factor) };
}

/** What a run gives: all outputs, and the variables after it. */
interface RunResult {
  readonly outputs: Record<string, HostTensor>;
  readonly state: TensorRecord;
}

/** One run on the given variables. */
export async function runOnce(graph: Graph, feeds: TensorRecord, values: TensorRecord = {}): Promise<RunResult> {
  return runProgram(optimise(graph, []), feeds, values);
}

/** As runOnce, of a graph of primitives as it is. */
export async function runProgram(graph: Graph, feeds: TensorRecord, values: TensorRecord): Promise<RunResult> {
  const backend = createReferenceBackend();
  const store = backend.createStore();
  const program = await backend.compile(graph, { store });
  await store.load(values);
  const outputs = Object.entries(await program.run(feeds)).map(async ([name, value]) => [name, await value] as const);
  return { outputs: Object.fromEntries(await Promise.all(outputs)), state: await store.read() };
}

/** The part of a record whose names begin with `prefix`, under the rest of the name. */
export function under(record: TensorRecord, prefix: string): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])),
  );
}

/** Total number of elements of the weights (no running statistics) in a graph. */
export function weightCount(graph: Graph): number {
  const weights = [...graph.variables.values()].filter(({ name }) => /^(gen|disc)/.test(name) && !/\/(mean|variance)$/.test(name));
  return weights.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** Ones, twos, threes ... of a shape in row-major order, times `factor`. */
export function counting(shape: Shape, factor = 1): HostTensor {
  return { shape, dtype: 'f32', data: Float64Array.from({ length: sizeOf(shape) }, (_, at) => (at + 1) * factor) };
}
