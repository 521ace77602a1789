/**
 * A compiled graph: pipelines and bind groups made once, a run recorded and submitted as one piece, and nothing read back but what is fetched.
 */
import {
  BackendError,
  checkFeeds,
  checkFetch,
  type Feeds,
  type Graph,
  type HostTensor,
  type Outputs,
  type Program,
  type ProgramStats,
  type TensorType,
} from '@cyclegan/core';
import { milliseconds } from './device/clock.ts';
import { Readback } from './device/pieces.ts';
import type { Pipeline, Pipelines } from './device/pipelines.ts';
import { Profiler } from './device/profiler.ts';
import { ProgramMemory } from './device/program-memory.ts';
import type { Kernel } from './kernels/kernel.ts';
import type { Plan } from './plan.ts';
import type { WebGpuStore } from './store.ts';

/** What a compiled graph is made of. */
export interface WebGpuProgramStats extends ProgramStats {
  /** Bytes that intermediate values take, and the least that they could with the same order of kernels. */
  readonly temporaryBytes: number;
  readonly livenessBytes: number;
  /** Bytes that kernels read and write in a run. */
  readonly movedBytes: number;
}

/** A graph bound to a store and a device. */
export class WebGpuProgram implements Program {
  readonly stats: WebGpuProgramStats;
  readonly plan: Plan;
  readonly profiler: Profiler | undefined;
  readonly #graph: Graph;
  readonly #store: WebGpuStore;
  readonly #pipelines: readonly Pipeline[];
  readonly #memory: ProgramMemory;
  readonly #readback: Readback;
  #bindGroups: { readonly layout: number; readonly groups: readonly GPUBindGroup[] } | undefined;
  #lastRun: Promise<unknown> = Promise.resolve();
  #disposed = false;

  private constructor(
    graph: Graph,
    plan: Plan,
    { store, started, profile, compiled }: ProgramSetup & { readonly compiled: readonly Pipeline[] },
  ) {
    this.#graph = graph;
    this.plan = plan;
    this.#store = store;
    this.#pipelines = compiled;
    this.#memory = new ProgramMemory(plan, graph, store);
    this.#readback = new Readback(store.device);
    this.profiler = profile
      ? new Profiler(
          store.device,
          plan.kernels.map(({ label }) => label),
        )
      : undefined;
    const { temporaryBytes, livenessBytes, movedBytes } = plan;
    this.stats = {
      nodes: plan.kernels.length,
      compileSeconds: (milliseconds() - started) / 1000,
      temporaryBytes,
      livenessBytes,
      movedBytes,
    };
  }

  /** Compiles the kernels of a plan; throws BackendError when the graph's variables contradict the store's or the device refuses something. */
  static async compile(graph: Graph, plan: Plan, setup: ProgramSetup): Promise<WebGpuProgram> {
    setup.store.types.declare(graph.variables);
    const compiled = await Promise.all(plan.kernels.map((kernel) => setup.pipelines.of(kernel)));
    return setup.store.calls.enqueue(async () => {
      const { value, accepted } = setup.store.device.guard('the program does not fit', () => {
        const program = new WebGpuProgram(graph, plan, { ...setup, compiled });
        program.#bind();
        return program;
      });
      try {
        await accepted;
      } catch (error) {
        value.#release();
        throw error;
      }
      return value;
    });
  }

  /** See Program.run; feeds are copied at the call, and it resolves when the device accepted the work. */
  async run(feeds: Feeds, { fetch }: { readonly fetch?: readonly string[] } = {}): Promise<Outputs> {
    if (this.#disposed) throw new BackendError('the program was disposed; compile the graph again.');
    checkFeeds(this.#graph, feeds);
    const names = checkFetch(this.#graph, fetch);
    const packed = this.#memory.pack(feeds);
    const submitted = this.#store.calls.enqueue(() => ({ run: this.#submit(packed, names) }));
    const accepted = submitted.then(({ run }) => run.accepted);
    this.#lastRun = Promise.all([this.#lastRun, accepted, submitted.then(({ run }) => run.values)]).catch(() => undefined);
    const { run } = await submitted;
    // the values of a run that was refused are never looked at
    run.values.catch(() => undefined);
    await accepted;
    return Object.fromEntries(names.map((name, k) => [name, handled(run.values.then((values) => values[k] as HostTensor))]));
  }

  /** Whether dispose was called. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Refuses further runs and frees the buffers after those already called. */
  dispose(): void {
    void this.close();
  }

  /** As `dispose`; resolves when all is freed. */
  close(): Promise<void> {
    if (!this.#disposed) this.#lastRun = this.#lastRun.then(() => this.#release());
    this.#disposed = true;
    return this.#lastRun.then(() => undefined);
  }

  #release(): void {
    this.#memory.dispose();
    this.#readback.close();
    this.profiler?.dispose();
  }

  #submit(packed: ArrayBuffer, names: readonly string[]): { readonly values: Promise<HostTensor[]>; readonly accepted: Promise<void> } {
    const { device } = this.#store;
    for (const node of this.#graph.nodes) if (node.op === 'variable') this.#store.checkValue(node.params.name);
    const { value, accepted } = device.guard('the run failed, and no variable changed', () => {
      const groups = this.#bind();
      this.#memory.write(packed);
      const encoder = device.gpu.createCommandEncoder({ label: 'run' });
      this.#encode(encoder, groups);
      const read = this.#readback.record(
        encoder,
        names.map((name) => this.#output(name)),
      );
      for (const { from, to } of this.plan.copies) this.#copy(encoder, this.#memory.locate(from), this.#memory.locate(to));
      const times = this.profiler?.record(encoder);
      device.gpu.queue.submit([encoder.finish()]);
      void times?.();
      return read();
    });
    this.#store.markUpdated([...this.#graph.variables].flatMap(([name, { update }]) => (update === undefined ? [] : [name])));
    return { values: value, accepted };
  }

  #encode(encoder: GPUCommandEncoder, groups: readonly GPUBindGroup[]): void {
    const dispatch = (pass: GPUComputePassEncoder, { workgroups }: Kernel, at: number) => {
      pass.setPipeline((this.#pipelines[at] as Pipeline).pipeline);
      pass.setBindGroup(0, groups[at] as GPUBindGroup);
      pass.dispatchWorkgroups(...workgroups);
    };
    if (this.profiler !== undefined) {
      this.plan.kernels.forEach((kernel, at) => {
        const pass = encoder.beginComputePass({ label: kernel.label, ...this.profiler?.writesOf(at) });
        dispatch(pass, kernel, at);
        pass.end();
      });
      return;
    }
    const pass = encoder.beginComputePass({ label: 'kernels' });
    this.plan.kernels.forEach((kernel, at) => {
      dispatch(pass, kernel, at);
    });
    pass.end();
  }

  /** The bind groups, made anew when variables have moved. */
  #bind(): readonly GPUBindGroup[] {
    // finding the slabs first may move variables
    for (const { bindings } of this.plan.kernels)
      for (const { storage } of bindings) if (storage.kind === 'slab') this.#memory.locate(storage);
    const { layout } = this.#store;
    if (this.#bindGroups?.layout === layout) return this.#bindGroups.groups;
    const groups = this.plan.kernels.map(({ bindings, label }, at) =>
      this.#store.device.gpu.createBindGroup({
        label,
        layout: (this.#pipelines[at] as Pipeline).bindings,
        entries: bindings.map(({ storage }, binding) => {
          const { buffer, offset } = this.#memory.locate(storage);
          return { binding, resource: { buffer, offset, size: Math.max(4, storage.bytes) } };
        }),
      }),
    );
    this.#bindGroups = { layout, groups };
    return groups;
  }

  #output(name: string) {
    const piece = this.#memory.locate(this.plan.outputs.get(name) as Parameters<ProgramMemory['locate']>[0]);
    const { shape, dtype } = this.#graph.outputs.get(name) as TensorType;
    return { piece, type: { shape, dtype } };
  }

  #copy(encoder: GPUCommandEncoder, from: ReturnType<ProgramMemory['locate']>, to: ReturnType<ProgramMemory['locate']>): void {
    encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, to.bytes);
  }
}

/** What a program is compiled with. */
export interface ProgramSetup {
  readonly store: WebGpuStore;
  readonly pipelines: Pipelines;
  /** When compiling began, by `milliseconds`. */
  readonly started: number;
  /** Whether the time of each kernel is measured. */
  readonly profile: boolean;
}

/** A promise whose rejection is not reported as unhandled: whoever awaits it gets it all the same. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
