/**
 * The program's side of the training thread: starts it, serves it batches, and hands on what happens there. Knows the protocol and
 * threads, and nothing of runs.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { BatchSource } from '@cyclegan/core';
import { RunError } from '../errors.ts';
import { type FromThread, packError, type ThreadEvent, type ToThread, type TrainJob, unpackError } from './train-protocol.ts';

/** From sources the thread is started from its source. */
const FILE = new URL(import.meta.url.endsWith('.ts') ? './train-worker.ts' : './train-worker.js', import.meta.url);

/** What to train, on which data, until when. */
export interface ThreadOptions {
  readonly job: Omit<TrainJob, 'abort' | 'stepsPerEpoch' | 'shape'>;
  readonly data: BatchSource;
  /** Once aborted, the steps under way are finished, a checkpoint follows, and training ends. */
  readonly signal: AbortSignal;
}

/**
 * Trains in a thread and reports. Asking for the next event says that the last one was dealt with; meanwhile training goes on until the
 * event after it. The variables of `job.resume` and `job.initial`, and `job.sampleBatches`, move to the thread. Throws what the thread throws, and RunError when it runs out of memory.
 */
export async function* trainInThread(options: ThreadOptions): AsyncGenerator<ThreadEvent, void, undefined> {
  const thread = new TrainingThread(options);
  try {
    for (let event = await thread.next(); event !== undefined; event = await thread.next()) {
      yield event;
      thread.post({ kind: 'taken' });
    }
    await thread.ended;
  } finally {
    // a thread is never ended from outside: ONNX Runtime would bring the program down. It stops after its step.
    thread.stop();
  }
}

class TrainingThread {
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #options: ThreadOptions;
  readonly #flag: Int32Array;
  readonly #events: ThreadEvent[] = [];
  #error: unknown;
  #over = false;
  #wake: () => void = () => undefined;

  constructor(options: ThreadOptions) {
    const { job, data, signal } = options;
    const abort = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.#options = options;
    this.#flag = new Int32Array(abort);
    signal.addEventListener('abort', () => this.#abort());
    const { stepsPerEpoch, shape } = data;
    const workerData: TrainJob = { ...job, stepsPerEpoch, shape, abort };
    const tensors = [...Object.values({ ...job.resume?.variables, ...job.initial }), ...job.sampleBatches.flatMap(({ A, B }) => [A, B])];
    const moved = new Set(tensors.map((tensor) => tensor.data.buffer as ArrayBuffer));
    // engines read the environment of the process, which a thread of its own copy could not set for them
    this.#worker = new Worker(FILE, { workerData, transferList: [...moved], env: SHARE_ENV });
    this.#worker.on('message', (message: FromThread) => this.#hear(message));
    this.#worker.on('error', (error) => this.#fail(explain(error)));
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#over = true;
        this.#wake();
        resolve();
      });
    });
  }

  /** The next event; undefined when training is over. */
  async next(): Promise<ThreadEvent | undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      if (this.#error !== undefined) throw this.#error;
      if (this.#over) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  stop(): void {
    this.#abort();
    this.post({ kind: 'stop' });
  }

  #abort(): void {
    Atomics.store(this.#flag, 0, 1);
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'event':
        this.#events.push(message.event);
        this.#wake();
        return;
      case 'want':
        void this.#serve(message.step);
        return;
      case 'failed':
        this.#fail(unpackError(message.error));
    }
  }

  async #serve(step: number): Promise<void> {
    try {
      this.post({ kind: 'batch', step, batch: await this.#options.data.batch(step) });
    } catch (error) {
      this.post({ kind: 'no batch', step, error: packError(error) });
    }
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    this.#wake();
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new RunError(
    'the training thread is out of JavaScript memory: the model has too many layers or too large pictures for it. Choose fewer --blocks or a smaller --ngf or --size, or give Node more: NODE_OPTIONS=--max-old-space-size=8192.',
    { cause: error },
  );
}
