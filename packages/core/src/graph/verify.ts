/** Checks that a graph keeps the rules that passes and backends rely on. */
import { formatType, sameShape, type TensorType } from '../tensor.ts';
import { type AnyNode, type Graph, GraphError, type Tensor } from './graph.ts';
import { infer, ShapeError } from './infer.ts';

/**
 * Throws GraphError naming the first node, output or variable that breaks a rule: nodes in topological order and of one trace,
 * types as inferred, reads and updates of declared variables with their types, inputs declared.
 */
export function verify(graph: Graph): void {
  const seen = new Set<Tensor>();
  for (const node of graph.nodes) {
    verifyNode(node, seen, graph);
    for (const output of node.outputs) seen.add(output);
  }
  for (const [name, tensor] of graph.outputs) require(seen.has(tensor), `output ${name} is not computed by the graph`);
  for (const variable of graph.variables.values()) {
    if (variable.update === undefined) continue;
    require(seen.has(variable.update), `the update of ${variable.name} is not computed by the graph`);
    requireType(variable.update, variable, `the update of ${variable.name}`);
  }
}

function verifyNode(node: AnyNode, seen: ReadonlySet<Tensor>, graph: Graph): void {
  const name = `node ${node.id} (${node.op}${node.scope === '' ? '' : ` in ${node.scope}`})`;
  for (const input of node.inputs) require(seen.has(input), `${name} reads a ${input.node.op} that is not computed before it`);
  const types = inferred(node, name);
  require(types.length === node.outputs.length, `${name} has ${node.outputs.length} outputs, its op has ${types.length}`);
  node.outputs.forEach((output, k) => {
    requireType(output, types[k] as TensorType, `output ${k} of ${name}`);
    require(output.node === node && output.index === k, `output ${k} of ${name} does not point back to it`);
  });
  if (node.op === 'input') requireDeclared(node.params.name, node.params, graph.inputs, 'input');
  if (node.op === 'variable') requireDeclared(node.params.name, node.params, graph.variables, 'variable');
}

function inferred(node: AnyNode, name: string): readonly TensorType[] {
  try {
    return infer(node.op, node.inputs, node.params);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new GraphError(`verify: ${name} does not fit its inputs: ${error.message}`, { cause: error });
  }
}

function requireDeclared(name: string, type: TensorType, declared: ReadonlyMap<string, TensorType>, kind: string): void {
  const known = declared.get(name);
  if (known === undefined) throw new GraphError(`verify: ${kind} ${name} is read but not declared.`);
  requireType(type, known, `${kind} ${name}`);
}

function requireType(got: TensorType, expected: TensorType, name: string): void {
  require(got.dtype === expected.dtype &&
    sameShape(got.shape, expected.shape), `${name} is ${formatType(got)}, expected ${formatType(expected)}`);
}

function require(holds: boolean, message: string): void {
  if (!holds) throw new GraphError(`verify: ${message}.`);
}
