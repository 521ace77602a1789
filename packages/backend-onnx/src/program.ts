/**
 * A compiled graph: an inference session, and the names by which it is fed.
 */
import {
  BackendError,
  checkFeeds,
  checkFetch,
  type Feeds,
  type Graph,
  type HostData,
  type HostTensor,
  type Outputs,
  type Program,
  type ProgramStats,
  type TensorType,
} from '@cyclegan/core';
import { encodeOnnxModel } from '@cyclegan/formats';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { AdamMemory } from './adam-memory.ts';
import { changedBy, replaceEntries } from './host-updates.ts';
import type { Value } from './lowering/context.ts';
import { graphToOnnx, type LoweredGraph } from './lowering/graph-to-onnx.ts';
import { forceOrder } from './order/force-order.ts';
import { PrologueSession } from './prologue-session.ts';
import { createSession, type Runtime, runSession, type SessionSettings } from './runtime.ts';
import type { OnnxStore } from './store.ts';
import { copyIn, viewOut } from './tensors.ts';

/** What a program is made of. */
interface Parts {
  readonly runtime: Runtime;
  readonly graph: Graph;
  /** How the model calls what the graph names. */
  readonly lowered: Omit<LoweredGraph, 'model'>;
  /** Where the weights that it trains lie, if it trains any. */
  readonly adam: AdamMemory | undefined;
  /** Computes what the session reads besides the graph's inputs and variables. */
  readonly prologue: PrologueSession | undefined;
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

  /** Compiles `graph`; throws BackendError when its variables contradict the store's or ONNX Runtime refuses it. */
  static async compile(
    runtime: Runtime,
    graph: Graph,
    { store, ...settings }: SessionSettings & { readonly store: OnnxStore },
  ): Promise<OnnxProgram> {
    const started = performance.now();
    const { model: whole, ...lowered } = graphToOnnx(graph);
    store.declare(graph);
    const { model, prologue } = await PrologueSession.splitOff(runtime, { model: whole, ...lowered }, { store, ...settings });
    // elsewhere a fence would part what the device's provider takes as one piece
    const nodes = settings.device === 'cpu' ? forceOrder(model.nodes) : model.nodes;
    const session = await createSession(runtime, encodeOnnxModel({ ...model, nodes }), settings);
    const stats = { nodes: nodes.length, compileSeconds: (performance.now() - started) / 1000 };
    const profiled = settings.profile !== undefined;
    const updates = lowered.hostUpdates.flatMap((update) => (update.kind === 'adam' ? [update] : []));
    const typeOf = (name: string) => graph.variables.get(name) as TensorType;
    const adam = updates.length === 0 ? undefined : new AdamMemory(runtime, updates, typeOf);
    await store.calls.enqueue(() => adam?.holdFor(store));
    return new OnnxProgram({ runtime, graph, lowered, adam, prologue, session, store, profiled }, stats);
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
    const { session, prologue, profiled } = this.#parts;
    void this.#lastRun.then(async () => {
      if (profiled) session.endProfiling();
      await session.release();
      await prologue?.release();
    });
  }

  async #execute(fed: Readonly<Record<string, Tensor>>, names: readonly string[]): Promise<Outputs> {
    const { adam, lowered, prologue, session, store } = this.#parts;
    adam?.holdFor(store);
    const bound = { ...fed, ...(await prologue?.values()) };
    for (const [name, value] of lowered.variables) bound[value] = store.current(name);
    const wanted = [...lowered.updates.values(), ...lowered.operands, ...names.map((name) => lowered.outputs.get(name) ?? '')];
    const fetches = { ...Object.fromEntries(wanted.map((value) => [value, null])), ...adam?.gradients() };
    const results = await runSession(session, bound, fetches);
    this.#update(results);
    return Object.fromEntries(names.map((name) => [name, Promise.resolve(this.#output(name, results))]));
  }

  /** Gives all variables their next values, of which none can fail. */
  #update(results: InferenceSession.OnnxValueMapType): void {
    const { adam, lowered, store } = this.#parts;
    const value = (operand: Value) => results[operand]?.data as HostData;
    adam?.step((operand) => value(operand)[0] ?? 0);
    for (const update of lowered.hostUpdates) {
      if (update.kind === 'entries') replaceEntries(update, store.current(update.variable).data as HostData, value);
      for (const name of changedBy(update)) store.derived.drop(name);
    }
    for (const [name, next] of lowered.updates) store.replace(name, results[next] as Tensor);
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

  #output(name: string, results: InferenceSession.OnnxValueMapType): HostTensor {
    const { graph, lowered } = this.#parts;
    const type = graph.outputs.get(name);
    const result = results[lowered.outputs.get(name) ?? ''];
    if (type === undefined || result === undefined) throw new BackendError(`output ${name}: ONNX Runtime returned nothing for it.`);
    return viewOut(result, type);
  }
}
