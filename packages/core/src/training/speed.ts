/**
 * How fast an engine trains, measured on small steps of training of three kinds: one whose time goes into multiplications, one whose time
 * goes into moving tensors, and one of many small operations. Knows no engine.
 */
import type { Backend } from '../backend.ts';
import { compile } from '../compile.ts';
import { type Graph, trace } from '../graph/graph.ts';
import { resnetGenerator } from '../models/resnet.ts';
import { PAPER_INIT } from '../nn/initializers.ts';
import { Scope } from '../nn/scope.ts';
import { abs, meanAll } from '../ops.ts';
import { optimise } from '../passes/passes.ts';
import { f32, type HostTensor, type Shape, sizeOf } from '../tensor.ts';
import { adamFeeds, descend, PAPER_ADAM } from './adam.ts';
import { type Work, workOf } from './estimate.ts';

/** Seconds that each part of some work takes. */
export interface Speed {
  readonly secondsPerProduct: number;
  readonly secondsPerByte: number;
  readonly secondsPerNode: number;
}

/** A generator that learns by itself, of pictures of `size` x `size`. */
interface Sample {
  readonly size: number;
  readonly filters: number;
  readonly blocks: number;
}

/** What is measured: many small operations, much moved for what is multiplied, and the reverse. */
const SAMPLES: readonly Sample[] = [
  { size: 8, filters: 2, blocks: 2 },
  { size: 16, filters: 64, blocks: 1 },
  { size: 128, filters: 32, blocks: 3 },
];

/** Seconds that a sample may take; a larger one is left out. */
const LONGEST = 0.5;

/** Runs of each, of which the fastest counts; the first only warms up, unless it took so long that no other follows. */
const RUNS = 4;

/** What two cores of a server do; of a measured speed it gives the proportions alone. */
const USUAL_SPEED: Speed = { secondsPerProduct: 1.7e-11, secondsPerByte: 1.2e-10, secondsPerNode: 7e-6 };
const USUAL = [USUAL_SPEED.secondsPerProduct, USUAL_SPEED.secondsPerByte, USUAL_SPEED.secondsPerNode] as const;

/** How much a departure from the usual proportions weighs beside an error of a timing. */
const PULL = 0.3;

/** Rounds of the fit, which comes to rest long before. */
const ROUNDS = 1000;

const LEARNING_RATE = 2e-4;

/**
 * Measures an engine by a clock of milliseconds, such as `performance.now`; takes about a second. A slow engine is judged by the smallest
 * samples alone. With ONNX Runtime on two cores steps of seven ResNets and U-Nets from 64 x 64 to 256 x 256 were predicted at 0.77 to 1.21 of
 * what they took, when the machine was as busy before as during them.
 */
export async function measureSpeed(backend: Backend, now: () => number): Promise<Speed> {
  const timings: Timing[] = [];
  for (const sample of SAMPLES) {
    const graph = sampleGraph(sample);
    const work = workOf(optimise(graph, backend.capabilities.composites));
    if (timings.length > 0 && secondsOf(work, fitSpeed(timings)) > LONGEST) break;
    timings.push({ work, seconds: await timed(backend, graph, now) });
  }
  return fitSpeed(timings);
}

/** About what some work takes on two cores of a server. */
export function usualSecondsOf(work: Work): number {
  return secondsOf(work, USUAL_SPEED);
}

/** Seconds that some work takes at some speed. */
export function secondsOf({ products, bytes, nodes }: Work, { secondsPerProduct, secondsPerByte, secondsPerNode }: Speed): number {
  return products * secondsPerProduct + bytes * secondsPerByte + nodes * secondsPerNode;
}

/** Some work, and the seconds that it took. */
export interface Timing {
  readonly work: Work;
  readonly seconds: number;
}

/**
 * The speed at which timings come out with the least squared relative error, no part of it below 0, and drawn towards the usual proportions,
 * since a timing may have been disturbed.
 */
export function fitSpeed(timings: readonly Timing[]): Speed {
  const rows = timings.map(({ work, seconds }) => partsOf(work).map((part) => part / seconds));
  const usual = rows.map((row) => row.reduce((total, part, k) => total + part * (USUAL[k] as number), 0));
  const scale = sum(usual) / sum(usual.map((seconds) => seconds ** 2));
  const speed = USUAL.map((part) => part * scale);
  const pulls = speed.map((part) => PULL / part);
  // coordinate descent: each part in turn takes what the others leave of 1
  for (let round = 0; round < ROUNDS; round++) {
    for (const [k, pull] of pulls.entries()) {
      const left = rows.map((row) => 1 - sum(row.map((part, j) => (j === k ? 0 : part * (speed[j] as number)))));
      const own = rows.map((row) => row[k] as number);
      const along = sum(own.map((part, i) => part * (left[i] as number))) + pull * PULL;
      speed[k] = Math.max(0, along / (sum(own.map((part) => part ** 2)) + pull ** 2));
    }
  }
  const [secondsPerProduct = 0, secondsPerByte = 0, secondsPerNode = 0] = speed;
  return { secondsPerProduct, secondsPerByte, secondsPerNode };
}

function partsOf({ products, bytes, nodes }: Work): readonly number[] {
  return [products, bytes, nodes];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function timed(backend: Backend, graph: Graph, now: () => number): Promise<number> {
  const picture = anyValue(graph.inputs.get('picture')?.shape ?? []);
  const feeds = { picture, ...adamFeeds(LEARNING_RATE, 1, PAPER_ADAM) };
  const store = backend.createStore();
  const program = await compile(backend, graph, { store });
  try {
    for (const [name, { shape }] of graph.variables) await store.load({ [name]: anyValue(shape) });
    let seconds = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run++) {
      const begun = now();
      await (await program.run(feeds)).loss;
      const taken = (now() - begun) / 1000;
      if (taken > LONGEST) return Math.min(seconds, taken);
      if (run > 0) seconds = Math.min(seconds, taken);
    }
    return seconds;
  } finally {
    program.dispose();
    store.dispose();
  }
}

/** Small numbers, none of them so small that it is slow to compute with. */
function anyValue(shape: Shape): HostTensor {
  return f32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, at) => ((at % 97) + 1) / 5000),
  );
}

/** A training step of the sample. */
function sampleGraph({ size, filters, blocks }: Sample): Graph {
  const spec = { kind: 'resnet', filters, blocks, norm: 'instance', dropout: false, inputChannels: 3, outputChannels: 3 } as const;
  return trace((graph) => {
    const picture = graph.input('picture', [1, 3, size, size]);
    const scope = new Scope(graph, 'sample');
    const loss = meanAll(abs(resnetGenerator(scope, picture, spec, { init: PAPER_INIT, training: true })));
    descend(graph, loss, { learning: [scope], frozen: [], adam: PAPER_ADAM });
    scope.commit();
    graph.output('loss', loss);
  });
}
