/**
 * Mixed precision (Micikevicius et al. 2018): products of a training step, and what lies between them, in f16; losses, reductions, statistics, Adam and all
 * variables in f32. Knows types and the order of a graph, nothing of models: the scale that keeps small gradients in f16's range is the step's own affair.
 */
import type { AnyNode, Graph, Tensor } from '../graph/graph.ts';
import type { OpName } from '../graph/ops.ts';
import { cast } from '../ops.ts';
import { liveNodes, rewrite } from './rewrite.ts';

/** What a graph's products are computed in: `f16` is mixed precision. */
export type Precision = 'f32' | 'f16';

/** Products read f16 and give f16; a backend sums up their terms in f32. */
const PRODUCTS: ReadonlySet<OpName> = new Set<OpName>(['conv2d', 'conv2dInputGrad', 'conv2dWeightGrad', 'matmul']);

/** Takes f16 and gives f16, statistics in f32, and is computed in f32. */
const NORMALISING: ReadonlySet<OpName> = new Set<OpName>(['normalize', 'normalizeGrad']);

/** Puts elements elsewhere: no value changes, so they are f16 wherever that is enough before or after. */
const MOVING: ReadonlySet<OpName> = new Set<OpName>(['reshape', 'transpose', 'broadcast', 'concat', 'slice', 'pad', 'reflectPad']);

/** Arithmetic whose results are of the size of its operands, more or less, and so within f16's range. */
const ARITHMETIC: ReadonlySet<OpName> = new Set<OpName>([
  'neg',
  'abs',
  'sign',
  'tanh',
  'sigmoid',
  'relu',
  'leakyRelu',
  'reluGrad',
  'add',
  'sub',
  'mul',
  'min',
  'max',
  'select',
  'reflectPadGrad',
]);

/** Least and largest number that f16 holds in full precision. */
const LEAST = 2 ** -14;
const LARGEST = 65504;

/**
 * The graph in mixed precision. Names and types of inputs, outputs and variables stay; what an output is made of is f32 back to the last product. A value is narrowed
 * once for all readers, and widened by each of its own, since a wide copy kept for a later reader would take the memory that f16 saves. Run it when biases before
 * normalising are gone, because casts hide them from the clean-up.
 */
export function mixPrecision(graph: Graph): Graph {
  const half = halfNodes(graph);
  const results = new Set(resultsOf(graph));
  const casts = new Casts();
  return rewrite(graph, (node, inputs, trace) => {
    const isWide = !half.has(node) || NORMALISING.has(node.op);
    const outputs = trace.emit(
      node.op,
      inputs.map((input) => (isWide ? widened(input) : casts.narrowed(input))),
      node.params,
    );
    if (!half.has(node)) return outputs;
    const [first, ...statistics] = outputs as readonly [Tensor, ...Tensor[]];
    const narrow = cast(first, 'f16');
    return [results.has(node.outputs[0] as Tensor) ? casts.wide(narrow) : narrow, ...statistics];
  });
}

/** `tensor` as f32 where it is f16. */
function widened(tensor: Tensor): Tensor {
  return tensor.dtype === 'f16' ? cast(tensor, 'f32') : tensor;
}

/** The f16 of tensors, made once. */
class Casts {
  readonly #narrow = new Map<Tensor, Tensor>();

  /** `tensor` as f16 where it is f32. */
  narrowed(tensor: Tensor): Tensor {
    if (tensor.dtype !== 'f32') return tensor;
    const known = this.#narrow.get(tensor) ?? cast(tensor, 'f16');
    this.#narrow.set(tensor, known);
    return known;
  }

  /** The f32 of `narrow`, for a result of the graph that others read as well. */
  wide(narrow: Tensor): Tensor {
    const wide = widened(narrow);
    this.#narrow.set(wide, narrow);
    return wide;
  }
}

function resultsOf({ outputs, variables }: Graph): readonly Tensor[] {
  return [...outputs.values(), ...[...variables.values()].flatMap(({ update }) => update ?? [])];
}

/**
 * Which nodes give f16: products, and what takes part on a way from one product to another. Movements join them from both sides: those of f16 values, and those
 * whose readers all take f16.
 */
function halfNodes(graph: Graph): ReadonlySet<AnyNode> {
  const live = liveNodes(graph);
  const nodes = graph.nodes.filter((node) => live.has(node));
  const readers = readersOf(nodes);
  const fixed = fixedNodes(graph);
  const mayJoin = (node: AnyNode) =>
    (NORMALISING.has(node.op) || ARITHMETIC.has(node.op) || isMovement(node)) && !fixed.has(node) && fits(node);
  const gives = (some: ReadonlySet<AnyNode>) => (input: Tensor) => some.has(input.node) && input.index === 0;
  const after = new Set<AnyNode>();
  for (const node of nodes) if (isProduct(node) || (mayJoin(node) && node.inputs.some(gives(after)))) after.add(node);
  const half = new Set<AnyNode>();
  for (const node of [...nodes].reverse()) {
    const taken = (readers.get(node) ?? []).map((reader) => half.has(reader));
    const between = after.has(node) && taken.includes(true);
    const before = isMovement(node) && mayJoin(node) && taken.length > 0 && !taken.includes(false);
    if (isProduct(node) || between || before) half.add(node);
  }
  for (const node of nodes) if (isMovement(node) && fits(node) && node.inputs.every(gives(half))) half.add(node);
  return half;
}

const isProduct = ({ op, outputs }: AnyNode) => PRODUCTS.has(op) && outputs[0]?.dtype === 'f32';
const isMovement = ({ op }: AnyNode) => MOVING.has(op);

/** What outputs of the graph are made of, back to the last products: losses, and pictures, which losses compare. And the next values of variables. */
function fixedNodes({ outputs, variables }: Graph): ReadonlySet<AnyNode> {
  const fixed = new Set<AnyNode>();
  const pending = [...outputs.values()].map(({ node }) => node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (fixed.has(node) || isProduct(node)) continue;
    fixed.add(node);
    for (const input of node.inputs) pending.push(input.node);
  }
  for (const { update } of variables.values()) if (update !== undefined) fixed.add(update.node);
  return fixed;
}

/** Whether a node is f32, and f16 holds the constants that it reads and what it pads with. */
function fits({ inputs, outputs, params }: AnyNode): boolean {
  if (outputs[0]?.dtype !== 'f32') return false;
  const padding = 'value' in params ? [params.value] : [];
  return [...padding, ...inputs.flatMap(({ node }) => (node.op === 'constant' ? [...node.params.data] : []))].every(isHeld);
}

const isHeld = (value: number) => value === 0 || (Math.abs(value) >= LEAST && Math.abs(value) <= LARGEST);

function readersOf(nodes: readonly AnyNode[]): ReadonlyMap<AnyNode, readonly AnyNode[]> {
  const readers = new Map<AnyNode, AnyNode[]>();
  for (const reader of nodes) {
    for (const { node } of new Set(reader.inputs)) {
      const known = readers.get(node);
      if (known === undefined) readers.set(node, [reader]);
      else known.push(reader);
    }
  }
  return readers;
}
