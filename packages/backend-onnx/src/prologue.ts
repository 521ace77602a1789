/**
 * The part of a model that depends on variables alone, apart from the rest: what is made of a generator's kernels need not be
 * made again for every picture. What the parts compute is named by its expression, so that programs of one store share it.
 */
import type { OnnxModel, OnnxNode } from '@cyclegan/formats';

/** Something that a prologue computes. */
export interface Derived {
  /** Its name in both parts. */
  readonly value: string;
  /** Equal for equal expressions of the same inputs, in any model. */
  readonly key: string;
  /** Inputs of the model that it depends on. */
  readonly sources: readonly string[];
}

/** A model in two parts. */
export interface SplitModel {
  /** Computes the derived values from inputs that do not change from run to run. */
  readonly prologue: OnnxModel;
  /** Everything else; the derived values are still to be declared as inputs. */
  readonly main: OnnxModel;
  readonly derived: readonly Derived[];
}

/** Splits off what depends on the inputs `steady` alone; undefined when that is nothing. */
export function splitPrologue(model: OnnxModel, steady: ReadonlySet<string>): SplitModel | undefined {
  const constants = new Set(model.initializers.map(({ name }) => name));
  const sources = new Map<string, ReadonlySet<string>>([...steady].map((name) => [name, new Set([name])]));
  const isSteady = (name: string) => name === '' || constants.has(name) || sources.has(name);
  const early = new Set<OnnxNode>();
  for (const node of model.nodes) {
    if (!node.inputs.every(isSteady)) continue;
    const from = new Set(node.inputs.flatMap((name) => [...(sources.get(name) ?? [])]));
    if (from.size === 0) continue;
    early.add(node);
    for (const output of node.outputs) sources.set(output, from);
  }
  const late = model.nodes.filter((node) => !early.has(node));
  const wanted = new Set([...late.flatMap(({ inputs }) => inputs), ...model.outputs.map(({ name }) => name)]);
  const values = [...early].flatMap(({ outputs }) => outputs.filter((output) => wanted.has(output)));
  if (values.length === 0 || model.outputs.some(({ name }) => values.includes(name))) return undefined;
  const keyOf = expressionKeys(model, early);
  const derived = values.map((value) => ({ value, key: keyOf(value), sources: [...(sources.get(value) ?? [])] }));
  const outputs = values.map((name) => ({ name, dtype: 'float32' as const, shape: [] }));
  return { prologue: part(model, [...early], { outputs }), main: part(model, late, {}), derived };
}

/** A model of some of the nodes, with the inputs and constants that they read. */
function part(model: OnnxModel, nodes: readonly OnnxNode[], changes: Partial<OnnxModel>): OnnxModel {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  return {
    ...model,
    nodes,
    initializers: model.initializers.filter(({ name }) => read.has(name)),
    inputs: model.inputs.filter(({ name }) => read.has(name)),
    ...changes,
  };
}

/** The expression of each value that `nodes` compute, as text. */
function expressionKeys({ initializers }: OnnxModel, nodes: ReadonlySet<OnnxNode>): (value: string) => string {
  const keys = new Map<string, string>(initializers.map(({ name, dtype, dims, data }) => [name, `${dtype} ${dims} ${data}`]));
  for (const { opType, attributes, inputs, outputs } of nodes) {
    const operands = inputs.map((name) => keys.get(name) ?? name);
    outputs.forEach((output, index) => {
      keys.set(output, `${opType}.${index} ${JSON.stringify(attributes)} (${operands.join(', ')})`);
    });
  }
  return (value) => keys.get(value) ?? value;
}
