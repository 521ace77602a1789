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
import { fenceUpdates } from './fence.ts';
import { inPlaceVariables } from './in-place.ts';
import { graphToOnnx, type LoweredGraph } from './lowering/graph-to-onnx.ts';
import { forceOrder } from './order/force-order.ts';
import { createSession, messageOf, type Runtime, type SessionSettings } from './runtime.ts';
import type { OnnxStore } from './store.ts';
import { copyIn, viewOut } from './tensors.ts';

/** What a program is made of. */
interface Parts {
  readonly runtime: Runtime;
  readonly graph: Graph;
  readonly lowered: LoweredGraph;
  /** Variables whose next value is written over the last one. */
  readonly inPlace: ReadonlySet<string>;
  readonly session: InferenceSession;
  readonly store: OnnxStore;
  /** Whether the session writes a profile. */
  readonly profiled: boolean;
}

/** A graph bound to a store and a session. */
export class OnnxProgram implements Program {
  readonly stats: ProgramStats;
  readonly #parts: Parts;
  #lastRun: Promise<unknown> = Promise.resolve();
  #disposed = false;

  private constructor(parts: Parts, stats: ProgramStats) {
    this.#parts = parts;
    this.stats = stats;
  }

  /** Compiles `graph`, with all variables in two tensors unless `inPlace`; throws BackendError when its variables contradict the store's or ONNX Runtime refuses it. */
  static async compile(
    runtime: Runtime,
    graph: Graph,
    { store, inPlace = true, ...settings }: SessionSettings & { readonly store: OnnxStore; readonly inPlace?: boolean },
  ): Promise<OnnxProgram> {
    const started = performance.now();
    const lowered = inPlace ? fenceUpdates(graphToOnnx(graph)) : graphToOnnx(graph);
    store.types.declare(graph.variables);
    // elsewhere a fence would part what the device's provider takes as one piece
    const nodes = settings.device === 'cpu' ? forceOrder(lowered.model.nodes) : lowered.model.nodes;
    const session = await createSession(runtime, encodeOnnxModel({ ...lowered.model, nodes }), settings);
    const stats = { nodes: nodes.length, compileSeconds: (performance.now() - started) / 1000 };
    const overwritten = inPlace ? inPlaceVariables(nodes, lowered) : new Set<string>();
    const profiled = settings.profile !== undefined;
    return new OnnxProgram({ runtime, graph, lowered, inPlace: overwritten, session, store, profiled }, stats);
  }

  /** See Program.run; feeds are copied at the call, and it resolves when the run is done. */
  async run(feeds: Feeds, { fetch }: { readonly fetch?: readonly string[] } = {}): Promise<Outputs> {
    if (this.#disposed) throw new BackendError('the program was disposed; compile the graph again.');
    const { graph, store } = this.#parts;
    checkFeeds(graph, feeds);
    const names = checkFetch(graph, fetch);
    const fed = this.#feed(feeds);
    const outputs = store.calls.enqueue(() => this.#execute(fed, names));
    this.#lastRun = outputs.catch(() => undefined);
    return outputs;
  }

  /** Whether dispose was called. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Refuses further runs and releases the session after those already called. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { session, profiled } = this.#parts;
    void this.#lastRun.then(() => {
      if (profiled) session.endProfiling();
      return session.release();
    });
  }

  async #execute(fed: Readonly<Record<string, Tensor>>, names: readonly string[]): Promise<Outputs> {
    const { lowered, inPlace, store } = this.#parts;
    const bound = { ...fed };
    for (const [name, value] of lowered.variables) bound[value] = store.current(name);
    const fetches: Record<string, Tensor | null> = {};
    for (const [name, value] of lowered.updates) fetches[value] = inPlace.has(name) ? store.place(name) : store.spare(name);
    for (const [name, value] of lowered.outputs) if (names.includes(name)) fetches[value] = null;
    const results = await this.#runSession(bound, fetches);
    store.commit([...lowered.updates.keys()].filter((name) => !inPlace.has(name)));
    return Object.fromEntries(names.map((name) => [name, Promise.resolve(this.#output(name, results))]));
  }

  /** Copies of the feeds that the session reads, by its own names. */
  #feed(feeds: Feeds): Record<string, Tensor> {
    const { runtime, lowered } = this.#parts;
    const fed: Record<string, Tensor> = {};
    for (const [name, value] of lowered.inputs) {
      const feed = feeds[name];
      if (feed !== undefined) fed[value] = copyIn(runtime, feed);
    }
    return fed;
  }

  async #runSession(bound: Record<string, Tensor>, fetches: Record<string, Tensor | null>): Promise<InferenceSession.OnnxValueMapType> {
    if (Object.keys(fetches).length === 0) return {};
    try {
      return await this.#parts.session.run(bound, fetches);
    } catch (error) {
      const { inPlace, store } = this.#parts;
      const outcome = inPlace.size === 0 ? 'and no variable changed' : 'and some variables may have changed';
      const failure = new BackendError(`ONNX Runtime failed, ${outcome}: ${messageOf(error)}`, { cause: error });
      if (inPlace.size > 0) store.fail(failure);
      throw failure;
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
