/**
 * What the training thread and the program say to each other, and how errors cross: structured cloning keeps neither their class
 * nor their name. Knows nothing of runs.
 */
import type {
  Batch,
  DeviceInfo,
  KernelTime,
  MemoryUse,
  ModelConfig,
  Precision,
  Schedule,
  TensorRecord,
  TrainEvent,
  TrainingState,
} from '@cyclegan/core';
import type { BackendChoice } from '../backends.ts';
import { RunError, UsageError } from '../errors.ts';
import type { RunEstimate } from '../estimate/run-estimate.ts';

/** What the thread is to train; everything in it can be cloned. */
export interface TrainJob {
  readonly choice: BackendChoice;
  readonly model: ModelConfig;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly maxSteps: number;
  readonly memory?: MemoryUse;
  readonly precision?: Precision;
  readonly sampleEvery: number;
  /** Move to the thread as well. */
  readonly sampleBatches: readonly Batch[];
  readonly samplePatches: boolean;
  readonly checkpointEvery: number;
  readonly checkpointEveryEpochs: number;
  readonly stepsPerEpoch: number;
  readonly shape: {
    readonly batch: number;
    readonly channels: { readonly A: number; readonly B: number };
    readonly height: number;
    readonly width: number;
  };
  /** Its variables move to the thread. */
  readonly resume?: TrainingState;
  /** Move to the thread as well. */
  readonly initial?: TensorRecord;
  /** One i32: not 0 once training is to end after the steps under way. */
  readonly abort: SharedArrayBuffer;
}

/** What the thread computes on. */
export interface Engine {
  readonly name: string;
  readonly device: DeviceInfo;
}

/** Where the time of some steps went. */
export interface KernelProfile {
  /** The steps, those of this time alone. */
  readonly steps: number;
  /** By kernel, the longest first, samples included; missing where the device cannot tell. */
  readonly kernels: readonly KernelTime[] | undefined;
}

/**
 * What happens in the thread, in order: the trainer's events, after the engine is there and it is known what training will take, and before the
 * last of them a profile, where one is wanted.
 */
export type ThreadEvent =
  | TrainEvent
  | ({ readonly kind: 'estimate' } & RunEstimate)
  | ({ readonly kind: 'engine' } & Engine)
  | ({ readonly kind: 'profile' } & KernelProfile);

/** From the thread. Each event but the newest has been taken by the program before the next one is sent. */
export type FromThread =
  | { readonly kind: 'event'; readonly event: ThreadEvent }
  | { readonly kind: 'want'; readonly step: number }
  | { readonly kind: 'failed'; readonly error: PackedError };

/** To the thread. */
export type ToThread =
  | { readonly kind: 'batch'; readonly step: number; readonly batch: Batch }
  | { readonly kind: 'no batch'; readonly step: number; readonly error: PackedError }
  | { readonly kind: 'taken' }
  | { readonly kind: 'stop' };

/** An error as a message. */
export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** Classes that the program tells apart, by name. */
const CLASSES = { UsageError, RunError, TypeError, RangeError, ReferenceError, SyntaxError } as const;

/** An error, or whatever was thrown, as a message. */
export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return stack === undefined ? { name, message } : { name, message, stack };
}

/** The error again: of its class where the program tells it apart, else with its name. */
export function unpackError({ name, message, stack }: PackedError): Error {
  const Class = Object.entries(CLASSES).find(([known]) => known === name)?.[1] ?? Error;
  const error = new Class(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
