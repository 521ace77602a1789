/**
 * The training thread: an engine and core's trainer, away from the program, so that a step, however long, keeps neither signals nor
 * files waiting. Batches come in and events go out as messages; this file touches no file and no terminal.
 */
import { type MessagePort, parentPort, type Transferable, workerData } from 'node:worker_threads';
import { type Backend, type Batch, type BatchSource, type HostTensor, train } from '@cyclegan/core';
import { createBackend } from '../backends.ts';
import { RunError } from '../errors.ts';
import { machineMemory } from '../estimate/machine-memory.ts';
import type { RunEstimate } from '../estimate/run-estimate.ts';
import { estimateStep, secondsAStep } from '../estimate/step-estimate.ts';
import { type FromThread, packError, type ThreadEvent, type ToThread, type TrainJob, unpackError } from './train-protocol.ts';

interface Waiting {
  readonly resolve: (batch: Batch) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread's end of the conversation. */
class Program {
  readonly #port: MessagePort;
  readonly #maxSteps: number;
  readonly #batches = new Map<number, Promise<Batch>>();
  readonly #waiting = new Map<number, Waiting>();
  /** Resolves when the last event was taken. */
  taken: Promise<void> = Promise.resolve();
  #onTaken: () => void = () => undefined;
  /** The program wants nothing more. */
  stopped = false;

  constructor(port: MessagePort, { maxSteps }: TrainJob) {
    this.#port = port;
    this.#maxSteps = maxSteps;
    port.on('message', (message: ToThread) => this.#hear(message));
  }

  /** Sends an event once the one before it was taken, so that events do not pile up where training is faster than the disk. */
  async tell(event: ThreadEvent): Promise<void> {
    await this.taken;
    if (this.stopped) return;
    this.taken = new Promise((resolve) => {
      this.#onTaken = resolve;
    });
    this.#post({ kind: 'event', event }, event.kind === 'checkpoint' ? buffersOf(Object.values(event.state.variables)) : []);
  }

  /** The batch of a step; the next one is asked for as well, to be there in time. */
  batch(step: number): Promise<Batch> {
    const batch = this.#want(step);
    this.#batches.delete(step);
    if (step + 1 < this.#maxSteps) this.#want(step + 1);
    return batch;
  }

  fail(error: unknown): void {
    this.#post({ kind: 'failed', error: packError(error) });
  }

  async close(): Promise<void> {
    await this.taken;
    this.#port.close();
  }

  #want(step: number): Promise<Batch> {
    const known = this.#batches.get(step);
    if (known !== undefined) return known;
    const batch = new Promise<Batch>((resolve, reject) => {
      this.#waiting.set(step, { resolve, reject });
    });
    // one asked for in advance may never be used
    batch.catch(() => undefined);
    this.#batches.set(step, batch);
    this.#post({ kind: 'want', step });
    return batch;
  }

  #hear(message: ToThread): void {
    switch (message.kind) {
      case 'batch':
        this.#waiting.get(message.step)?.resolve(message.batch);
        this.#waiting.delete(message.step);
        return;
      case 'no batch':
        this.#waiting.get(message.step)?.reject(unpackError(message.error));
        this.#waiting.delete(message.step);
        return;
      case 'taken':
        this.#onTaken();
        return;
      case 'stop':
        this.stopped = true;
        this.#onTaken();
        for (const { reject } of this.#waiting.values()) reject(new RunError('training was stopped.'));
    }
  }

  #post(message: FromThread, moved: readonly Transferable[] = []): void {
    this.#port.postMessage(message, moved);
  }
}

/** The memory under tensors, each piece once. */
function buffersOf(tensors: readonly HostTensor[]): ArrayBuffer[] {
  return [...new Set(tensors.map(({ data }) => data.buffer))].filter((buffer) => buffer instanceof ArrayBuffer);
}

/** What training will take. */
async function estimate(backend: Backend, { model, memory, precision, maxSteps, resume }: TrainJob): Promise<RunEstimate> {
  const step = estimateStep(model, backend, { memory, precision });
  // what only tells how long it takes must not keep a run from starting
  const seconds = await secondsAStep(backend, step, maxSteps - (resume?.step ?? 0)).catch(() => undefined);
  // pictures come on top
  if (memory === 'low' || step.bytes <= machineMemory().free / 2) return { bytes: step.bytes, seconds };
  return { bytes: step.bytes, seconds, lowBytes: estimateStep(model, backend, { memory: 'low', precision }).bytes };
}

async function work(program: Program, job: TrainJob): Promise<void> {
  const { choice, stepsPerEpoch, shape, abort, ...options } = job;
  const data: BatchSource = { stepsPerEpoch, shape, batch: (step) => program.batch(step) };
  const flag = new Int32Array(abort);
  const signal = {
    get aborted() {
      return Atomics.load(flag, 0) !== 0;
    },
  };
  const backend = await createBackend(choice);
  try {
    await program.tell({ kind: 'estimate', ...(await estimate(backend, job)) });
    await program.tell({ kind: 'engine', name: backend.name, device: backend.device });
    let steps = 0;
    for await (const event of train({ ...options, backend, data, signal })) {
      if (event.kind === 'step') steps++;
      if (event.kind === 'done' && choice.kernelTimes === true)
        await program.tell({ kind: 'profile', steps, kernels: await backend.kernelTimes?.() });
      await program.tell(event);
      // no step before the run has its folder
      if (event.kind === 'ready') await program.taken;
      if (program.stopped) break;
    }
  } finally {
    await backend.dispose();
  }
}

if (parentPort === null) throw new Error('train-worker is started by the command train, as a thread.');
const job = workerData as TrainJob;
const program = new Program(parentPort, job);
try {
  await work(program, job);
} catch (error) {
  if (!program.stopped) program.fail(error);
}
await program.close();
