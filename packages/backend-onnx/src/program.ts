/**
 * A compiled graph: an inference session, and the names by which it is fed.
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
} from '@cyclegan/core';
import { encodeOnnxModel } from '@cyclegan/formats';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { graphToOnnx, type LoweredGraph } from './lowering/graph-to-onnx.ts';
import { createSession, messageOf, type Runtime, type SessionSettings } from './runtime.ts';
import type { OnnxStore } from './store.ts';
import { viewIn, viewOut } from './tensors.ts';

/** What a program is made of. */
interface Parts {
  readonly runtime: Runtime;
  readonly graph: Graph;
  readonly lowered: LoweredGraph;
  readonly session: InferenceSession;
  readonly store: OnnxStore;
}

/** A graph bound to a store and a session. */
export class OnnxProgram implements Program {
  readonly stats: ProgramStats;
  readonly #parts: Parts;
  #disposed = false;

  private constructor(parts: Parts, stats: ProgramStats) {
    this.#parts = parts;
    this.stats = stats;
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
    return new OnnxProgram({ runtime, graph, lowered, session, store }, stats);
  }

  /** See Program.run; resolves when the run is done, so that feeds may change from then on. */
  async run(feeds: Feeds, { fetch }: { readonly fetch?: readonly string[] } = {}): Promise<Outputs> {
    const { graph, store } = this.#parts;
    checkFeeds(graph, feeds);
    const names = checkFetch(graph, fetch);
    return store.calls.enqueue(() => this.#execute(feeds, names));
  }

  /** Whether the session is released. */
  get disposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.#parts.session.release();
  }

  async #execute(feeds: Feeds, names: readonly string[]): Promise<Outputs> {
    if (this.#disposed) throw new BackendError('the program was disposed; compile the graph again.');
    const { lowered, store } = this.#parts;
    const fetches: Record<string, Tensor | null> = {};
    for (const [name, value] of lowered.updates) fetches[value] = store.spare(name);
    for (const [name, value] of lowered.outputs) if (names.includes(name)) fetches[value] = null;
    const results = await this.#runSession(this.#bind(feeds), fetches);
    store.commit(lowered.updates.keys());
    return Object.fromEntries(names.map((name) => [name, Promise.resolve(this.#output(name, results))]));
  }

  /** What the session reads, by its own names. */
  #bind(feeds: Feeds): Record<string, Tensor> {
    const { runtime, lowered, store } = this.#parts;
    const bound: Record<string, Tensor> = {};
    for (const [name, value] of lowered.inputs) {
      const feed = feeds[name];
      if (feed !== undefined) bound[value] = viewIn(runtime, feed);
    }
    for (const [name, value] of lowered.variables) bound[value] = store.current(name);
    return bound;
  }

  async #runSession(bound: Record<string, Tensor>, fetches: Record<string, Tensor | null>): Promise<InferenceSession.OnnxValueMapType> {
    if (Object.keys(fetches).length === 0) return {};
    try {
      return await this.#parts.session.run(bound, fetches);
    } catch (error) {
      throw new BackendError(`ONNX Runtime failed, and no variable changed: ${messageOf(error)}`, { cause: error });
    }
  }

  #output(name: string, results: InferenceSession.OnnxValueMapType): HostTensor {
    const { graph, lowered } = this.#parts;
    const type = graph.outputs.get(name);
    const result = results[lowered.outputs.get(name) ?? ''];
    if (type === undefined || result === undefined) throw new BackendError(`output ${name}: ONNX Runtime returned nothing for it.`);
    return viewOut(result, type);
  }
}
