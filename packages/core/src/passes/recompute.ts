/**
 * Trades time for memory: what is cheap to compute is computed again where it is read long after, instead of being kept. Of a training step it keeps what
 * normalising gives, and activates and pads that anew for the backward pass.
 */
import type { AnyNode, Graph, Tensor, Trace } from '../graph/graph.ts';
import type { OpName } from '../graph/ops.ts';
import { bytesOf } from './peak-bytes.ts';
import { rewrite } from './rewrite.ts';

/** Ops that take one pass over memory. */
const CHEAP: ReadonlySet<OpName> = new Set<OpName>([
  'neg',
  'abs',
  'square',
  'relu',
  'leakyRelu',
  'cast',
  'add',
  'sub',
  'mul',
  'compare',
  'select',
  'reshape',
  'broadcast',
  'concat',
  'slice',
  'pad',
  'reflectPad',
]);

/** How many ops are run again at most for one tensor; one on a small tensor counts as a tenth. */
const LONGEST = 4;
const SMALL_COST = 0.1;

/** A tensor is read long after when this many times its own bytes were computed since it was computed or read last. */
const LONG = 16;

/** Tensors of fewer bytes are small, and are kept. */
const SMALL = 65536;

/** The graph, which must be scheduled, with cheap tensors computed again for late readers where all that this takes is in memory anyway. */
export function recompute(graph: Graph): Graph {
  const again = new Again(graph);
  return rewrite(graph, (node, inputs, trace) => {
    const read = node.inputs.map((tensor, k) => again.read(tensor, inputs[k] as Tensor, node, trace));
    return trace.emit(node.op, read, node.params);
  });
}

/** What stands for a tensor at present, and when it was computed or read last. */
interface Version {
  readonly tensor: Tensor;
  readonly seen: number;
}

class Again {
  /** Bytes computed before each node: the clock. */
  readonly #times = new Map<AnyNode, number>();
  readonly #lastRead = new Map<Tensor, number>();
  readonly #versions = new Map<Tensor, Version>();

  constructor({ nodes }: Graph) {
    let now = 0;
    for (const node of nodes) {
      this.#times.set(node, now);
      for (const input of node.inputs) this.#lastRead.set(input, now);
      for (const output of node.outputs) now += bytesOf(output);
    }
  }

  /** What `reader` reads in place of `tensor`, which is `first` in the new graph: that, or what was computed again for it or for a reader shortly before. */
  read(tensor: Tensor, first: Tensor, reader: AnyNode, trace: Trace): Tensor {
    const now = this.#time(reader);
    const known = this.#versions.get(tensor) ?? { tensor: first, seen: this.#time(tensor.node) };
    this.#versions.set(tensor, known);
    const late = bytesOf(tensor) >= SMALL && !this.#isFresh(tensor, now) && this.#cost(tensor, now, LONGEST) <= LONGEST;
    const version = late ? this.#compute(tensor, now, trace) : known.tensor;
    this.#versions.set(tensor, { tensor: version, seen: now });
    return version;
  }

  #time(node: AnyNode): number {
    return this.#times.get(node) ?? 0;
  }

  #isFresh(tensor: Tensor, now: number): boolean {
    const seen = this.#versions.get(tensor)?.seen;
    return seen !== undefined && now - seen <= LONG * bytesOf(tensor);
  }

  /** Whether `tensor` is in memory at `now` whether or not something is computed again. */
  #isThere(tensor: Tensor, now: number): boolean {
    if (tensor.node.inputs.length === 0 || this.#isFresh(tensor, now)) return true;
    return !CHEAP.has(tensor.node.op) && (this.#lastRead.get(tensor) ?? 0) >= now;
  }

  /** Number of ops that computing `tensor` again takes; more than `most` where it takes more or cannot be done. */
  #cost(tensor: Tensor, now: number, most: number): number {
    const { node } = tensor;
    if (!CHEAP.has(node.op)) return most + 1;
    let cost = bytesOf(tensor) < SMALL ? SMALL_COST : 1;
    for (const input of node.inputs) {
      if (cost <= most && !this.#isThere(input, now)) cost += this.#cost(input, now, most - cost);
    }
    return cost;
  }

  #compute(tensor: Tensor, now: number, trace: Trace): Tensor {
    const { node } = tensor;
    const inputs = node.inputs.map((input) =>
      this.#isThere(input, now) ? (this.#versions.get(input) as Version).tensor : this.#compute(input, now, trace),
    );
    const [made] = trace.emit(node.op, inputs, node.params);
    this.#versions.set(tensor, { tensor: made as Tensor, seen: now });
    return made as Tensor;
  }
}
