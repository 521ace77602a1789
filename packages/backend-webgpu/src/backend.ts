/**
 * The webgpu backend: graphs become fused WGSL kernels, which a WebGPU device runs, in browsers and in Node alike.
 */
import { type Backend, BackendError, type Capabilities, type EngineChoices, type KernelTime, type Program } from '@cyclegan/core';
import { type Gpu, openGpu } from '@cyclegan/webgpu-device';
import { milliseconds } from './device/clock.ts';
import { Device } from './device/device.ts';
import { Pipelines } from './device/pipelines.ts';
import { addedTimes, type Profiler } from './device/profiler.ts';
import { NATIVE_COMPOSITES } from './ir/lower.ts';
import { softwareTile } from './kernels/tiles.ts';
import { finishPlan, preparePlan } from './plan.ts';
import { WebGpuProgram } from './program.ts';
import { WebGpuStore } from './store.ts';
import { Choices } from './tuning/choices.ts';
import { tune } from './tuning/tune.ts';

/** Settings of the webgpu backend. */
export interface WebGpuOptions {
  /** Take the software adapter even where there is a GPU; without it, software serves only where nothing else is. */
  readonly software?: boolean;
  /** A device that is open already; the backend destroys it with itself. */
  readonly gpu?: Gpu;
  /** Measure the time of each kernel, which slows runs down, where the adapter has timestamp queries; see `WebGpuBackend.kernelTimes`. */
  readonly profile?: boolean;
  /** Variants of kernels that were chosen before, as `choices` of a backend gave them: with them a run repeats itself bit for bit. Those of another adapter are left aside. */
  readonly choices?: EngineChoices;
  /** Whether variants that are not among `choices` are chosen by measuring them, once for each shape; unless given, on GPUs and not in software. */
  readonly tune?: boolean;
}

/** The webgpu backend. */
export interface WebGpuBackend extends Backend {
  /** Buffers that the backend holds on its device now, those of stores included. */
  liveTensors(): number;
  /** The variants of kernels in use so far, to be saved with a run. */
  readonly choices: EngineChoices;
  /** Time by kernel over all programs and runs so far, the longest first; there when the backend was made with `profile` and the adapter has timestamp queries. */
  readonly kernelTimes?: () => Promise<readonly KernelTime[]>;
}

/**
 * A backend on WebGPU, in browsers and in Node. Throws DeviceError, with the remedy, when there is no adapter.
 *
 * @example
 * const backend = await createWebGpuBackend();
 * for await (const event of train({ ...options, backend })) console.log(event.kind);
 * await backend.dispose();
 */
export async function createWebGpuBackend(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  const { software = false, gpu = await openGpu({ software }) } = options;
  return new CompilingBackend(gpu, options);
}

class CompilingBackend implements WebGpuBackend {
  readonly name = 'webgpu';
  readonly device;
  readonly capabilities: Capabilities;
  readonly kernelTimes?: () => Promise<readonly KernelTime[]>;
  readonly #device: Device;
  readonly #pipelines: Pipelines;
  readonly #profilers: Profiler[] = [];
  readonly #choices: Choices;
  readonly #tunes: boolean;
  readonly #software: boolean;
  readonly #programs = new Set<WebGpuProgram>();

  constructor(gpu: Gpu, { profile = false, choices, tune: tunes = !gpu.software }: WebGpuOptions) {
    this.device = { kind: 'webgpu', description: gpu.description };
    this.#device = new Device(gpu, () => gpu.dispose());
    this.capabilities = { dtypes: this.#device.dtypes, composites: NATIVE_COMPOSITES };
    this.#pipelines = new Pipelines(this.#device);
    if (profile && gpu.device.features.has('timestamp-query')) this.kernelTimes = () => addedTimes(this.#profilers);
    this.#choices = new Choices(choices?.engine === gpu.description ? choices.variants : {});
    this.#tunes = tunes;
    this.#software = gpu.software;
  }

  get choices(): EngineChoices {
    return { engine: this.device.description, variants: this.#choices.record };
  }

  createStore(): WebGpuStore {
    return new WebGpuStore(this.#device);
  }

  async compile(...[graph, { store }]: Parameters<Backend['compile']>): Promise<Program> {
    if (!(store instanceof WebGpuStore) || store.device !== this.#device) {
      throw new BackendError("webgpu: the store belongs to another backend; make it with this backend's createStore.");
    }
    this.#device.check();
    const started = milliseconds();
    const prepared = preparePlan(graph, this.#device.limits);
    if (this.#tunes) await tune(prepared, this.#choices, { device: this.#device, pipelines: this.#pipelines });
    const plan = finishPlan(prepared, (described, variants, usual) =>
      this.#choices.choose(described, variants, this.#software ? softwareTile(usual) : usual),
    );
    const profile = this.kernelTimes !== undefined;
    const program = await WebGpuProgram.compile(graph, plan, { store, started, pipelines: this.#pipelines, profile });
    if (program.profiler !== undefined) this.#profilers.push(program.profiler);
    for (const known of this.#programs) if (known.disposed) this.#programs.delete(known);
    this.#programs.add(program);
    return program;
  }

  liveTensors(): number {
    return this.#device.liveBuffers;
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#programs].map((program) => program.close()));
    this.#programs.clear();
    this.#device.dispose();
  }
}
