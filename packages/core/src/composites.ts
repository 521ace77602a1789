/**
 * What each composite op means in terms of the others. A backend that has one natively must agree with the decomposition;
 * for the others core puts the decomposition in its place.
 */
import type { Tensor } from './graph/graph.ts';
import { convOutputSize, poolAsConv } from './graph/infer.ts';
import type { CompositeName, OpName, OpParams, PoolGeometry } from './graph/ops.ts';
import {
  add,
  cast,
  compare,
  concat,
  constant,
  div,
  exp,
  fill,
  log,
  matmul,
  maxReduce,
  mean,
  mul,
  pad,
  reshape,
  rsqrt,
  select,
  slice,
  sqrt,
  square,
  sub,
  sum,
  transpose,
} from './ops.ts';

type Decompose<K extends CompositeName> = (inputs: readonly Tensor[], params: OpParams[K]) => readonly Tensor[];

/** Whether `op` is a composite. */
export function isComposite(op: OpName): op is CompositeName {
  return op in DECOMPOSITIONS;
}

/** Records the decomposition of a composite on `inputs` and returns what the composite would. */
export function decompose<K extends CompositeName>(op: K, inputs: readonly Tensor[], params: OpParams[K]): readonly Tensor[] {
  return (DECOMPOSITIONS[op] as Decompose<K>)(inputs, params);
}

/** Views of x, one per position within the pooling window, each of the pooled shape. */
function windows(x: Tensor, geometry: PoolGeometry, padding: number): [Tensor, ...Tensor[]] {
  const [n = 0, c = 0, height = 0, width = 0] = x.shape;
  const [top, bottom, left, right] = geometry.padding;
  const [rows, columns] = convOutputSize([height, width], geometry.kernel, poolAsConv(geometry));
  const [down, across] = geometry.strides;
  const padded = pad(x, [0, 0, top, left], [0, 0, bottom, right], { value: padding });
  const views: Tensor[] = [];
  for (let i = 0; i < geometry.kernel[0]; i++) {
    for (let j = 0; j < geometry.kernel[1]; j++) {
      const limits = [n, c, i + (rows - 1) * down + 1, j + (columns - 1) * across + 1];
      views.push(slice(padded, [0, 0, i, j], limits, [1, 1, down, across]));
    }
  }
  return views as [Tensor, ...Tensor[]];
}

/** The matrix that takes `from` samples to `to` samples, one row per result. */
function resizeMatrix(from: number, to: number, mode: OpParams['resize']['mode']): Float64Array {
  const matrix = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const position = sourcePosition(i, from, to, mode);
    const low = Math.floor(position);
    const high = Math.min(low + 1, from - 1);
    const fraction = position - low;
    matrix[i * from + low] = 1 - fraction;
    matrix[i * from + high] = (matrix[i * from + high] ?? 0) + fraction;
  }
  return matrix;
}

function sourcePosition(i: number, from: number, to: number, mode: OpParams['resize']['mode']): number {
  if (mode === 'nearest') return Math.min(Math.floor((i * from) / to), from - 1);
  if (mode === 'bilinearAligned') return to === 1 ? 0 : (i * (from - 1)) / (to - 1);
  return Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
}

const DECOMPOSITIONS: { readonly [K in CompositeName]: Decompose<K> } = {
  normalize: ([x], { axes, epsilon }) => {
    const input = x as Tensor;
    const average = mean(input, axes);
    const centred = sub(input, average);
    const rstd = rsqrt(add(mean(square(centred), axes), epsilon));
    return [mul(centred, rstd), average, rstd];
  },
  reluGrad: ([dy, y], { slope }) => {
    const [cotangent, result] = [dy as Tensor, y as Tensor];
    const positive = compare(result, 'gt', 0);
    return [mul(cotangent, slope === 0 ? cast(positive, result.dtype) : select(positive, fill(result, 1), fill(result, slope)))];
  },
  // dx = rstd (dy - mean(dy) - y mean(dy y))
  normalizeGrad: (inputs, { axes }) => {
    const [dy, y, rstd] = inputs as readonly [Tensor, Tensor, Tensor];
    const projected = mul(y, mean(mul(dy, y), axes));
    return [mul(rstd, sub(sub(dy, mean(dy, axes)), projected))];
  },
  // weight - stepSize m / (correction sqrt(v) + epsilon), both factors divided by the correction: two scalars instead of a pass over the weights
  adam: (inputs, { beta1, beta2, epsilon }) => {
    const [weight, m, v, gradient, stepSize, correction] = inputs as readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    const nextM = add(mul(m, beta1), mul(gradient, 1 - beta1));
    const nextV = add(mul(v, beta2), mul(square(gradient), 1 - beta2));
    const step = div(mul(nextM, div(stepSize, correction)), add(sqrt(nextV), div(epsilon, correction)));
    return [sub(weight, step), nextM, nextV];
  },
  // one axis for the window, so that ties share the gradient equally
  maxPool: ([x], geometry) => {
    const views = windows(x as Tensor, geometry, Number.NEGATIVE_INFINITY);
    const [n = 0, c = 0, rows = 0, columns = 0] = views[0].shape;
    const [first, ...rest] = views.map((view) => reshape(view, [n, c, 1, rows, columns])) as [Tensor, ...Tensor[]];
    return [reshape(maxReduce(concat([first, ...rest], 2), [2]), [n, c, rows, columns])];
  },
  averagePool: ([x], geometry) => {
    const views = windows(x as Tensor, geometry, 0);
    return [mul(views.reduce(add), 1 / views.length)];
  },
  // resizing is linear and separable: out = R_rows x R_columns^T
  resize: ([x], { size: [rows, columns], mode }) => {
    const input = x as Tensor;
    const [n = 0, c = 0, height = 0, width = 0] = input.shape;
    const matrix = (from: number, to: number) => cast(constant(input, [to, from], resizeMatrix(from, to, mode)), input.dtype);
    const across = transpose(matrix(width, columns), [1, 0]);
    const down = matrix(height, rows);
    const widened = reshape(matmul(reshape(input, [n * c * height, width]), across), [n * c, height, columns]);
    return [reshape(matmul(down, widened), [n, c, rows, columns])];
  },
  softmaxCrossEntropy: (inputs) => {
    const [logits, target] = inputs as readonly [Tensor, Tensor];
    const shifted = sub(logits, maxReduce(logits, [1]));
    const logSum = log(sum(exp(shifted), [1]));
    return [sum(mul(target, sub(logSum, shifted)), [1])];
  },
};
