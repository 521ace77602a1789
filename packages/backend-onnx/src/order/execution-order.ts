/**
 * The order in which ONNX Runtime computes the nodes of a model. It ignores their order in the file but for its choices in a depth-first search, which this
 * repeats (GraphViewer and Graph::ReverseDFSFrom in its sources; measured by the test on its profile).
 */
import type { OnnxNode } from '@cyclegan/formats';

/**
 * `nodes` of a file in the order of execution: a search from the nodes that none reads, those further down in the file first, that emits a node after
 * all it reads, of which those further down come first as well.
 */
export function executionOrder(nodes: readonly OnnxNode[]): OnnxNode[] {
  const parents = parentsOf(nodes);
  const read = new Set(parents.flat());
  const order: OnnxNode[] = [];
  const entered = new Set<number>();
  const pending = nodes.map((_, index) => index).filter((index) => !read.has(index));
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    // a node that is left is pending as the complement of its index
    if (index < 0) order.push(nodes[~index] as OnnxNode);
    else if (!entered.has(index)) {
      entered.add(index);
      pending.push(~index, ...(parents[index] ?? []));
    }
  }
  return order;
}

/** For each node, the indices of the nodes whose results it reads, ascending. */
export function parentsOf(nodes: readonly OnnxNode[]): readonly (readonly number[])[] {
  const makers = new Map(nodes.flatMap(({ outputs }, index) => outputs.map((output) => [output, index] as const)));
  return nodes.map(({ inputs }) => [...new Set(inputs.flatMap((input) => makers.get(input) ?? []))].sort((a, b) => a - b));
}
