/**
 * The order in which a graph is computed, chosen so that little memory is in use at a time. Of a training step it makes one
 * loss after the other, each forward and straight back, and weight gradients as soon as their inputs are there.
 *
 * Knows nothing of losses: differentiation records each backward pass in one piece, so to compute what a piece needs no sooner
 * than the piece itself is enough to bring a forward pass next to its backward pass.
 */
import type { AnyNode, Graph, Tensor } from '../graph/graph.ts';
import type { OpName } from '../graph/ops.ts';
import { liveNodes, rewrite } from './rewrite.ts';

/** Ops through which a result is followed back to what it is put together from: sums of gradients, Adam's arithmetic, tensors joined for it. */
const THROUGH: ReadonlySet<OpName> = new Set<OpName>([
  'neg',
  'abs',
  'square',
  'sqrt',
  'rsqrt',
  'add',
  'sub',
  'mul',
  'div',
  'min',
  'max',
  'compare',
  'select',
  'cast',
  'reshape',
  'transpose',
  'broadcast',
  'concat',
  'slice',
  'adam',
]);

/** The graph in an order of small peak memory (see peakBytes); takes linear time. */
export function schedule(graph: Graph): Graph {
  return rewrite({ ...graph, nodes: orderOf(graph) }, () => undefined);
}

function orderOf(graph: Graph): readonly AnyNode[] {
  const live = liveNodes(graph);
  const nodes = graph.nodes.filter((node) => live.has(node));
  const tail = tailOf(graph);
  const { goals, covered } = goalsOf(tail);
  const runner = new Runner(nodes, (node) => tail.has(node) || !covered.has(node));
  for (const goal of [...goals, ...nodes]) runner.runFor(goal);
  return [...runner.order];
}

/** Runs nodes one by one, and eager ones as soon as all that they read is there. */
class Runner {
  readonly order: Set<AnyNode>;
  readonly #readers: ReadonlyMap<AnyNode, readonly AnyNode[]>;
  /** What leaves alone are enough for: it takes part in sums when the other operand is there. */
  readonly #given: ReadonlySet<AnyNode>;

  constructor(nodes: readonly AnyNode[], isEager: (node: AnyNode) => boolean) {
    const given = new Set<AnyNode>();
    for (const node of nodes) if (isLeaf(node) || (isEager(node) && node.inputs.every((input) => given.has(input.node)))) given.add(node);
    this.#given = given;
    this.#readers = readersAmong(nodes.filter(isEager));
    this.order = new Set(nodes.filter(isLeaf));
  }

  /** Runs what `goal` needs, in traced order, and `goal`. */
  runFor(goal: AnyNode): void {
    for (const node of this.#needed(goal)) this.#run(node);
  }

  #needed(node: AnyNode): readonly AnyNode[] {
    return [...ancestorsOf(node, this.order)].sort((a, b) => a.id - b.id);
  }

  #run(node: AnyNode): void {
    const pending = [node];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const each of this.#needed(next)) this.order.add(each);
      const ready = (this.#readers.get(next) ?? []).filter((reader) => !this.order.has(reader) && this.#isReady(reader));
      pending.push(...ready.reverse());
    }
  }

  #isReady({ inputs }: AnyNode): boolean {
    return inputs.every(({ node }) => this.order.has(node) || this.#given.has(node));
  }
}

/** For every node, those of `some` that read it. */
function readersAmong(some: readonly AnyNode[]): ReadonlyMap<AnyNode, readonly AnyNode[]> {
  const readers = new Map<AnyNode, AnyNode[]>();
  for (const reader of some) {
    for (const { node } of reader.inputs) {
      const known = readers.get(node);
      if (known === undefined) readers.set(node, [reader]);
      else known.push(reader);
    }
  }
  return readers;
}

/** The nodes that updates are put together from, down to the first that compute something of another kind. */
function tailOf(graph: Graph): ReadonlySet<AnyNode> {
  const tail = new Set<AnyNode>();
  const pending = [...graph.variables.values()].flatMap(({ update }) => update?.node ?? []);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (tail.has(node) || isLeaf(node)) continue;
    tail.add(node);
    if (THROUGH.has(node.op)) for (const input of node.inputs) if (!isVerdict(input, node)) pending.push(input.node);
  }
  return tail;
}

/** Whether `input` says if an update is to be made: it waits for all gradients, so that what it takes would be the end of every backward pass. */
function isVerdict({ node }: Tensor, reader: AnyNode): boolean {
  return reader.op === 'select' && node.op === 'compare' && node === reader.inputs[0]?.node;
}

/** The fewest nodes of the tail, in traced order, on the way to which everything is computed that the others read: the ends of the backward passes. */
function goalsOf(tail: ReadonlySet<AnyNode>): { goals: readonly AnyNode[]; covered: ReadonlySet<AnyNode> } {
  const covered = new Set<AnyNode>();
  const goals: AnyNode[] = [];
  const parts = [...tail].filter((node) => !THROUGH.has(node.op));
  for (const node of parts.sort((a, b) => b.id - a.id)) {
    if (node.inputs.every((input) => isLeaf(input.node) || covered.has(input.node))) continue;
    goals.push(node);
    for (const ancestor of ancestorsOf(node, covered)) covered.add(ancestor);
  }
  return { goals: goals.reverse(), covered };
}

/** `node` and what it depends on, without leaves and without what is in `done` or needed by that alone. */
function ancestorsOf(node: AnyNode, done: ReadonlySet<AnyNode>): Set<AnyNode> {
  const found = new Set<AnyNode>();
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (done.has(next) || found.has(next) || isLeaf(next)) continue;
    found.add(next);
    for (const input of next.inputs) pending.push(input.node);
  }
  return found;
}

const isLeaf = (node: AnyNode) => node.inputs.length === 0;
