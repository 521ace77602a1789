/**
 * Which weights Adam updates together: those that share its settings and scalars and that nothing reads anew in between. A set becomes one operation,
 * which replaces the variables where they lie; what fits no set is written out.
 */
import type { AnyNode, Graph, Node, Tensor } from '@cyclegan/core';
import { aligned } from '../placement/storage.ts';
import type { Builder } from './builder.ts';
import { baseOf, deviceBytes, isLeaf, type Value } from './operation.ts';

type AdamNode = Node<'adam'>;

/** An application of Adam that waits for its set: names of weight, m and v, and their next values. */
interface Pending {
  readonly node: AdamNode;
  readonly names: readonly [weight: string, m: string, v: string];
  readonly results: readonly Tensor[];
  /** Says whether the variables are replaced at all: `results` choose by it between what Adam makes of them and what they were. */
  readonly verdict: Tensor | undefined;
}

/** What becomes of a variable that Adam works on. */
type Replacement = Pick<Pending, 'verdict'> & { readonly result: Tensor };

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
  readonly #pending = new Set<Pending>();
  /** Nodes that choose between a new value and the old one, which the sets do themselves, and those sets whose verdict was reached. */
  readonly #choosing = new Map<AnyNode, Pending>();
  readonly #decided = new Set<Pending>();
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
    const replacements: Replacement[] = [];
    for (const k of [0, 1, 2]) {
      const input = node.inputs[k] as Tensor;
      if (input.node.op !== 'variable') return false;
      const { name } = input.node.params;
      const replacement = this.#excluded.has(name) ? undefined : replacementOf(this.#graph.variables.get(name)?.update, node, k);
      if (replacement === undefined) return false;
      names.push(name);
      replacements.push(replacement);
    }
    const verdicts = new Set(replacements.map(({ verdict }) => verdict));
    if (node.outputs[0]?.dtype !== 'f32' || new Set(names).size < names.length || verdicts.size > 1) return false;
    const results = replacements.map(({ result }) => result);
    this.#await({ node, names: names as unknown as Pending['names'], results, verdict: replacements[0]?.verdict });
    return true;
  }

  #await(pending: Pending): void {
    this.#pending.add(pending);
    for (const result of pending.results) {
      this.#awaited.add(result);
      if (pending.verdict !== undefined) this.#choosing.set(result.node, pending);
    }
    if (pending.verdict === undefined) this.#decided.add(pending);
  }

  /** Whether a set does what `node` says: it chooses whether a variable is replaced. */
  chooses(node: AnyNode): boolean {
    const pending = this.#choosing.get(node);
    if (pending !== undefined) this.#decided.add(pending);
    return pending !== undefined;
  }

  /** Whether `tensor` is made by a set that was not written yet. */
  awaits(tensor: Tensor): boolean {
    return this.#awaited.has(tensor);
  }

  /** Writes the sets gathered so far, but for those that wait for a verdict. */
  flush(builder: Builder, values: TensorValues): void {
    const alike = new Map<string, Pending[]>();
    for (const each of this.#pending) {
      if (!this.#decided.has(each)) continue;
      this.#pending.delete(each);
      for (const result of each.results) this.#awaited.delete(result);
      const key = keyOf(each);
      alike.set(key, [...(alike.get(key) ?? []), each]);
    }
    for (const some of alike.values()) for (const set of this.#cut(some)) this.#write(set, builder, values);
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
    const [{ node: first, verdict }] = set as readonly [Pending];
    const gradients = set.map(({ node }) => this.#ownGradient(values.at(node.inputs[3] as Tensor), node.scope, builder));
    const scalars = [...first.inputs.slice(4), ...(verdict === undefined ? [] : [verdict])].map((tensor) => values.at(tensor));
    const named = (k: 0 | 1 | 2) => set.map(({ names }) => names[k]);
    const params = { ...first.params, weights: named(0), m: named(1), v: named(2) };
    const outputs = set.flatMap(({ results }) => results);
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

/** What the update of the variable behind input `k` of `node` is, if it is what Adam makes of it, perhaps under a condition. */
function replacementOf(update: Tensor | undefined, node: AdamNode, k: number): Replacement | undefined {
  if (update === undefined) return undefined;
  if (update === node.outputs[k]) return { result: update, verdict: undefined };
  const [verdict, next, before] = update.node.inputs;
  if (update.node.op !== 'select' || next !== node.outputs[k] || before !== node.inputs[k]) return undefined;
  return { result: update, verdict };
}

function keyOf({ node: { params, inputs }, verdict }: Pending): string {
  const scalars = [...inputs.slice(4), ...(verdict === undefined ? [] : [verdict])].map(({ node, index }) => `${node.id}.${index}`);
  return [params.beta1, params.beta2, params.epsilon, ...scalars].join(' ');
}
