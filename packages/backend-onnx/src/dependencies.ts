/**
 * What the nodes of a model wait for. ONNX Runtime computes them in any order that this allows, whatever the order in the file, so nothing else
 * may be relied on. Knows names and operators, no shapes.
 */
import type { OnnxNode } from '@cyclegan/formats';
import type { Value } from './lowering/context.ts';

/** Operators whose result is their first operand's memory. */
const ALIASING: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);

/** The dependency graph of a model's nodes, which are given by their positions. */
export class Dependencies {
  readonly nodes: readonly OnnxNode[];
  readonly #makers: ReadonlyMap<Value, number>;
  readonly #readers = new Map<Value, number[]>();

  constructor(nodes: readonly OnnxNode[]) {
    this.nodes = nodes;
    this.#makers = new Map(nodes.flatMap(({ outputs }, at) => outputs.map((output) => [output, at] as const)));
    nodes.forEach(({ inputs }, at) => {
      for (const input of new Set(inputs)) this.#readers.set(input, [...(this.#readers.get(input) ?? []), at]);
    });
  }

  /** The node that computes `value`, or undefined for an input or a constant. */
  maker(value: Value): number | undefined {
    return this.#makers.get(value);
  }

  /** The nodes that read the memory of `value`, under its own name or another. */
  readers(value: Value): readonly number[] {
    const direct = this.#readers.get(value) ?? [];
    const names = direct.flatMap((at) => {
      const { opType, inputs, outputs } = this.nodes[at] as OnnxNode;
      return ALIASING.has(opType) && inputs[0] === value ? outputs : [];
    });
    return [...direct, ...names.flatMap((name) => this.readers(name))];
  }

  /** The nodes that must be done before the one at `position` begins, nearest first. */
  *upstream(position: number): Generator<number, void, undefined> {
    const found = new Set<number>();
    const pending = [position];
    for (const at of pending) {
      for (const input of (this.nodes[at] as OnnxNode).inputs) {
        const parent = this.#makers.get(input);
        if (parent === undefined || found.has(parent)) continue;
        found.add(parent);
        pending.push(parent);
        yield parent;
      }
    }
  }
}
