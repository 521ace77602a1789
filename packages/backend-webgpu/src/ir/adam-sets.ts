/**
 * Which weights Adam updates together: those that share its settings and scalars and that nothing reads anew in between. A set becomes one operation,
 * which replaces the variables where they lie; what fits no set is written out.
 */
import type { Graph, Node, Tensor } from '@cyclegan/core';
import { aligned } from '../placement/storage.ts';
import type { Builder } from './builder.ts';
import { baseOf, deviceBytes, isLeaf, type Value } from './operation.ts';

type AdamNode = Node<'adam'>;

/** An application of Adam that waits for its set: names of weight, m and v. */
interface Pending {
  readonly node: AdamNode;
  readonly names: readonly [weight: string, m: string, v: string];
}

/** Where lowered tensors are found and put. */
export interface TensorValues {
  at(tensor: Tensor): Value;
  set(tensor: Tensor, value: Value): void;
}

/** Gathers applications of Adam until something reads one of their results. */
export class AdamSets {
  readonly #graph: Graph;
  readonly #excluded: ReadonlySet<string>;
  readonly #mostBytes: number;
  readonly #pending: Pending[] = [];
  readonly #awaited = new Set<Tensor>();
  /** Values that already lie with the gradients of a set. */
  readonly #gradients = new Set<Value>();

  /** Variables named in `excluded` take part in no set, and the weights of a set take `mostBytes` at most, if there are several. */
  constructor(graph: Graph, excluded: ReadonlySet<string>, mostBytes: number) {
    this.#graph = graph;
    this.#excluded = excluded;
    this.#mostBytes = mostBytes;
  }

  /** Takes `node` into a set, if it replaces three variables by what it makes of them; says whether it did. */
  take(node: AdamNode): boolean {
    const names: string[] = [];
    for (const k of [0, 1, 2]) {
      const input = node.inputs[k] as Tensor;
      if (input.node.op !== 'variable') return false;
      const { name } = input.node.params;
      if (this.#excluded.has(name) || this.#graph.variables.get(name)?.update !== node.outputs[k]) return false;
      names.push(name);
    }
    if (node.outputs[0]?.dtype !== 'f32' || new Set(names).size < names.length) return false;
    this.#pending.push({ node, names: names as unknown as Pending['names'] });
    for (const output of node.outputs) this.#awaited.add(output);
    return true;
  }

  /** Whether `tensor` is made by a set that was not written yet. */
  awaits(tensor: Tensor): boolean {
    return this.#awaited.has(tensor);
  }

  /** Writes the sets gathered so far. */
  flush(builder: Builder, values: TensorValues): void {
    const alike = new Map<string, Pending[]>();
    for (const each of this.#pending) {
      const key = keyOf(each.node);
      alike.set(key, [...(alike.get(key) ?? []), each]);
    }
    for (const some of alike.values()) for (const set of this.#cut(some)) this.#write(set, builder, values);
    this.#pending.length = 0;
    this.#awaited.clear();
  }

  /** Pieces that fit into a binding. */
  #cut(pending: readonly Pending[]): Pending[][] {
    const pieces: Pending[][] = [[]];
    let bytes = 0;
    for (const each of pending) {
      const more = aligned(deviceBytes(each.node.outputs[0] as Tensor));
      if (bytes > 0 && bytes + more > this.#mostBytes) {
        pieces.push([]);
        bytes = 0;
      }
      bytes += more;
      pieces.at(-1)?.push(each);
    }
    return pieces;
  }

  #write(set: readonly Pending[], builder: Builder, values: TensorValues): void {
    const [{ node: first }] = set as readonly [Pending];
    const gradients = set.map(({ node }) => this.#ownGradient(values.at(node.inputs[3] as Tensor), node.scope, builder));
    const scalars = first.inputs.slice(4).map((tensor) => values.at(tensor));
    const named = (k: 0 | 1 | 2) => set.map(({ names }) => names[k]);
    const params = { ...first.params, weights: named(0), m: named(1), v: named(2) };
    const outputs = set.flatMap(({ node }) => node.outputs);
    const made = builder.emitAll('adam', [...gradients, ...scalars], { params, types: outputs, scope: 'adam' });
    outputs.forEach((tensor, k) => {
      values.set(tensor, made[k] as Value);
    });
  }

  /** `gradient`, or a copy of it where its memory is not its own to choose. */
  #ownGradient(gradient: Value, scope: string, builder: Builder): Value {
    const base = baseOf(gradient);
    const own = isLeaf(base.operation) || base.operation.op === 'adam' || this.#gradients.has(base);
    const value = own ? builder.emit('copy', [gradient], { params: {}, shape: gradient.shape, dtype: gradient.dtype, scope }) : base;
    this.#gradients.add(value);
    return value;
  }
}

function keyOf({ params, inputs }: AdamNode): string {
  const scalars = inputs.slice(4).map(({ node, index }) => `${node.id}.${index}`);
  return [params.beta1, params.beta2, params.epsilon, ...scalars].join(' ');
}
