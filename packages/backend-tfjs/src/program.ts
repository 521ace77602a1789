/**
 * A graph run node by node by an engine's kernels. Tensors are freed after their last use, and variables change only when every node
 * succeeded. Knows graphs, and no op by name.
 */
import {
  type AnyNode,
  BackendError,
  checkFeeds,
  checkFetch,
  type Feeds,
  type Graph,
  type HostTensor,
  type Outputs,
  only,
  type Program,
  type ProgramStats,
  type Step,
  stepsOf,
  type Tensor,
} from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Call, Kernel } from './lowering/kernel.ts';
import { KERNELS } from './lowering/kernels.ts';
import type { TfjsStore } from './store.ts';
import { copyIn, copyOut } from './tensors.ts';

type ComputedOp = keyof typeof KERNELS;

/** A graph bound to a store. */
export class TfjsProgram implements Program {
  readonly stats: ProgramStats;
  readonly #graph: Graph;
  readonly #store: TfjsStore;
  readonly #steps: readonly Step[];
  readonly #constants: ReadonlyMap<Tensor, tf.Tensor>;
  #disposed = false;

  /** Throws BackendError when a variable's type contradicts the store's. */
  constructor(graph: Graph, store: TfjsStore) {
    const started = performance.now();
    this.#graph = graph;
    this.#store = store;
    this.#steps = stepsOf(graph);
    store.types.declare(graph.variables);
    store.engine.use();
    this.#constants = new Map(
      graph.nodes.flatMap((node) => (node.op === 'constant' ? [[only(node.outputs), copyIn(node.params)] as const] : [])),
    );
    this.stats = { nodes: graph.nodes.length, compileSeconds: (performance.now() - started) / 1000 };
  }

  /** See Program.run. */
  async run(feeds: Feeds, { fetch }: { readonly fetch?: readonly string[] } = {}): Promise<Outputs> {
    if (this.#disposed) throw new BackendError('the program was disposed; compile the graph again.');
    checkFeeds(this.#graph, feeds);
    const names = checkFetch(this.#graph, fetch);
    const copies = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, { ...feed, data: feed.data.slice() }]));
    return this.#store.calls.enqueue(() => this.#execute(copies, names));
  }

  /** Whether dispose was called. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Refuses further runs and frees the constants after those already called. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.#store.calls.enqueue(() => this.#free()).catch(() => this.#free());
  }

  #free(): void {
    for (const constant of this.#constants.values()) constant.dispose();
  }

  #execute(feeds: Feeds, names: readonly string[]): Outputs {
    this.#store.engine.use();
    const fetched = [...this.#graph.outputs].filter(([name]) => names.includes(name));
    const updates = [...this.#graph.variables].flatMap(([name, { update }]) => (update === undefined ? [] : [[name, update] as const]));
    const wanted = [...fetched, ...updates].map(([, tensor]) => tensor);
    const results = this.#evaluate(feeds, wanted);
    const outputs = fetched.map(([name, tensor], at) => {
      const result = results[at] as tf.Tensor;
      const output = copyOut(result, tensor, this.#store.engine);
      result.dispose();
      // whoever does not ask for an output does not want its failure either
      output.catch(() => undefined);
      return [name, output] as const;
    });
    this.#store.commit(updates.map(([name], at) => [name, results[fetched.length + at] as tf.Tensor]));
    return Object.fromEntries(outputs) as Record<string, Promise<HostTensor>>;
  }

  /** The values of `wanted`, each a tensor of its own; throws BackendError, and leaves no tensor, when a kernel fails. */
  #evaluate(feeds: Feeds, wanted: readonly Tensor[]): tf.Tensor[] {
    const kept = new Set(wanted);
    const run = new Run(this.#store, this.#constants, feeds);
    try {
      return tf.tidy(() => {
        for (const step of this.#steps) run.advance(step, kept);
        return wanted.map((tensor) => run.valueOf(tensor).clone());
      });
    } catch (error) {
      if (error instanceof BackendError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new BackendError(`TensorFlow.js failed, and no variable changed: ${message}`, { cause: error });
    } finally {
      run.end();
    }
  }
}

/** The values of one run. */
class Run {
  readonly #store: TfjsStore;
  readonly #constants: ReadonlyMap<Tensor, tf.Tensor>;
  readonly #feeds: Feeds;
  readonly #values = new Map<Tensor, tf.Tensor>();
  readonly #kernels = new Map<tf.Tensor, tf.Tensor4D>();

  constructor(store: TfjsStore, constants: ReadonlyMap<Tensor, tf.Tensor>, feeds: Feeds) {
    this.#store = store;
    this.#constants = constants;
    this.#feeds = feeds;
  }

  /** Computes a node and frees what nothing reads any more. */
  advance({ node, dying }: Step, kept: ReadonlySet<Tensor>): void {
    const output = only(node.outputs);
    this.#values.set(output, this.#compute(node, output));
    for (const tensor of dying) if (!kept.has(tensor)) this.#free(tensor);
  }

  valueOf(tensor: Tensor): tf.Tensor {
    const value = this.#values.get(tensor);
    if (value === undefined) throw new BackendError(`tfjs: ${tensor.node.op} (node ${tensor.node.id}) has no value; verify the graph.`);
    return value;
  }

  kernelOf(weight: tf.Tensor): tf.Tensor4D {
    const known = this.#kernels.get(weight);
    if (known !== undefined) return known;
    const kernel = tf.keep(tf.transpose(weight as tf.Tensor4D, [1, 2, 3, 0]));
    this.#kernels.set(weight, kernel);
    return kernel;
  }

  /** Frees what only the run needed. */
  end(): void {
    for (const kernel of this.#kernels.values()) kernel.dispose();
  }

  #compute(node: AnyNode, output: Tensor): tf.Tensor {
    switch (node.op) {
      case 'input':
        return copyIn(this.#feeds[node.params.name] as HostTensor);
      case 'variable':
        return this.#store.current(node.params.name);
      case 'constant':
        return this.#constants.get(output) as tf.Tensor;
      default:
        return this.#apply(node as AnyNode & { readonly op: ComputedOp }, output);
    }
  }

  #apply(node: AnyNode & { readonly op: ComputedOp }, output: Tensor): tf.Tensor {
    const inputs = node.inputs.map((tensor) => this.valueOf(tensor));
    const kernel = KERNELS[node.op] as Kernel<ComputedOp>;
    const call = { inputs, params: node.params, output, run: this } as unknown as Call<ComputedOp>;
    return tf.tidy(() => {
      const result = kernel(call);
      return inputs.includes(result) ? result.clone() : result;
    });
  }

  #free(tensor: Tensor): void {
    const value = this.valueOf(tensor);
    this.#values.delete(tensor);
    // these belong to the store and to the program
    if (tensor.node.op === 'variable' || tensor.node.op === 'constant') return;
    this.#kernels.get(value)?.dispose();
    this.#kernels.delete(value);
    value.dispose();
  }
}
