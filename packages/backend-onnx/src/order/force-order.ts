/**
 * Makes ONNX Runtime compute nodes in about the order they are given in, by the order of the file and by fences: nodes that cost next to nothing and through
 * which a node reads, in name only, the result of one it has to wait for. Knows nothing of what the nodes compute.
 */
import type { OnnxNode } from '@cyclegan/formats';
import { int } from '../lowering/attributes.ts';
import { parentsOf } from './execution-order.ts';

/**
 * How many places a node may be ahead of one that should be before it. Without any slack a quarter of all nodes would be fences on top; with this much it is
 * three in a hundred, and the memory in use is the same.
 */
const SLACK = 100;

/**
 * A file's nodes, fences included, that ONNX Runtime computes in the order of `nodes`, a topological one, up to `slack` places (see executionOrder). That of the
 * file is none, which ONNX Runtime does not ask for.
 */
export function forceOrder(nodes: readonly OnnxNode[], slack = SLACK): OnnxNode[] {
  const waits = waitsOf(parentsOf(nodes), slack);
  const makers = new Map(nodes.flatMap(({ outputs }, position) => outputs.map((output) => [output, position] as const)));
  const fences: OnnxNode[] = [];
  const fenced = nodes.map((node, position) => {
    const awaited = (waits.get(position) ?? []).flatMap((each) => nodes[each]?.outputs.find((output) => output !== '') ?? []);
    const at = lastRead(node, makers);
    if (awaited.length === 0 || at < 0) return node;
    const made = fence(awaited, node.inputs[at] as string, `fence/${position}`);
    fences.push(...made);
    return { ...node, inputs: node.inputs.map((input, k) => (k === at ? `fence/${position}` : input)) };
  });
  return [...fences, ...fenced.slice(0, -1).reverse(), ...fenced.slice(-1)];
}

/** The input that the search comes to last: through a fence it does so still. An input of the graph where the node reads no other. */
function lastRead({ inputs }: OnnxNode, makers: ReadonlyMap<string, number>): number {
  const position = (input: string) => makers.get(input) ?? -1;
  const last = Math.max(...inputs.map(position));
  return inputs.findIndex((input) => input !== '' && position(input) === last);
}

/**
 * Nodes that make `value`, under the name `name`, once all of `awaited` are there, the first of them first. Unsqueeze by an empty list of axes, which is what a
 * shape without extents is, changes and copies nothing.
 */
function fence(awaited: readonly string[], value: string, name: string): OnnxNode[] {
  const none = awaited.map((_, k) => `${name}/none${k}`);
  const shapes = awaited.map((input, k) => node('Shape', [input], none[k] as string, { start: int(0), end: int(0) }));
  const through = (axes: string) => node('Unsqueeze', [value, axes], name);
  if (shapes.length === 1) return [...shapes, through(none[0] as string)];
  return [...shapes.reverse(), node('Concat', none, `${name}/none`, { axis: int(0) }), through(`${name}/none`)];
}

function node(opType: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode {
  return { name: output, opType, inputs, outputs: [output], attributes };
}

/**
 * For positions of nodes that have to wait for others, the positions of those, ascending, given the nodes that each reads. Follows ONNX Runtime's search, in a file
 * of reversed order but for the last node: where all that a node reads is done and one more than `slack` places before it is not, the node waits for all before it.
 */
export function waitsOf(parents: readonly (readonly number[])[], slack: number): ReadonlyMap<number, readonly number[]> {
  const waits = new Map<number, readonly number[]>();
  const done = new Uint8Array(parents.length);
  const entered = new Uint8Array(parents.length);
  const read = new Set(parents.flat());
  const leaves = parents.map((_, position) => position).filter((position) => !read.has(position));
  const pending = [...leaves.slice(0, -1).reverse(), ...leaves.slice(-1)];
  let first = 0;
  for (let position = pending.pop(); position !== undefined; position = pending.pop()) {
    if (position >= 0) {
      if (entered[position]) continue;
      entered[position] = 1;
      pending.push(~position, ...[...(parents[position] ?? [])].reverse());
      continue;
    }
    const ready = ~position;
    while (done[first]) first++;
    if (ready - first > slack && !waits.has(ready)) {
      const awaited = unreadAmong(parents, (each) => !done[each], { first, last: ready - 1 });
      waits.set(ready, awaited);
      pending.push(position, ...[...awaited].reverse());
    } else done[ready] = 1;
  }
  return waits;
}

/** Those of the positions from `first` to `last` of which `holds` is true that no other of them reads, ascending. */
function unreadAmong(
  parents: readonly (readonly number[])[],
  holds: (position: number) => boolean,
  { first, last }: { readonly first: number; readonly last: number },
): number[] {
  const read = new Set<number>();
  const unread: number[] = [];
  for (let position = last; position >= first; position--) {
    if (!holds(position)) continue;
    if (!read.has(position)) unread.push(position);
    for (const parent of parents[position] ?? []) read.add(parent);
  }
  return unread.reverse();
}
