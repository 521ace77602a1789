/**
 * A graph run node by node. Values die after their last use, and variables change only when every node succeeded. Knows
 * graphs, and no op by name.
 */
import { BackendError, type Feeds, type Outputs, type Program, type ProgramStats } from '../backend.ts';
import { type Graph, only, type Tensor } from '../graph/graph.ts';
import { stepsOf } from '../graph/steps.ts';
import { checkFeeds, checkFetch } from '../store.ts';
import { apply, type PrimitiveNode, primitive } from './evaluate.ts';
import type { ReferenceStore } from './store.ts';
import { type Bindings, type Elements, fromHost, toHost } from './value.ts';

/** A node, and the tensors that nothing reads after it. */
interface Step {
  readonly node: PrimitiveNode;
  readonly output: Tensor;
  readonly dying: readonly Tensor[];
}

/** A graph bound to a store; throws BackendError when the graph is not shaped to the reference backend's capabilities. */
export class ReferenceProgram implements Program {
  readonly stats: ProgramStats;
  readonly #graph: Graph;
  readonly #store: ReferenceStore;
  readonly #steps: readonly Step[];
  #disposed = false;

  constructor(graph: Graph, store: ReferenceStore) {
    const started = Date.now();
    this.#graph = graph;
    this.#store = store;
    this.#steps = stepsOf(graph).map(({ node, dying }) => ({ node: primitive(node), output: only(node.outputs), dying }));
    store.types.declare(graph.variables);
    this.stats = { nodes: graph.nodes.length, compileSeconds: (Date.now() - started) / 1000 };
  }

  /** See Program.run; without `fetch`, all outputs are fetched. */
  async run(feeds: Feeds, { fetch }: { readonly fetch?: readonly string[] } = {}): Promise<Outputs> {
    if (this.#disposed) throw new BackendError('the program was disposed; compile the graph again.');
    checkFeeds(this.#graph, feeds);
    const names = checkFetch(this.#graph, fetch);
    const fed = new Map(Object.entries(feeds).map(([name, tensor]) => [name, fromHost(tensor)]));
    return this.#store.calls.enqueue(() => this.#execute(fed, names));
  }

  dispose(): void {
    this.#disposed = true;
  }

  #execute(feeds: ReadonlyMap<string, Elements>, names: readonly string[]): Outputs {
    const fetched = [...this.#graph.outputs].filter(([name]) => names.includes(name));
    const updates = [...this.#graph.variables].flatMap(([name, { update }]) => (update === undefined ? [] : [[name, update] as const]));
    const kept = new Set([...fetched, ...updates].map(([, tensor]) => tensor));
    const values = evaluate(this.#steps, { feeds, variables: this.#store.values }, kept);
    const outputs = fetched.map(([name, tensor]) => [name, Promise.resolve(toHost(tensor, elementsOf(values, tensor)))] as const);
    this.#store.commit(updates.map(([name, tensor]) => [name, elementsOf(values, tensor)]));
    return Object.fromEntries(outputs);
  }
}

/** Runs the steps and returns the values of the tensors in `kept`. */
function evaluate(steps: readonly Step[], bindings: Bindings, kept: ReadonlySet<Tensor>): ReadonlyMap<Tensor, Elements> {
  const values = new Map<Tensor, Elements>();
  for (const { node, output, dying } of steps) {
    const inputs = node.inputs.map((tensor) => ({ shape: tensor.shape, dtype: tensor.dtype, data: elementsOf(values, tensor) }));
    values.set(output, apply(node, inputs, bindings));
    for (const tensor of dying) {
      if (!kept.has(tensor)) values.delete(tensor);
    }
  }
  return values;
}

function elementsOf(values: ReadonlyMap<Tensor, Elements>, tensor: Tensor): Elements {
  const elements = values.get(tensor);
  if (elements === undefined)
    throw new BackendError(`reference: ${tensor.node.op} (node ${tensor.node.id}) has no value; verify the graph.`);
  return elements;
}
