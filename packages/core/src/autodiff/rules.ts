/**
 * The gradient of every op, written with ops of the set, so that gradients have gradients. A rule returns one thunk per
 * input, called only where that cotangent is wanted; inputs without a gradient (indexes, conditions) have none.
 */
import type { Node, Tensor } from '../graph/graph.ts';
import type { CompositeName, LeafName, OpName } from '../graph/ops.ts';
import {
  add,
  broadcast,
  cast,
  compare,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  div,
  dynamicSlice,
  dynamicUpdate,
  emit,
  fill,
  matmul,
  mul,
  neg,
  pad,
  reshape,
  select,
  sigmoid,
  sign,
  slice,
  sliceAxis,
  square,
  sub,
  sum,
  sumTo,
  transpose,
} from '../ops.ts';
import { isFloat, sizeOf } from '../tensor.ts';

/** What a rule sees of a node, its inputs unpacked. */
type Context<K extends OpName> = Pick<Node<K>, 'params' | 'outputs'> & {
  readonly x: Tensor;
  readonly inputs: readonly [Tensor, Tensor, Tensor] & readonly Tensor[];
  readonly y: Tensor;
};

/** Cotangents of the inputs, each computed when asked for. */
export type Cotangents = readonly ((() => Tensor) | undefined)[];

type Rule<K extends OpName> = (dy: Tensor, context: Context<K>, all: readonly (Tensor | undefined)[]) => Cotangents;

/** Composites whose gradient is that of their decomposition. */
type Decomposed = Exclude<CompositeName, 'normalize'>;

/** Ops that have a rule of their own: all but leaves and decomposed composites. */
export type Differentiable = Exclude<OpName, LeafName | Decomposed>;

const none = (): Cotangents => [];

const zeros = (shape: readonly number[]) => shape.map(() => 0);

/** 1 where the relation holds, 1/2 at ties, 0 elsewhere: the share that min and max pass on. */
function share(a: Tensor, relation: 'lt' | 'gt', b: Tensor): Tensor {
  const wins = cast(compare(a, relation, b), a.dtype);
  return add(wins, mul(cast(compare(a, 'eq', b), a.dtype), 0.5));
}

const extremum =
  (relation: 'lt' | 'gt') =>
  (dy: Tensor, { inputs: [a, b] }: Pick<Context<OpName>, 'inputs'>) => [
    () => sumTo(mul(dy, share(a, relation, b)), a.shape),
    () => sumTo(mul(dy, share(b, relation, a)), b.shape),
  ];

function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

const hw = (x: Tensor): [number, number] => [x.shape[2] ?? 0, x.shape[3] ?? 0];

/** The operand or the result of a ReLU, which have one sign: what normalisation made is kept for its own gradient anyway. */
const signOf = (x: Tensor, y: Tensor) => (x.node.op === 'normalize' ? x : y);

/** The rule of every differentiable op; forgetting one does not compile. */
export const RULES: { readonly [K in Differentiable]: Rule<K> } = {
  neg: (dy) => [() => neg(dy)],
  abs: (dy, { x }) => [() => mul(dy, sign(x))],
  sign: none,
  square: (dy, { x }) => [() => mul(dy, mul(x, 2))],
  sqrt: (dy, { y }) => [() => div(mul(dy, 0.5), y)],
  rsqrt: (dy, { y }) => [() => mul(dy, mul(mul(square(y), y), -0.5))],
  exp: (dy, { y }) => [() => mul(dy, y)],
  log: (dy, { x }) => [() => div(dy, x)],
  tanh: (dy, { y }) => [() => mul(dy, sub(1, square(y)))],
  sigmoid: (dy, { y }) => [() => mul(dy, mul(y, sub(1, y)))],
  softplus: (dy, { x }) => [() => mul(dy, sigmoid(x))],
  relu: (dy, { x, y }) => [() => emit('reluGrad', [dy, signOf(x, y)], { slope: 0 })[0] as Tensor],
  leakyRelu: (dy, { x, y, params }) => [() => emit('reluGrad', [dy, signOf(x, y)], params)[0] as Tensor],
  cast: (dy, { x }) => [isFloat(x.dtype) ? () => cast(dy, x.dtype) : undefined],

  add: (dy, { inputs: [a, b] }) => [() => sumTo(dy, a.shape), () => sumTo(dy, b.shape)],
  sub: (dy, { inputs: [a, b] }) => [() => sumTo(dy, a.shape), () => sumTo(neg(dy), b.shape)],
  mul: (dy, { inputs: [a, b] }) => [() => sumTo(mul(dy, b), a.shape), () => sumTo(mul(dy, a), b.shape)],
  // d(a / b) = da / b - y db / b
  div: (dy, { inputs: [a, b], y }) => [() => sumTo(div(dy, b), a.shape), () => sumTo(neg(div(mul(dy, y), b)), b.shape)],
  min: extremum('lt'),
  max: extremum('gt'),
  compare: none,
  select: (dy, { inputs: [condition, a, b] }) => [
    undefined,
    () => sumTo(select(condition, dy, fill(dy, 0)), a.shape),
    () => sumTo(select(condition, fill(dy, 0), dy), b.shape),
  ],

  sum: (dy, { x }) => [() => broadcast(dy, x.shape)],
  maxReduce: (dy, { x, y, params }) => [
    () => {
      const mask = cast(compare(x, 'eq', y), x.dtype);
      return mul(div(dy, sum(mask, params.axes)), mask);
    },
  ],

  reshape: (dy, { x }) => [() => reshape(dy, x.shape)],
  transpose: (dy, { params: { permutation } }) => [
    () =>
      transpose(
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  broadcast: (dy, { x }) => [() => sumTo(dy, x.shape)],
  concat: (dy, { inputs, params: { axis } }) => {
    let start = 0;
    return inputs.map((x) => {
      const from = start;
      start += x.shape[axis] ?? 0;
      const to = start;
      return () => sliceAxis(dy, axis, from, to);
    });
  },
  slice: (dy, { x, params: { starts, steps } }) => [
    () => {
      const reach = dy.shape.map((extent, axis) => (starts[axis] ?? 0) + (extent - 1) * (steps[axis] ?? 1) + 1);
      return pad(
        dy,
        starts,
        x.shape.map((extent, axis) => extent - (reach[axis] ?? 0)),
        { interior: steps.map((step) => step - 1) },
      );
    },
  ],
  pad: (dy, { params: { low, high, interior } }) => [
    () => {
      const cropped = pad(
        dy,
        low.map((count) => -count),
        high.map((count) => -count),
      );
      return interior.every((count) => count === 0)
        ? cropped
        : slice(
            cropped,
            zeros(cropped.shape),
            cropped.shape,
            interior.map((count) => count + 1),
          );
    },
  ],
  reflectPad: (dy, { params }) => [() => emit('reflectPadGrad', [dy], params)[0] as Tensor],
  reflectPadGrad: (dy, { params }) => [() => emit('reflectPad', [dy], params)[0] as Tensor],

  conv2d: (dy, { inputs: [x, w], params }) => [
    () => conv2dInputGrad(dy, w, { ...params, inputSize: hw(x) }),
    () => conv2dWeightGrad(x, dy, { ...params, kernelSize: hw(w) }),
  ],
  // the three convolutions are one trilinear form, each the derivative of the others
  conv2dInputGrad: (dx, { inputs: [dy, w], params: { inputSize: _, ...geometry } }) => [
    () => conv2d(dx, w, geometry),
    () => conv2dWeightGrad(dx, dy, { ...geometry, kernelSize: hw(w) }),
  ],
  conv2dWeightGrad: (dw, { inputs: [x, dy], params: { kernelSize: _, ...geometry } }) => [
    () => conv2dInputGrad(dy, dw, { ...geometry, inputSize: hw(x) }),
    () => conv2d(x, dw, geometry),
  ],
  matmul: (dy, { inputs: [a, b] }) => [() => sumTo(matmul(dy, swapLast(b)), a.shape), () => sumTo(matmul(swapLast(a), dy), b.shape)],

  dynamicSlice: (dy, { inputs: [x, index] }) => [() => dynamicUpdate(fill(x, 0), dy, index)],
  dynamicUpdate: (dy, { inputs: [, update, index] }) => [
    () => dynamicUpdate(dy, fill(update, 0), index),
    () => dynamicSlice(dy, index, update.shape[0]),
  ],

  // d rstd / dx = -rstd² y / n and d mean / dx = 1 / n
  normalize: (_, { x, outputs, params: { axes } }, [dy, dMean, dRstd]) => [
    () => {
      const [y, , rstd] = outputs as readonly [Tensor, Tensor, Tensor];
      const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
      const terms: Tensor[] = [];
      if (dy !== undefined) terms.push(emit('normalizeGrad', [dy, y, rstd], { axes })[0] as Tensor);
      if (dMean !== undefined) terms.push(broadcast(mul(dMean, 1 / count), x.shape));
      if (dRstd !== undefined) terms.push(mul(y, mul(mul(dRstd, square(rstd)), -1 / count)));
      return terms.reduce(add);
    },
  ],
};

/** Cotangents of a node's inputs from those of its outputs, of which at least one is given. */
export function applyRule<K extends Differentiable>(node: Node<K>, cotangents: readonly (Tensor | undefined)[]): Cotangents {
  const rule = RULES[node.op] as Rule<K>;
  const dy = cotangents.find((cotangent) => cotangent !== undefined) as Tensor;
  const { inputs, outputs, params } = node;
  return rule(dy, { inputs: inputs as Context<K>['inputs'], outputs, params, x: inputs[0] as Tensor, y: outputs[0] as Tensor }, cotangents);
}

/** Whether `op` has a rule of its own. */
export function hasRule(op: OpName): op is Differentiable {
  return op in RULES;
}
