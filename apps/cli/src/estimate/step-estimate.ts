/**
 * What training takes of memory and time: the cost that core tells from its graph, with what each backend needs on top and how fast
 * it is here. Knows no commands.
 */
import {
  type Backend,
  type HeldBytes,
  type MemoryUse,
  type ModelConfig,
  measureSpeed,
  type Precision,
  type Speed,
  type StepCost,
  secondsOf,
  stepCost,
  usualSecondsOf,
} from '@cyclegan/core';
import { hasOwnMemory } from '../backends.ts';

/** A training before it has begun. */
export interface StepEstimate extends StepCost {
  /** Bytes of the process, decoded pictures left out, or on the device where that has memory of its own. */
  readonly bytes: number;
}

const MB = 2 ** 20;

/**
 * Bytes of the process that trains on the CPU, by backend, or by backend and device. Fitted to the peak memory of 24 models' steps on ONNX Runtime, ResNets and U-Nets, CycleGAN and pix2pix,
 * instance and batch norm, from 16 x 16 to 256 x 256, each fast and low: 0.13 to 3.6 GB, of which the worst is 14 % off. Kernels of
 * stride 1 are kept transformed as well; the first megabytes of activations cost more than the others, since scratch memory has a bound.
 */
const PROCESS_BYTES: Readonly<Record<string, (held: HeldBytes) => number>> = {
  onnx: ({ variables, kernels, activations }) => {
    const first = Math.min(activations, 60 * MB);
    return 146 * MB + variables + 2.84 * kernels + 6.18 * first + 3.01 * (activations - first);
  },
  // fitted to seven models' steps, from 32 x 32 to 256 x 256: at most a tenth off
  tfjs: ({ variables, activations }) => 125 * MB + 3.3 * variables + 2.7 * activations,
  'tfjs node': ({ variables, activations }) => 460 * MB + 1.8 * variables + 1.6 * activations,
  // numbers of twice the size
  reference: ({ variables, activations }) => 150 * MB + 2 * (variables + activations),
};

/** What a step of a model takes on a backend; throws ModelError for a model that cannot be built. */
export function estimateStep(
  model: ModelConfig,
  { name, device, capabilities }: Pick<Backend, 'name' | 'device' | 'capabilities'>,
  { memory, precision }: { readonly memory?: MemoryUse | undefined; readonly precision?: Precision | undefined } = {},
): StepEstimate {
  const cost = stepCost(model, { composites: capabilities.composites, memory, precision });
  const { held } = cost;
  if (hasOwnMemory(device.kind)) return { ...cost, bytes: held.variables + held.activations };
  const processBytes = PROCESS_BYTES[`${name} ${device.kind}`] ?? PROCESS_BYTES[name];
  const ofSteps = processBytes?.(held) ?? held.variables + held.activations;
  // a checkpoint is written from a copy, while the next steps are computed
  return { ...cost, bytes: ofSteps + held.variables };
}

/** What decides how much memory decoded pictures take. */
export interface PicturesKept {
  readonly loadHeight: number;
  readonly loadWidth: number;
  readonly channelsA: number;
  readonly channelsB: number;
  readonly bitDepth: number;
}

/** Pictures are decoded once, as far as this suffices. */
const DEFAULT_CACHE_MB = 512;

/** Bytes of the decoded pictures that a training keeps, of so many of A and of B. */
export function pictureBytes(
  { loadHeight, loadWidth, channelsA, channelsB, bitDepth }: PicturesKept,
  [A, B]: readonly [A: number, B: number],
  cacheMb = DEFAULT_CACHE_MB,
): number {
  const samples = loadHeight * loadWidth * (A * channelsA + B * channelsB);
  return Math.min(cacheMb * MB, samples * (bitDepth / 8));
}

/** How fast a backend is here; takes about a second. */
export function speedHere(backend: Backend): Promise<Speed> {
  return measureSpeed(backend, () => performance.now());
}

/** Seconds of a run from which on it is worth a second to know how long it takes. */
const WORTH_MEASURING = 60;

/** Seconds that each of `steps` takes; undefined where they are over so soon that to measure it would take longer than it tells. */
export async function secondsAStep(backend: Backend, { work }: StepEstimate, steps: number): Promise<number | undefined> {
  return usualSecondsOf(work) * steps < WORTH_MEASURING ? undefined : secondsOf(work, await speedHere(backend));
}
