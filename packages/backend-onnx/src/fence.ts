/**
 * Makes the updates of a network wait for the last nodes that read its weights, so that they can be written in place: the input gradients of a
 * layer read its weight but do not precede its weight gradient. A fence costs next to nothing: it reads a shape's empty part.
 */
import type { OnnxModel, OnnxNode } from '@cyclegan/formats';
import { Dependencies } from './dependencies.ts';
import { blockers } from './in-place.ts';
import { int } from './lowering/attributes.ts';
import type { Value } from './lowering/context.ts';
import { type LoweredGraph, liveNodes } from './lowering/graph-to-onnx.ts';

/** Operators that make a scalar of scalars. */
const ARITHMETIC: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div']);

/** A scalar operand, such as a step size, through which a node is made to wait. */
interface Gate {
  readonly at: number;
  readonly scalar: Value;
}

/** The same model with more dependencies, at most one fence for each network: the first part of its variables' names. */
export function fenceUpdates(lowered: LoweredGraph): LoweredGraph {
  const networks = new Set([...lowered.updates.keys()].map(networkOf));
  const scalars = scalarsOf(lowered.model);
  const nodes = [...networks].reduce<readonly OnnxNode[]>(
    (fenced, network) => fenceNetwork(fenced, network, { lowered, scalars }),
    lowered.model.nodes,
  );
  return { ...lowered, model: { ...lowered.model, nodes } };
}

const networkOf = (variable: string) => variable.split('/', 1)[0] ?? '';

/** Values that are known to be single numbers: inputs, and what is computed from them. */
function scalarsOf({ inputs, initializers, nodes }: OnnxModel): ReadonlySet<Value> {
  const constants = new Set(initializers.flatMap(({ name, dims }) => (dims.length === 0 ? [name] : [])));
  const scalars = new Set(inputs.flatMap(({ name, shape, dtype }) => (shape.length === 0 && dtype === 'float32' ? [name] : [])));
  for (const { opType, inputs, outputs } of nodes) {
    if (ARITHMETIC.has(opType) && inputs.every((input) => scalars.has(input) || constants.has(input))) scalars.add(outputs[0] ?? '');
  }
  return scalars;
}

function fenceNetwork(
  nodes: readonly OnnxNode[],
  network: string,
  { lowered, scalars }: { readonly lowered: LoweredGraph; readonly scalars: ReadonlySet<Value> },
): readonly OnnxNode[] {
  const dependencies = new Dependencies(nodes);
  const awaited = new Set<number>();
  const gates: Gate[] = [];
  for (const [name, next] of lowered.updates) {
    const writer = dependencies.maker(next);
    if (networkOf(name) !== network || writer === undefined) continue;
    const readers = blockers(dependencies, lowered.variables.get(name), next) ?? [];
    // no fence helps a node that reads what it overwrites
    if (readers.length === 0 || readers.includes(writer)) continue;
    const gate = gateOf(dependencies, writer, scalars);
    if (gate === undefined) continue;
    gates.push(gate);
    for (const reader of readers) awaited.add(reader);
  }
  const last = lastOf(dependencies, awaited, new Set(gates.map(({ at }) => at)));
  return last === undefined || gates.length === 0 ? nodes : withFence(nodes, gates, { name: `${network}/fence`, last });
}

/** The operand nearest to what `writer` writes that is a scalar. */
function gateOf(dependencies: Dependencies, writer: number, scalars: ReadonlySet<Value>): Gate | undefined {
  for (const at of upTo(dependencies, writer)) {
    const scalar = dependencies.nodes[at]?.inputs.find((input) => scalars.has(input));
    if (scalar !== undefined) return { at, scalar };
  }
  return undefined;
}

function* upTo(dependencies: Dependencies, at: number): Generator<number, void, undefined> {
  yield at;
  yield* dependencies.upstream(at);
}

/** Those of `awaited` that precede none of the others; undefined when one waits for a gate itself. */
function lastOf(dependencies: Dependencies, awaited: ReadonlySet<number>, gates: ReadonlySet<number>): readonly number[] | undefined {
  const last = new Set(awaited);
  // the rest of what precedes a node that another one waits for is found on the way to that one
  for (const at of [...awaited].sort((a, b) => b - a)) {
    if (!last.has(at)) continue;
    for (const each of upTo(dependencies, at)) {
      if (gates.has(each)) return undefined;
      if (each !== at) last.delete(each);
    }
  }
  return [...last];
}

/** The nodes with those at `gates` behind a fence, in an order in which each still comes after what it reads. */
function withFence(
  nodes: readonly OnnxNode[],
  gates: readonly Gate[],
  { name, last }: { readonly name: string; readonly last: readonly number[] },
): readonly OnnxNode[] {
  const fence = fenceNodes(
    name,
    last.map((at) => nodes[at]?.outputs.find((output) => output !== '') ?? ''),
    [...new Set(gates.map(({ scalar }) => scalar))],
  );
  const gated = new Map(gates.map(({ at, scalar }) => [at, scalar] as const));
  const early = makersOf(nodes, new Set(gates.map(({ scalar }) => scalar)));
  const waiting = new Set<Value>();
  const [before, after]: [OnnxNode[], OnnxNode[]] = [[], []];
  const end = Math.max(...last);
  nodes.forEach((node, at) => {
    const scalar = gated.get(at);
    const waits = scalar !== undefined || node.inputs.some((input) => waiting.has(input));
    if (waits) for (const output of node.outputs) waiting.add(output);
    const behind =
      scalar === undefined ? node : { ...node, inputs: node.inputs.map((input) => (input === scalar ? `${name}/${input}` : input)) };
    (waits || (at > end && !early.has(node)) ? after : before).push(behind);
  });
  return [...before, ...fence, ...after];
}

/** The nodes that make `values` and what they are made of. */
function makersOf(nodes: readonly OnnxNode[], values: ReadonlySet<Value>): ReadonlySet<OnnxNode> {
  return new Set(liveNodes(nodes, new Set(values)));
}

/** Nodes that make each of `scalars` again once all of `awaited` are there, as `name/scalar`: reshaped to no extents, which copies nothing. */
function fenceNodes(name: string, awaited: readonly Value[], scalars: readonly Value[]): OnnxNode[] {
  const part = { start: int(0), end: int(0) };
  const make = (opType: string, inputs: readonly Value[], output: Value, attributes = {}): OnnxNode => ({
    name: output,
    opType,
    inputs,
    outputs: [output],
    attributes,
  });
  const parts = awaited.map((value, k) => make('Shape', [value], `${name}~${k}`, part));
  const joined = make(
    'Concat',
    parts.map((each) => each.outputs[0] ?? ''),
    `${name}~`,
    { axis: int(0) },
  );
  return [...parts, joined, ...scalars.map((scalar) => make('Reshape', [scalar, `${name}~`], `${name}/${scalar}`))];
}
