/**
 * The part of a model that depends on variables alone, apart from the rest: what is made of a generator's kernels need not be
 * made again for every picture. What the parts compute is named by its expression, so that programs of one store share it.
 */
import { createHash } from 'node:crypto';
import type { OnnxModel, OnnxNode, OnnxTensor } from '@cyclegan/formats';

/** Something that a prologue computes. */
export interface Derived {
  /** Its name in both parts. */
  readonly value: string;
  /** Equal for equal expressions of the same variables, in any model. */
  readonly key: string;
  /** The variables that it depends on. */
  readonly sources: readonly string[];
}

/** A model in two parts. */
export interface SplitModel {
  /** Computes the derived values from inputs that do not change from run to run; their shapes are not known. */
  readonly prologue: OnnxModel;
  /** Everything else; the derived values are still to be declared as inputs. */
  readonly main: OnnxModel;
  readonly derived: readonly Derived[];
}

/** Operators that cost nothing. */
const FREE = ['Identity', 'Reshape'];

/** Operators that make f32 of f32, and nothing much larger. */
const EARLY: ReadonlySet<string> = new Set([
  ...FREE,
  ...['Add', 'Div', 'Mul', 'Reciprocal', 'Sqrt', 'Sub'],
  ...['Concat', 'Gather', 'Pad', 'Slice', 'Transpose'],
  ...['FusedMatMul', 'Gemm', 'MatMul', 'ReduceMean', 'ReduceSum'],
]);

/**
 * Splits off what depends on the inputs `steady` alone, f32 all of them, which maps their names to those of the variables. Undefined when
 * that takes no work; outputs of the model stay in the main part.
 */
export function splitPrologue(model: OnnxModel, steady: ReadonlyMap<string, string>): SplitModel | undefined {
  const { early, sources } = earlyNodes(model, steady);
  if (early.every(({ opType }) => FREE.includes(opType))) return undefined;
  const moved = new Set(early);
  const late = model.nodes.filter((node) => !moved.has(node));
  const read = new Set(late.flatMap(({ inputs }) => inputs));
  const values = early.flatMap(({ outputs }) => outputs.filter((output) => read.has(output)));
  const keys = expressionKeys(model, early, steady);
  const derived = values.map((value) => ({ value, key: keys.get(value) ?? value, sources: [...(sources.get(value) ?? [])] }));
  const outputs = values.map((name) => ({ name, dtype: 'float32' as const, shape: [] }));
  return { prologue: { ...part(model, early), outputs }, main: part(model, late), derived };
}

/** The nodes that the prologue takes, and the variables that each of its values depends on. */
function earlyNodes({ nodes, initializers, outputs }: OnnxModel, steady: ReadonlyMap<string, string>) {
  const constants = new Set(['', ...initializers.map(({ name }) => name)]);
  const results = new Set(outputs.map(({ name }) => name));
  const sources = new Map<string, ReadonlySet<string>>([...steady].map(([input, variable]) => [input, new Set([variable])]));
  const early = nodes.filter((node) => {
    const isSteady = node.inputs.every((name) => constants.has(name) || sources.has(name));
    const from = new Set(node.inputs.flatMap((name) => [...(sources.get(name) ?? [])]));
    if (!EARLY.has(node.opType) || !isSteady || from.size === 0 || node.outputs.some((output) => results.has(output))) return false;
    for (const output of node.outputs) sources.set(output, from);
    return true;
  });
  return { early, sources };
}

/** A model of some of the nodes, with the inputs and constants that they read. */
function part(model: OnnxModel, nodes: readonly OnnxNode[]): OnnxModel {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const isRead = ({ name }: { readonly name: string }) => read.has(name);
  return { ...model, nodes, initializers: model.initializers.filter(isRead), inputs: model.inputs.filter(isRead) };
}

/** A digest of the expression of each value that `nodes` compute. */
function expressionKeys(
  { initializers }: OnnxModel,
  nodes: readonly OnnxNode[],
  steady: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const constants = new Map(initializers.map((constant) => [constant.name, constant]));
  const keys = new Map<string, string>();
  const keyOf = (name: string): string => {
    const constant = constants.get(name);
    const key = keys.get(name) ?? (constant === undefined ? `variable ${steady.get(name) ?? ''}` : constantKey(constant));
    keys.set(name, key);
    return key;
  };
  for (const { opType, domain = '', attributes = {}, inputs, outputs } of nodes) {
    const expression = JSON.stringify([domain, opType, attributes, inputs.map(keyOf)]);
    outputs.forEach((output, index) => {
      keys.set(output, digest(`${index} ${expression}`));
    });
  }
  return keys;
}

function constantKey({ dtype, dims, data }: OnnxTensor): string {
  return `constant ${dtype} ${dims} ${digest(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`;
}

function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64');
}
