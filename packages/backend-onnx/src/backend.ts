/**
 * The onnx backend: graphs become ONNX models, which ONNX Runtime executes on the CPU or on a device that it has a provider for.
 */
import { availableParallelism } from 'node:os';
import { type Backend, BackendError, type Program, trace } from '@cyclegan/core';
import { encodeOnnxModel } from '@cyclegan/formats';
import type { InferenceSession } from 'onnxruntime-node';
import type { OnnxDevice } from './devices.ts';
import { graphToOnnx } from './lowering/graph-to-onnx.ts';
import { NATIVE_COMPOSITES } from './lowering/lower.ts';
import { OnnxProgram } from './program.ts';
import { loadRuntime, openDevice, type Runtime, type SessionSettings } from './runtime.ts';
import { OnnxStore } from './store.ts';
import { DTYPES } from './tensors.ts';

/** Settings of the onnx backend. */
export interface OnnxOptions {
  /** Where ONNX Runtime runs; `cpu` unless given. */
  readonly device?: OnnxDevice;
  /** CPU threads of one op; all cores unless given. */
  readonly threads?: number;
  /** Prefix of the files that ONNX Runtime writes its own profiles to: one for each program, whole once the program was disposed of. */
  readonly profile?: string;
}

/**
 * A backend on ONNX Runtime, for example `await createOnnxBackend({ threads: 4 })`. Throws BackendError, with the remedy, when
 * onnxruntime-node is not installed or cannot use the device.
 */
export async function createOnnxBackend({ device = 'cpu', threads = availableParallelism(), profile }: OnnxOptions = {}): Promise<Backend> {
  if (!Number.isInteger(threads) || threads < 1) throw new BackendError(`threads: expected a whole number of at least 1, got ${threads}.`);
  const runtime = await loadRuntime();
  const settings = { device, threads };
  const deviceSession = await openDevice(runtime, trivialModel(), settings);
  return new OnnxBackend(runtime, profile === undefined ? settings : { ...settings, profile }, deviceSession);
}

/** A model that returns its input. */
function trivialModel(): Uint8Array {
  return encodeOnnxModel(graphToOnnx(trace((graph) => graph.output('y', graph.input('x', [1])))).model);
}

class OnnxBackend implements Backend {
  readonly name = 'onnx';
  readonly device;
  readonly capabilities = { dtypes: DTYPES, composites: NATIVE_COMPOSITES };
  readonly #runtime: Runtime;
  readonly #settings: SessionSettings;
  readonly #deviceSession: InferenceSession;
  readonly #programs = new Set<OnnxProgram>();
  #disposed = false;

  constructor(runtime: Runtime, settings: SessionSettings, deviceSession: InferenceSession) {
    this.#runtime = runtime;
    this.#settings = settings;
    this.#deviceSession = deviceSession;
    const { device: kind, threads } = settings;
    this.device = { kind, description: `onnxruntime-node ${runtime.env.versions.node ?? ''}`.trim(), threads };
  }

  createStore(): OnnxStore {
    return new OnnxStore(this.#runtime);
  }

  async compile(...[graph, { store }]: Parameters<Backend['compile']>): Promise<Program> {
    if (!(store instanceof OnnxStore))
      throw new BackendError("onnx: the store belongs to another backend; make it with this backend's createStore.");
    const program = await OnnxProgram.compile(this.#runtime, graph, { ...this.#settings, store });
    for (const known of this.#programs) if (known.disposed) this.#programs.delete(known);
    this.#programs.add(program);
    return program;
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs) program.dispose();
    this.#programs.clear();
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#deviceSession.release();
  }
}
