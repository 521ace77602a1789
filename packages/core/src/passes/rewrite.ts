/**
 * How passes change a graph: by recording it anew, node by node, with some nodes replaced. Only what outputs and updates
 * need is recorded, so every rewrite also removes dead code.
 */
import { type AnyNode, type Graph, GraphError, type Tensor, Trace } from '../graph/graph.ts';

/** Replaces one node: gets it with its inputs already in the new trace and returns its outputs, or undefined to keep it. */
export type Visit = (node: AnyNode, inputs: readonly Tensor[], trace: Trace) => readonly Tensor[] | undefined;

/** The graph with each live node passed through `visit`. Inputs, outputs and variables keep their names and types. */
export function rewrite(graph: Graph, visit: Visit): Graph {
  const trace = new Trace();
  const replaced = new Map<Tensor, Tensor>();
  const at = (tensor: Tensor): Tensor => {
    const found = replaced.get(tensor);
    if (found === undefined) throw new GraphError(`${tensor.node.op} (node ${tensor.node.id}) is read before it is computed.`);
    return found;
  };
  for (const [name, { shape, dtype }] of graph.inputs) trace.input(name, shape, dtype);
  for (const { name, shape, dtype, init } of graph.variables.values()) trace.variable(name, shape, init, dtype);
  const live = liveNodes(graph);
  for (const node of graph.nodes) {
    if (!live.has(node)) continue;
    const outputs = trace.scoped(node.scope, () => record(node, node.inputs.map(at), trace, visit));
    node.outputs.forEach((tensor, k) => {
      replaced.set(tensor, outputs[k] as Tensor);
    });
  }
  for (const [name, tensor] of graph.outputs) trace.output(name, at(tensor));
  for (const { name, update } of graph.variables.values()) if (update !== undefined) trace.update(name, at(update));
  return withoutDeadNodes(trace.graph());
}

/** Declaring inputs and variables records nodes for them, which nothing may read. */
function withoutDeadNodes(graph: Graph): Graph {
  const live = liveNodes(graph);
  return { ...graph, nodes: graph.nodes.filter((node) => live.has(node)) };
}

function record(node: AnyNode, inputs: readonly Tensor[], trace: Trace, visit: Visit): readonly Tensor[] {
  if (node.op === 'input') return [trace.input(node.params.name, node.params.shape, node.params.dtype)];
  if (node.op === 'variable')
    return [trace.variable(node.params.name, node.params.shape, { kind: 'constant', value: 0 }, node.params.dtype)];
  if (node.op === 'constant') return [trace.constant(node.params)];
  return visit(node, inputs, trace) ?? trace.emit(node.op, inputs, node.params);
}

/** The nodes that outputs and updates need. */
export function liveNodes(graph: Graph): ReadonlySet<AnyNode> {
  const live = new Set<AnyNode>();
  const pending = [...graph.outputs.values(), ...[...graph.variables.values()].flatMap(({ update }) => update ?? [])].map(
    (tensor) => tensor.node,
  );
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (live.has(node)) continue;
    live.add(node);
    for (const input of node.inputs) pending.push(input.node);
  }
  return live;
}
