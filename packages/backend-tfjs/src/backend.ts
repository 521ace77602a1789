/**
 * The tfjs backend: graphs run op by op on the kernels of TensorFlow.js, and never on its gradients, some of which are wrong.
 */
import { availableParallelism } from 'node:os';
import { type Backend, BackendError, type Program } from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';
import { type OpenDevice, openDevice, type TfjsDevice } from './devices.ts';
import { liveTensors } from './engine.ts';
import { composedPrimitives, NATIVE_COMPOSITES } from './lowering/kernels.ts';
import { TfjsProgram } from './program.ts';
import { TfjsStore } from './store.ts';
import { DTYPES } from './tensors.ts';

/** Settings of the tfjs backend. */
export interface TfjsOptions {
  /** Which engine computes; `wasm` unless given. */
  readonly device?: TfjsDevice;
  /** CPU threads, where the engine has them; all cores unless given. TensorFlow itself takes the number of the first backend in a process. */
  readonly threads?: number;
}

/**
 * A backend on TensorFlow.js, for example `await createTfjsBackend({ device: 'node' })`. Throws DeviceError, with the remedy, when the device
 * cannot be used: `node` and `node-gpu` need a package that is not installed by default, `webgpu` an adapter.
 */
export async function createTfjsBackend({ device = 'wasm', threads = availableParallelism() }: TfjsOptions = {}): Promise<Backend> {
  if (!Number.isInteger(threads) || threads < 1) throw new BackendError(`threads: expected a whole number of at least 1, got ${threads}.`);
  return new TfjsBackend(device, await openDevice(device, threads));
}

class TfjsBackend implements Backend {
  readonly name = 'tfjs';
  readonly device;
  readonly capabilities;
  readonly #open: OpenDevice;
  readonly #programs = new Set<TfjsProgram>();

  constructor(kind: TfjsDevice, open: OpenDevice) {
    this.#open = open;
    open.engine.use();
    this.capabilities = { dtypes: DTYPES, composites: NATIVE_COMPOSITES, composed: composedPrimitives() };
    const { details, threads } = open;
    const version = `TensorFlow.js ${tf.version_core}`;
    const description = details === undefined ? version : `${version}, ${details}`;
    this.device = { kind, description, ...(threads === undefined ? {} : { threads }) };
  }

  createStore(): TfjsStore {
    return new TfjsStore(this.#open.engine);
  }

  async compile(...[graph, { store }]: Parameters<Backend['compile']>): Promise<Program> {
    if (!(store instanceof TfjsStore) || store.engine !== this.#open.engine)
      throw new BackendError("tfjs: the store belongs to another backend; make it with this backend's createStore.");
    const program = new TfjsProgram(graph, store);
    for (const known of this.#programs) if (known.disposed) this.#programs.delete(known);
    this.#programs.add(program);
    return program;
  }

  /** Tensors that TensorFlow.js holds, those of its other engines in this process included. */
  liveTensors(): number {
    return liveTensors();
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs) program.dispose();
    this.#programs.clear();
    this.#open.dispose();
  }
}
