/**
 * Updates of variables that the host makes in place when a run is done. ONNX Runtime's binding copies every output into new memory,
 * also those that were given memory, so state that went through the model would cost more than the optimiser's arithmetic.
 */
import { type AnyNode, type Graph, type HostData, type OpParams, sizeOf, type Tensor } from '@cyclegan/core';

/** One Adam step of a weight, by tensors of the graph or by what stands for them. */
export interface AdamUpdate<T> {
  readonly kind: 'adam';
  readonly weight: string;
  readonly m: string;
  readonly v: string;
  readonly params: OpParams['adam'];
  readonly gradient: T;
  readonly stepSize: T;
  readonly correction: T;
}

/** Entries of a variable's first axis that are replaced, one after the other. */
export interface EntriesUpdate<T> {
  readonly kind: 'entries';
  readonly variable: string;
  /** How many entries the variable has, and the elements of each. */
  readonly entries: number;
  readonly entrySize: number;
  readonly parts: readonly { readonly values: T; readonly index: T }[];
}

/** An update that the host makes. */
export type HostUpdate<T> = AdamUpdate<T> | EntriesUpdate<T>;

/** The updates of a graph that the host can make: those whose results no node reads. */
export function hostUpdatesOf(graph: Graph): readonly HostUpdate<Tensor>[] {
  const readers = new Map<Tensor, number>();
  for (const tensor of [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.values()]) {
    readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  }
  const updates = new Map(
    [...graph.variables.values()].flatMap(({ name, update }) => (update === undefined ? [] : [[name, update] as const])),
  );
  return [...updates].flatMap(([name, update]) => {
    if (readers.has(update)) return [];
    const found = adamUpdate(name, update.node, { updates, readers }) ?? entriesUpdate(name, update);
    return found === undefined ? [] : [found];
  });
}

/** The variable that a tensor is the value of. */
function variableOf({ node }: Tensor): string | undefined {
  return node.op === 'variable' ? node.params.name : undefined;
}

/** The update of weight `name` and of its moments, if `node` makes all three and nothing else uses them. */
function adamUpdate(
  name: string,
  node: AnyNode,
  { updates, readers }: { readonly updates: ReadonlyMap<string, Tensor>; readonly readers: ReadonlyMap<Tensor, number> },
): AdamUpdate<Tensor> | undefined {
  if (node.op !== 'adam' || node.outputs.some((output) => readers.has(output))) return undefined;
  const names = node.inputs.slice(0, 3).map(variableOf);
  const own = names.every((each, at) => each !== undefined && updates.get(each) === node.outputs[at]);
  if (!own || names[0] !== name) return undefined;
  const [weight, m, v] = names as [string, string, string];
  const [, , , gradient, stepSize, correction] = node.inputs as readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  return { kind: 'adam', weight, m, v, params: node.params, gradient, stepSize, correction };
}

/** The update of `name` by replacing entries of its own value. */
function entriesUpdate(name: string, update: Tensor): EntriesUpdate<Tensor> | undefined {
  const parts: { values: Tensor; index: Tensor }[] = [];
  let current = update;
  while (current.node.op === 'dynamicUpdate') {
    const [before, values, index] = current.node.inputs as readonly [Tensor, Tensor, Tensor];
    parts.unshift({ values, index });
    current = before;
  }
  if (parts.length === 0 || variableOf(current) !== name) return undefined;
  const [entries = 1, ...entry] = update.shape;
  return { kind: 'entries', variable: name, entries, entrySize: sizeOf(entry), parts };
}

/** Names of the variables that an update changes. */
export function changedBy<T>(update: HostUpdate<T>): readonly string[] {
  return update.kind === 'adam' ? [update.weight, update.m, update.v] : [update.variable];
}

/** The same update by other tensors. */
export function mapUpdate<T, U>(update: HostUpdate<T>, map: (tensor: T) => U): HostUpdate<U> {
  if (update.kind === 'entries')
    return { ...update, parts: update.parts.map(({ values, index }) => ({ values: map(values), index: map(index) })) };
  const { gradient, stepSize, correction, ...rest } = update;
  return { ...rest, gradient: map(gradient), stepSize: map(stepSize), correction: map(correction) };
}

/** Replaces entries of a variable's numbers, clamped so that they fit; `value` are outputs of the run. */
export function replaceEntries<T>(
  { entries, entrySize, parts }: EntriesUpdate<T>,
  variable: HostData,
  value: (tensor: T) => HostData,
): void {
  for (const part of parts) {
    const values = value(part.values);
    const last = entries - values.length / entrySize;
    variable.set(values, Math.min(Math.max(value(part.index)[0] ?? 0, 0), last) * entrySize);
  }
}
