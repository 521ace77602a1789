/** A graph as the steps of an interpreter: node after node, each with the tensors that nothing reads any more. Knows no op. */
import type { AnyNode, Graph, Tensor } from './graph.ts';

/** A node, and the tensors that die with it: read for the last time by it, or made by it and never read. */
export interface Step {
  readonly node: AnyNode;
  readonly dying: readonly Tensor[];
}

/** The steps of a graph. What is fetched or becomes a variable's value must be kept by whoever runs them. */
export function stepsOf(graph: Graph): readonly Step[] {
  const lastUse = new Map<Tensor, AnyNode>();
  for (const node of graph.nodes) {
    for (const tensor of [...node.outputs, ...node.inputs]) lastUse.set(tensor, node);
  }
  const dying = new Map<AnyNode, Tensor[]>(graph.nodes.map((node) => [node, []]));
  for (const [tensor, node] of lastUse) dying.get(node)?.push(tensor);
  return graph.nodes.map((node) => ({ node, dying: dying.get(node) ?? [] }));
}
