/** Training a segmentation network, as an async iterable of events. Knows no file system and no engine: batches come from a source. */
import type { Backend, Program, VariableStore } from '../backend.ts';
import { compile } from '../compile.ts';
import type { Graph } from '../graph/graph.ts';
import { FCN_NAME } from '../models/fcn.ts';
import type { HostTensor, TensorRecord } from '../tensor.ts';
import { adamFeeds } from './adam.ts';
import { TrainingDiverged } from './errors.ts';
import { loadInitialValues, randomFeeds } from './model.ts';
import { type SegmentationConfig, traceSegmentationStep } from './segmentation-step.ts';

/** Photos in [-1, 1], and the classes of their pixels as `segmentationLoss` takes them. */
export interface LabelledBatch {
  readonly photos: HostTensor;
  readonly labels: HostTensor;
}

/** What to train, on what, for how long. */
export interface SegmentationTraining {
  readonly config: SegmentationConfig;
  readonly backend: Backend;
  /** The batch of a step, counted from 0. */
  readonly batch: (step: number) => Promise<LabelledBatch>;
  /** For the first half of the steps; then it falls linearly, to 0 at the end. */
  readonly learningRate: number;
  readonly steps: number;
  readonly seed: number;
  /** Once aborted, training ends without a network. */
  readonly signal?: { readonly aborted: boolean };
}

/** What happens, in order: `step` counts the steps done, `weights` are the network's variables, statistics included. */
export type SegmentationEvent =
  | { readonly kind: 'step'; readonly step: number; readonly loss: number }
  | { readonly kind: 'done'; readonly weights: TensorRecord };

/** The learning rate of a 0-based step. */
export function segmentationRate(step: number, { learningRate, steps }: Pick<SegmentationTraining, 'learningRate' | 'steps'>): number {
  return learningRate * Math.min(1, 2 * (1 - step / steps));
}

/**
 * Trains from new weights. Throws TrainingDiverged when the loss is not finite, BackendError and ModelError when the network cannot be built, and
 * whatever the batches throw.
 */
export async function* trainSegmentation(training: SegmentationTraining): AsyncGenerator<SegmentationEvent, void, undefined> {
  const { config, backend, seed } = training;
  const graph = traceSegmentationStep(config);
  const store = backend.createStore();
  let program: Program | undefined;
  try {
    program = await compile(backend, graph, { store });
    await loadInitialValues(store, graph, seed);
    yield* steps(training, graph, program);
    if (training.signal?.aborted !== true) yield { kind: 'done', weights: await networkOf(store, graph) };
  } finally {
    program?.dispose();
    store.dispose();
  }
}

/** One step computes while the next one's batch is prepared. */
async function* steps(training: SegmentationTraining, graph: Graph, program: Program): AsyncGenerator<SegmentationEvent, void, undefined> {
  const { config, batch, seed, signal } = training;
  let next = batch(0);
  for (let step = 0; step < training.steps && signal?.aborted !== true; step++) {
    const { photos, labels } = await next;
    const feeds = { ...adamFeeds(segmentationRate(step, training), step + 1, config.adam), ...randomFeeds(graph, { seed, step }) };
    const running = program.run({ photos, labels, ...feeds }, { fetch: ['loss/segmentation'] });
    if (step + 1 < training.steps) {
      next = batch(step + 1);
      // heard of when its turn comes; until then it must not count as unhandled
      next.catch(() => undefined);
    }
    const loss = Number((await (await running)['loss/segmentation'])?.data[0]);
    if (!Number.isFinite(loss)) throw new TrainingDiverged(step + 1, 'loss', { segmentation: loss });
    yield { kind: 'step', step: step + 1, loss };
  }
}

function networkOf(store: VariableStore, graph: Graph): Promise<TensorRecord> {
  return store.read([...graph.variables.keys()].filter((name) => name.startsWith(`${FCN_NAME}/`)));
}
