/** One face for the models that can be trained, so that the trainer and the golden runner need not know which it is. */
import type { VariableStore } from '../backend.ts';
import type { Graph } from '../graph/graph.ts';
import { ModelError } from '../models/specs.ts';
import { initialise } from '../nn/initializers.ts';
import { DROPOUT_FEED } from '../nn/layers.ts';
import { randomStream } from '../random.ts';
import { f32, type HostTensor, sizeOf, type TensorRecord } from '../tensor.ts';
import { adamFeeds } from './adam.ts';
import { type CycleGanConfig, type StepOptions, traceCycleGanSamples, traceCycleGanStep, weightFeeds } from './cyclegan-step.ts';
import { poolDecisions, poolFeeds } from './image-pool.ts';
import { type Pix2PixConfig, tracePix2PixSamples, tracePix2PixStep } from './pix2pix-step.ts';

/** What is trained. */
export type ModelConfig = CycleGanConfig | Pix2PixConfig;

/** The training step of a model. */
export function traceStep(config: ModelConfig, options: StepOptions = {}): Graph {
  return config.kind === 'cyclegan' ? traceCycleGanStep(config, options) : tracePix2PixStep(config, options);
}

/** What a model makes of a batch, changing nothing; with `patches` also what its discriminators say of it. */
export function traceSamples(config: ModelConfig, options: { readonly training?: boolean; readonly patches?: boolean } = {}): Graph {
  return config.kind === 'cyclegan' ? traceCycleGanSamples(config, options) : tracePix2PixSamples(config, options);
}

/**
 * Values of all of a graph's variables before step 0 of a run of `seed`: those `given`, the others new. Throws ModelError naming a given
 * one that the graph does not have.
 */
export function initialValues(graph: Graph, seed: number, given: TensorRecord = {}): TensorRecord {
  return Object.fromEntries(eachInitialValue(graph, seed, given));
}

/** Loads into `store` what `initialValues` returns, one variable at a time, so that it is never in memory twice. Throws as that does. */
export async function loadInitialValues(store: VariableStore, graph: Graph, seed: number, given: TensorRecord = {}): Promise<void> {
  for (const [name, value] of eachInitialValue(graph, seed, given)) await store.load({ [name]: value });
}

/** Throws ModelError naming a given variable that the graph does not have. */
export function checkGiven(graph: Graph, given: TensorRecord): void {
  for (const name of Object.keys(given)) {
    if (graph.variables.has(name)) continue;
    throw new ModelError(
      `the model has no variable ${name}: the weights belong to one with other settings; use the settings they were made with.`,
    );
  }
}

function* eachInitialValue(graph: Graph, seed: number, given: TensorRecord): Generator<readonly [string, HostTensor], void, undefined> {
  checkGiven(graph, given);
  for (const variable of graph.variables.values()) {
    const { name, init } = variable;
    yield [name, given[name] ?? initialise(name, variable, init, seed)];
  }
}

/** The variables of `graph` out of a record that may hold more; throws ModelError naming one that is missing. */
export function pickVariables(record: TensorRecord, graph: Graph): TensorRecord {
  return Object.fromEntries(
    [...graph.variables.keys()].map((name) => {
      const tensor = record[name];
      if (tensor !== undefined) return [name, tensor];
      throw new ModelError(
        `there is no value for the variable ${name}: the weights belong to a model with other settings; use the settings they were made with.`,
      );
    }),
  );
}

/** Feeds of a 0-based step that do not come from the data: optimiser scalars, loss weights, buffer decisions, dropout masks, penalty positions. */
export function stepFeeds(
  config: ModelConfig,
  graph: Graph,
  { seed, step, learningRate }: { readonly seed: number; readonly step: number; readonly learningRate: number },
): TensorRecord {
  const size = config.kind === 'cyclegan' ? config.poolSize : 0;
  const pools =
    size === 0 ? [] : ['fakeA', 'fakeB'].map((name) => poolFeeds(name, poolDecisions(name, { seed, step, batch: config.batch, size })));
  const feeds: TensorRecord = Object.assign(
    {},
    adamFeeds(learningRate, step + 1, config.adam),
    weightFeeds(config.weights),
    ...pools,
    randomFeeds(graph, { seed, step }),
  );
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => graph.inputs.has(name)));
}

/** Feeds of a 0-based step that are drawn at random: dropout masks, and where the gradient penalty looks. */
export function randomFeeds(graph: Graph, { seed, step }: { readonly seed: number; readonly step: number }): TensorRecord {
  const drawn = [...graph.inputs].flatMap(([name, { shape }]) => {
    if (name.startsWith(DROPOUT_FEED)) return [[name, dropoutMask(name, shape, seed, step)] as const];
    return name.startsWith('penalty/') ? [[name, penaltyPositions(name, shape, seed, step)] as const] : [];
  });
  return Object.fromEntries(drawn);
}

function dropoutMask(name: string, shape: readonly number[], seed: number, step: number): HostTensor {
  const { bits } = randomStream(seed, name);
  const mask = new Float32Array(sizeOf(shape));
  // millions of samples a step: a word is drawn once for its 32 bits
  for (let start = 0; start < mask.length; start += 32) {
    const word = bits(step, start >>> 5);
    const end = Math.min(start + 32, mask.length);
    for (let at = start; at < end; at++) mask[at] = (word >>> (at - start)) & 1;
  }
  return f32(shape, mask);
}

function penaltyPositions(name: string, shape: readonly number[], seed: number, step: number): HostTensor {
  const { uniform } = randomStream(seed, name);
  return f32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, at) => uniform(step, at)),
  );
}
