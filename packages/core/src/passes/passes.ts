/**
 * The passes over a graph. Each keeps it valid and its results equal: dead code, common subexpressions, constant folding,
 * algebraic clean-up, the decomposition of composites that a backend lacks, mixed precision, and the order of computation.
 */
import { decompose, isComposite } from '../composites.ts';
import type { AnyNode, Graph, Tensor } from '../graph/graph.ts';
import type { CompositeName } from '../graph/ops.ts';
import { evaluate } from '../reference/evaluate.ts';
import { type HostTensor, sizeOf } from '../tensor.ts';
import { mixPrecision, type Precision } from './mix-precision.ts';
import { rewrite } from './rewrite.ts';
import { schedule } from './schedule.ts';
import { simplify } from './simplify.ts';

/** A pass: graph in, equal graph out. */
export type Pass = (graph: Graph) => Graph;

/** Removes nodes that neither an output nor an update needs. */
export const eliminateDeadCode: Pass = (graph) => rewrite(graph, () => undefined);

/** Computes equal expressions once. */
export const shareCommonSubexpressions: Pass = (graph) => {
  const known = new Map<string, readonly Tensor[]>();
  return rewrite(graph, (node, inputs, trace) => {
    const operands = inputs.map((tensor) => `${tensor.node.id}.${tensor.index}`).join(' ');
    const key = `${node.op} ${operands} ${JSON.stringify(node.params, distinctNumbers)}`;
    const outputs = known.get(key) ?? trace.emit(node.op, inputs, node.params);
    known.set(key, outputs);
    return outputs;
  });
};

/** JSON writes -0 as 0, and NaN and the infinities as null. */
function distinctNumbers(_: string, value: unknown): unknown {
  return typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value)) ? `${1 / value} ${value}` : value;
}

/** Constants are not folded into results larger than this and than what they came from: a filled picture stays a broadcast. */
const FOLDED_ELEMENTS = 64;

/** Computes what depends on constants alone, in f64. */
export const foldConstants: Pass = (graph) =>
  rewrite(graph, (node, inputs, trace) => {
    const operands = inputs.flatMap((tensor) => constantOf(tensor) ?? []);
    if (operands.length !== inputs.length || inputs.length === 0 || isComposite(node.op)) return undefined;
    if (node.outputs.some(({ dtype }) => dtype === 'f16') || operands.some(({ dtype }) => dtype === 'f16')) return undefined;
    const size = node.outputs.reduce((total, { shape }) => total + sizeOf(shape), 0);
    if (size > Math.max(FOLDED_ELEMENTS, ...operands.map(({ shape }) => sizeOf(shape)))) return undefined;
    return evaluate(node, operands).map((value) => trace.constant(value));
  });

function constantOf({ node }: Tensor): HostTensor | undefined {
  return node.op === 'constant' ? node.params : undefined;
}

/** Replaces expressions by cheaper equal ones. */
export const cleanUpAlgebra: Pass = (graph) => rewrite(graph, simplify);

/** Puts the decomposition of every composite that is not in `native` in its place. */
export function decomposeTo(native: readonly CompositeName[]): Pass {
  const lacks = (node: AnyNode) => isComposite(node.op) && !native.includes(node.op);
  return (graph) => {
    let current = graph;
    while (current.nodes.some(lacks)) {
      current = rewrite(current, (node, inputs) =>
        isComposite(node.op) && lacks(node) ? decompose(node.op, inputs, node.params as never) : undefined,
      );
    }
    return current;
  };
}

/** What every graph goes through before it is compiled, composites decomposed to `native`; with `f16` in mixed precision. */
export function optimise(graph: Graph, native: readonly CompositeName[], precision: Precision = 'f32'): Graph {
  const passes: Pass[] = [
    decomposeTo(native),
    foldConstants,
    cleanUpAlgebra,
    shareCommonSubexpressions,
    foldConstants,
    cleanUpAlgebra,
    eliminateDeadCode,
    ...(precision === 'f16' ? [mixPrecision] : []),
    schedule,
  ];
  return passes.reduce((current, pass) => pass(current), graph);
}
