/**
 * Reverse-mode differentiation of a trace: walks the nodes between outputs and inputs backwards and records their
 * gradients into the same trace. Knows rules only as a table.
 */
import { decompose, isComposite } from '../composites.ts';
import { type AnyNode, GraphError, type Node, type Tensor } from '../graph/graph.ts';
import type { CompositeName } from '../graph/ops.ts';
import { add, fill } from '../ops.ts';
import { formatType, isFloat, sameShape } from '../tensor.ts';
import { applyRule, type Differentiable, hasRule } from './rules.ts';

/** What a differentiation treats as given. */
export interface GradOptions {
  /** Tensors through which nothing flows back: the weights of a discriminator while a generator learns, for one. */
  readonly frozen?: Iterable<Tensor>;
}

/**
 * Gradients of the scalar `loss` with respect to `wrt`, in their order; zeros where the loss does not depend on one.
 * The results are ordinary tensors and can be differentiated again. Throws GraphError when the loss is not a float scalar.
 */
export function grad(loss: Tensor, wrt: readonly Tensor[], options: GradOptions = {}): Tensor[] {
  if (loss.shape.length !== 0 || !isFloat(loss.dtype))
    throw new GraphError(`grad: the loss must be a floating-point scalar, got ${formatType(loss)}.`);
  return vjp([loss], [fill(loss, 1)], wrt, options);
}

/** Vector-Jacobian product: what cotangents of `outputs` (same shapes) are as cotangents of `wrt`. */
export function vjp(
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  wrt: readonly Tensor[],
  { frozen = [] }: GradOptions = {},
): Tensor[] {
  outputs.forEach((output, k) => {
    if (!sameShape(output.shape, cotangents[k]?.shape ?? [-1]))
      throw new GraphError(`vjp: cotangent ${k} must have the type of its output, ${formatType(output)}.`);
  });
  const fixed = new Set(frozen);
  const isFixed = (tensor: Tensor) => fixed.has(tensor);
  return pullBack({ outputs, cotangents, wrt, isFixed }).map((total, k) => total ?? fill(wrt[k] as Tensor, 0));
}

interface PullBack {
  readonly outputs: readonly Tensor[];
  readonly cotangents: readonly (Tensor | undefined)[];
  readonly wrt: readonly Tensor[];
  readonly isFixed: (tensor: Tensor) => boolean;
}

/** As vjp; undefined where nothing flows. */
function pullBack({ outputs, cotangents, wrt, isFixed }: PullBack): (Tensor | undefined)[] {
  const depends = dependents(outputs, wrt, isFixed);
  const totals = new Map<Tensor, Tensor>();
  const accumulate = (tensor: Tensor, cotangent: Tensor) => {
    const known = totals.get(tensor);
    totals.set(tensor, known === undefined ? cotangent : add(known, cotangent));
  };
  outputs.forEach((output, k) => {
    const cotangent = cotangents[k];
    if (cotangent !== undefined) accumulate(output, cotangent);
  });
  for (const node of depends.nodes) {
    const incoming = node.outputs.map((output) => totals.get(output));
    if (incoming.every((cotangent) => cotangent === undefined)) continue;
    node.outputs[0]?.trace.scoped(node.scope === '' ? 'grad' : `grad/${node.scope}`, () => {
      const flows = node.inputs.map((input) => isFloat(input.dtype) && depends.tensors.has(input));
      inputCotangents(node, incoming, flows).forEach((cotangent, k) => {
        if (cotangent !== undefined) accumulate(node.inputs[k] as Tensor, cotangent);
      });
    });
  }
  return wrt.map((tensor) => totals.get(tensor));
}

function inputCotangents(node: AnyNode, incoming: readonly (Tensor | undefined)[], flows: readonly boolean[]): (Tensor | undefined)[] {
  if (hasRule(node.op)) {
    const thunks = applyRule(node as Node<Differentiable>, incoming);
    return flows.map((wanted, k) => (wanted ? thunks[k]?.() : undefined));
  }
  if (!isComposite(node.op)) throw new GraphError(`${node.op} has no gradient.`);
  return throughDecomposition(node as Node<CompositeName>, incoming, flows);
}

/** Differentiates a composite by recording its decomposition beside it; what only the gradient does not use is dead code. */
function throughDecomposition(
  node: Node<CompositeName>,
  incoming: readonly (Tensor | undefined)[],
  flows: readonly boolean[],
): (Tensor | undefined)[] {
  const wanted = [...new Set(node.inputs.filter((_, k) => flows[k]))];
  const mark = node.inputs[0]?.trace.size ?? 0;
  const isFixed = (tensor: Tensor) => tensor.node.id < mark;
  const outputs = decompose(node.op, node.inputs, node.params);
  const totals = new Map(pullBack({ outputs, cotangents: incoming, wrt: wanted, isFixed }).map((total, k) => [wanted[k], total]));
  // an input that stands twice gets its whole cotangent once
  return node.inputs.map((input, k) => (flows[k] && node.inputs.indexOf(input) === k ? totals.get(input) : undefined));
}

/** The nodes on paths from `wrt` to `outputs`, last first, and the tensors that depend on `wrt`. */
function dependents(
  outputs: readonly Tensor[],
  wrt: readonly Tensor[],
  isFixed: (tensor: Tensor) => boolean,
): { nodes: AnyNode[]; tensors: Set<Tensor> } {
  const ancestors = new Set<AnyNode>();
  const pending = outputs.map((output) => output.node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (ancestors.has(node) || node.outputs.every(isFixed)) continue;
    ancestors.add(node);
    for (const input of node.inputs) pending.push(input.node);
  }
  const tensors = new Set(wrt);
  const nodes: AnyNode[] = [];
  for (const node of [...ancestors].sort((a, b) => a.id - b.id)) {
    if (!node.inputs.some((input) => tensors.has(input))) continue;
    nodes.push(node);
    for (const output of node.outputs) if (!isFixed(output)) tensors.add(output);
  }
  return { nodes: nodes.reverse(), tensors };
}
