/** One node computed on values: the step of a program, and what constant folding uses. */
import { BackendError } from '../backend.ts';
import { type AnyNode, type Node, only } from '../graph/graph.ts';
import type { PrimitiveName } from '../graph/ops.ts';
import type { HostTensor } from '../tensor.ts';
import { KERNELS } from './kernels.ts';
import { type Bindings, DTYPES, type Elements, fromHost, type Operands, toHost, type Value } from './value.ts';

/** A node whose op the backend has a kernel for. */
export type PrimitiveNode = { [K in PrimitiveName]: Node<K> }[PrimitiveName];

/** The outputs of a node that is no composite and no `f16`, computed in f64; throws BackendError for other nodes. */
export function evaluate(node: AnyNode, operands: readonly HostTensor[]): HostTensor[] {
  const values = operands.map(({ shape, dtype, data }) => ({ shape, dtype, data: fromHost({ dtype, data }) }));
  const elements = apply(primitive(node), values, { feeds: new Map(), variables: new Map() });
  return [toHost(only(node.outputs), elements)];
}

/** Runs a node's kernel. */
export function apply<K extends PrimitiveName>(node: Node<K>, inputs: readonly Value[], bindings: Bindings): Elements {
  return KERNELS[node.op]({ inputs: inputs as unknown as Operands, params: node.params, output: only(node.outputs), bindings });
}

/** `node`, if the reference backend can compute it; throws BackendError for a composite and for `f16`. */
export function primitive(node: AnyNode): PrimitiveNode {
  for (const { dtype } of node.outputs) {
    if (!DTYPES.includes(dtype)) throw unshaped(node, `it is ${dtype}, and the backend computes ${DTYPES.join(', ')}`);
  }
  if (!isPrimitive(node)) throw unshaped(node, 'the backend has no composite ops');
  return node;
}

function isPrimitive(node: AnyNode): node is PrimitiveNode {
  return Object.hasOwn(KERNELS, node.op);
}

function unshaped({ op, id }: AnyNode, reason: string): BackendError {
  return new BackendError(
    `reference: cannot compile ${op} (node ${id}): ${reason}; use core's compile, which shapes the graph to the backend.`,
  );
}
