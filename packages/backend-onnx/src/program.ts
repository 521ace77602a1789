/**
 * A compiled graph: an inference session, and the names by which it is fed.
 */
import {
  BackendError,
  checkFeeds,
  checkFetch,
  type Feeds,
  type Graph,
  type Tensor as GraphTensor,
  type HostTensor,
  type Outputs,
  type Program,
  type ProgramStats,
} from '@cyclegan/core';
import { encodeOnnxModel } from '@cyclegan/formats';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { graphToOnnx, type LoweredGraph } from './lowering/graph-to-onnx.ts';
import { createSession, messageOf, type Runtime, type SessionSettings } from './runtime.ts';
import type { OnnxStore } from './store.ts';
import { viewIn, viewOut } from './tensors.ts';

/** A graph bound to a store and a session. */
export class OnnxProgram implements Program {
  readonly stats: ProgramStats;
  readonly #runtime: Runtime;
  readonly #graph: Graph;
  readonly #lowered: LoweredGraph;
  readonly #session: InferenceSession;
  readonly #store: OnnxStore;
  #disposed = false;

  private constructor(
    runtime: Runtime,
    parts: { graph: Graph; lowered: LoweredGraph; session: InferenceSession; store: OnnxStore; stats: ProgramStats },
  ) {
    this.#runtime = runtime;
    this.#graph = parts.graph;
    this.#lowered = parts.lowered;
    this.#session = parts.session;
    this.#store = parts.store;
    this.stats = parts.stats;
  }

  /** Compiles `graph`; throws BackendError when its variables contradict the store's or ONNX Runtime refuses it. */
  static async compile(
    runtime: Runtime,
    graph: Graph,
    { store, ...settings }: SessionSettings & { readonly store: OnnxStore },
  ): Promise<OnnxProgram> {
    const started = performance.now();
    store.types.declare(graph.variables);
    const lowered = graphToOnnx(graph);
    const session = await createSession(runtime, encodeOnnxModel(lowered.model), settings);
    const stats = { nodes: lowered.model.nodes.length, compileSeconds: (performance.now() - started) / 1000 };
    return new OnnxProgram(runtime, { graph, lowered, session, store, stats });
  }

  /** See Program.run; resolves when the run is done, so that feeds may change from then on. */
  async run(feeds: Feeds, { fetch }: { readonly fetch?: readonly string[] } = {}): Promise<Outputs> {
    checkFeeds(this.#graph, feeds);
    const names = checkFetch(this.#graph, fetch);
    return this.#store.calls.enqueue(() => this.#execute(feeds, names));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.#session.release();
  }

  async #execute(feeds: Feeds, names: readonly string[]): Promise<Outputs> {
    if (this.#disposed) throw new BackendError('the program was disposed; compile the graph again.');
    const { outputs, updates } = this.#lowered;
    const fetches: Record<string, Tensor | null> = {};
    for (const [name, value] of updates) fetches[value] = this.#store.spare(name);
    for (const [name, value] of outputs) if (names.includes(name)) fetches[value] = null;
    const results = await this.#runSession(this.#bind(feeds), fetches);
    this.#store.commit(updates.keys());
    return Object.fromEntries(names.map((name) => [name, Promise.resolve(this.#output(name, results))]));
  }

  /** What the session reads, by its own names. */
  #bind(feeds: Feeds): Record<string, Tensor> {
    const bound: Record<string, Tensor> = {};
    for (const [name, value] of this.#lowered.inputs) {
      const feed = feeds[name];
      if (feed !== undefined) bound[value] = viewIn(this.#runtime, feed);
    }
    for (const [name, value] of this.#lowered.variables) bound[value] = this.#store.current(name);
    return bound;
  }

  async #runSession(bound: Record<string, Tensor>, fetches: Record<string, Tensor | null>): Promise<InferenceSession.OnnxValueMapType> {
    if (Object.keys(fetches).length === 0) return {};
    try {
      return await this.#session.run(bound, fetches);
    } catch (error) {
      throw new BackendError(`ONNX Runtime failed, and no variable changed: ${messageOf(error)}`, { cause: error });
    }
  }

  #output(name: string, results: InferenceSession.OnnxValueMapType): HostTensor {
    const type: GraphTensor | undefined = this.#graph.outputs.get(name);
    const result = results[this.#lowered.outputs.get(name) ?? ''];
    if (type === undefined || result === undefined) throw new BackendError(`output ${name}: ONNX Runtime returned nothing for it.`);
    return viewOut(result as Tensor, type);
  }
}
