/**
 * Shape and dtype inference, once for every op: what may enter it and what comes out. A backend may therefore assume a
 * valid graph. Knows the op set and nothing of values.
 */
import { type DType, formatShape, formatType, isFloat, type Shape, sameShape, sizeOf, type TensorType } from '../tensor.ts';
import type { ConvGeometry, OpName, OpParams, PoolGeometry } from './ops.ts';

/** An op was given inputs or parameters that it cannot take; the message says which and what it expects. */
export class ShapeError extends Error {
  override name = 'ShapeError';
}

type Infer<K extends OpName> = (inputs: readonly TensorType[], params: OpParams[K]) => readonly TensorType[];

/** Types of an op's outputs; throws ShapeError when the inputs or parameters do not fit. */
export function infer<K extends OpName>(op: K, inputs: readonly TensorType[], params: OpParams[K]): readonly TensorType[] {
  try {
    const outputs = (RULES[op] as Infer<K>)(inputs, params);
    for (const { shape } of outputs)
      check(shape.every(isExtent), `its result would be ${formatShape(shape)}, and extents must be whole numbers of at least 1`);
    return outputs;
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw new ShapeError(`${op}(${inputs.map(formatType).join(', ')}): ${error.message}.`);
  }
}

/** The shape that two shapes broadcast to, or undefined when they do not. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    shape.push(x === 1 ? y : x);
  }
  return shape;
}

/** Height and width of conv2d's result for an input of `size` and a kernel of `kernel`. */
export function convOutputSize(
  size: readonly [number, number],
  kernel: readonly [number, number],
  geometry: ConvGeometry,
): [number, number] {
  const { strides, padding, dilation } = geometry;
  const along = (axis: 0 | 1, before: number, after: number) =>
    Math.floor((size[axis] + before + after - dilation[axis] * (kernel[axis] - 1) - 1) / strides[axis]) + 1;
  return [along(0, padding[0], padding[1]), along(1, padding[2], padding[3])];
}

/** Geometry of pooling as a convolution's, for its window arithmetic. */
export function poolAsConv({ strides, padding }: PoolGeometry): ConvGeometry {
  return { strides, padding, dilation: [1, 1], groups: 1 };
}

class Mismatch extends Error {}

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Mismatch(message);
}

const isExtent = (value: number) => Number.isInteger(value) && value >= 1;
const isCount = (value: number) => Number.isInteger(value) && value >= 0;

/** Tuples of as many types as an op takes. */
interface Taken {
  1: [TensorType];
  2: [TensorType, TensorType];
  3: [TensorType, TensorType, TensorType];
  6: [TensorType, TensorType, TensorType, TensorType, TensorType, TensorType];
}

function take<N extends keyof Taken>(inputs: readonly TensorType[], count: N): Taken[N] {
  check(inputs.length === count, `it takes ${count} input${count === 1 ? '' : 's'}, got ${inputs.length}`);
  return inputs as Taken[N];
}

function oneType(...types: readonly TensorType[]): void {
  check(
    types.every(({ dtype }) => dtype === types[0]?.dtype),
    'its operands must have one element type; cast one of them',
  );
}

function float(type: TensorType): TensorType {
  check(isFloat(type.dtype), `it takes floating-point tensors, got ${type.dtype}`);
  return type;
}

function unary(inputs: readonly TensorType[]): readonly TensorType[] {
  const [x] = take(inputs, 1);
  return [{ shape: float(x).shape, dtype: x.dtype }];
}

function broadcastPair(a: TensorType, b: TensorType): Shape {
  oneType(a, b);
  const shape = broadcastShapes(a.shape, b.shape);
  check(shape !== undefined, 'its operands do not broadcast: each pair of extents must be equal or contain 1');
  return shape;
}

function binary(inputs: readonly TensorType[]): readonly TensorType[] {
  const [a, b] = take(inputs, 2);
  check(a.dtype !== 'bool', 'it takes numbers; cast bool first');
  return [{ shape: broadcastPair(a, b), dtype: a.dtype }];
}

function reduction(inputs: readonly TensorType[], { axes }: { readonly axes: readonly number[] }): readonly TensorType[] {
  const [x] = take(inputs, 1);
  checkAxes(axes, x.shape.length);
  return [{ shape: reduceShape(float(x).shape, axes), dtype: x.dtype }];
}

function reduceShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}

function checkAxes(axes: readonly number[], rank: number): void {
  check(
    new Set(axes).size === axes.length && axes.every((axis) => isCount(axis) && axis < rank),
    `axes ${axes.join(', ')} must be distinct and below the rank ${rank}`,
  );
}

function image(type: TensorType): [number, number, number, number] {
  const { shape } = float(type);
  check(shape.length === 4, `it takes N x C x H x W tensors, got rank ${shape.length}`);
  return shape as unknown as [number, number, number, number];
}

function checkGeometry({ strides, padding, dilation, groups }: ConvGeometry): void {
  check([...strides, ...dilation, groups].every(isExtent), 'strides, dilation and groups must be whole numbers of at least 1');
  check(padding.every(isCount), 'padding must be whole numbers of at least 0');
}

function checkConv(x: Shape, w: Shape, dy: Shape | undefined, geometry: ConvGeometry): Shape {
  checkGeometry(geometry);
  const [n = 0, c = 0, height = 0, width = 0] = x;
  const [o = 0, perGroup = 0, kh = 0, kw = 0] = w;
  check(
    perGroup * geometry.groups === c,
    `a kernel of ${formatShape(w)} with ${geometry.groups} groups takes ${perGroup * geometry.groups} channels, the input has ${c}`,
  );
  check(o % geometry.groups === 0, `${o} output channels do not divide into ${geometry.groups} groups`);
  const result = [n, o, ...convOutputSize([height, width], [kh, kw], geometry)];
  check(
    dy === undefined || sameShape(dy, result),
    `the convolution of ${formatShape(x)} with ${formatShape(w)} is ${formatShape(result)}, not ${formatShape(dy ?? [])}`,
  );
  return result;
}

function pooled(inputs: readonly TensorType[], geometry: PoolGeometry): readonly TensorType[] {
  const [x] = take(inputs, 1);
  const [n, c, height, width] = image(x);
  checkGeometry(poolAsConv(geometry));
  const { kernel, padding } = geometry;
  check(
    Math.max(padding[0], padding[1]) < kernel[0] && Math.max(padding[2], padding[3]) < kernel[1],
    'padding must be smaller than the window',
  );
  return [{ shape: [n, c, ...convOutputSize([height, width], kernel, poolAsConv(geometry))], dtype: x.dtype }];
}

function checkReflection([, , height = 0, width = 0]: Shape, padding: readonly [number, number, number, number]): void {
  const [top, bottom, left, right] = padding;
  check(padding.every(isCount), 'padding must be whole numbers of at least 0');
  check(
    Math.max(top, bottom) < height && Math.max(left, right) < width,
    `padding ${padding.join(', ')} must be smaller than the picture, ${height}x${width}`,
  );
}

const indexed = (index: TensorType) => check(index.dtype === 'i32' && index.shape.length === 0, 'the index must be an i32 scalar');

const leaf = (inputs: readonly TensorType[], shape: Shape, dtype: DType): readonly TensorType[] => {
  check(inputs.length === 0, 'it takes no inputs');
  return [{ shape, dtype }];
};

const RULES: { readonly [K in OpName]: Infer<K> } = {
  input: (inputs, { shape, dtype }) => leaf(inputs, shape, dtype),
  variable: (inputs, { shape, dtype }) => leaf(inputs, shape, dtype),
  constant: (inputs, { shape, dtype, data }) => {
    check(data.length === sizeOf(shape), `${data.length} elements do not fill ${formatShape(shape)}`);
    return leaf(inputs, shape, dtype);
  },
  iota: (inputs, { length, dtype }) => leaf(inputs, [length], dtype),

  neg: unary,
  abs: unary,
  sign: unary,
  square: unary,
  sqrt: unary,
  rsqrt: unary,
  exp: unary,
  log: unary,
  tanh: unary,
  sigmoid: unary,
  softplus: unary,
  relu: unary,
  leakyRelu: (inputs, { slope }) => {
    check(slope > 0 && slope < 1, `slope must lie between 0 and 1, got ${slope}`);
    return unary(inputs);
  },
  cast: (inputs, { dtype }) => [{ shape: take(inputs, 1)[0].shape, dtype }],

  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  min: binary,
  max: binary,
  compare: (inputs) => {
    const [a, b] = take(inputs, 2);
    return [{ shape: broadcastPair(a, b), dtype: 'bool' }];
  },
  select: (inputs) => {
    const [condition, a, b] = take(inputs, 3);
    check(condition.dtype === 'bool', `the condition must be bool, got ${condition.dtype}`);
    const shape = broadcastShapes(condition.shape, broadcastPair(a, b));
    check(shape !== undefined, 'the condition does not broadcast with the values');
    return [{ shape, dtype: a.dtype }];
  },

  sum: reduction,
  maxReduce: reduction,

  reshape: (inputs, { shape }) => {
    const [x] = take(inputs, 1);
    check(sizeOf(shape) === sizeOf(x.shape), `${sizeOf(x.shape)} elements do not fill ${formatShape(shape)}`);
    return [{ shape, dtype: x.dtype }];
  },
  transpose: (inputs, { permutation }) => {
    const [x] = take(inputs, 1);
    checkAxes(permutation, x.shape.length);
    check(permutation.length === x.shape.length, `a permutation of ${x.shape.length} axes is needed, got ${permutation.length}`);
    return [{ shape: permutation.map((axis) => x.shape[axis] ?? 0), dtype: x.dtype }];
  },
  broadcast: (inputs, { shape }) => {
    const [x] = take(inputs, 1);
    const result = broadcastShapes(x.shape, shape);
    check(result !== undefined && sameShape(result, shape), `it does not stretch to ${formatShape(shape)}`);
    return [{ shape, dtype: x.dtype }];
  },
  concat: (inputs, { axis }) => {
    const [first] = inputs;
    check(first !== undefined, 'it takes at least one input');
    checkAxes([axis], first.shape.length);
    const others = (shape: Shape) => shape.map((extent, at) => (at === axis ? 1 : extent));
    check(
      inputs.every((x) => x.dtype === first.dtype && sameShape(others(x.shape), others(first.shape))),
      `its inputs must agree in type and in every axis but ${axis}`,
    );
    const total = inputs.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
    return [{ shape: first.shape.map((extent, at) => (at === axis ? total : extent)), dtype: first.dtype }];
  },
  slice: (inputs, { starts, limits, steps }) => {
    const [x] = take(inputs, 1);
    const rank = x.shape.length;
    check(starts.length === rank && limits.length === rank && steps.length === rank, `starts, limits and steps need ${rank} entries`);
    const shape = x.shape.map((extent, axis) => {
      const [start = -1, limit = -1, step = 0] = [starts[axis], limits[axis], steps[axis]];
      check(
        isCount(start) && start < limit && limit <= extent && isExtent(step),
        `axis ${axis} of extent ${extent} has no slice ${start}:${limit}:${step}`,
      );
      return Math.ceil((limit - start) / step);
    });
    return [{ shape, dtype: x.dtype }];
  },
  pad: (inputs, { low, high, interior }) => {
    const [x] = take(inputs, 1);
    const rank = x.shape.length;
    check(low.length === rank && high.length === rank && interior.length === rank, `low, high and interior need ${rank} entries`);
    check(interior.every(isCount), 'interior padding must be whole numbers of at least 0');
    check([...low, ...high].every(Number.isInteger), 'low and high padding must be whole numbers');
    const shape = x.shape.map((extent, axis) => extent + (extent - 1) * (interior[axis] ?? 0) + (low[axis] ?? 0) + (high[axis] ?? 0));
    return [{ shape, dtype: x.dtype }];
  },
  reflectPad: (inputs, { padding }) => {
    const [top, bottom, left, right] = padding;
    const [x] = take(inputs, 1);
    const [n, c, height, width] = image(x);
    checkReflection(x.shape, padding);
    return [{ shape: [n, c, height + top + bottom, width + left + right], dtype: x.dtype }];
  },
  reflectPadGrad: (inputs, { padding }) => {
    const [top, bottom, left, right] = padding;
    const [dy] = take(inputs, 1);
    const [n, c, height, width] = image(dy);
    const inner = { shape: [n, c, height - top - bottom, width - left - right], dtype: dy.dtype };
    checkReflection(inner.shape, padding);
    return [inner];
  },

  conv2d: (inputs, geometry) => {
    const [x, w] = take(inputs, 2);
    oneType(x, w);
    return [{ shape: checkConv(image(x), image(w), undefined, geometry), dtype: x.dtype }];
  },
  conv2dInputGrad: (inputs, { inputSize, ...geometry }) => {
    const [dy, w] = take(inputs, 2);
    oneType(dy, w);
    const shape = [image(dy)[0], image(w)[1] * geometry.groups, ...inputSize];
    checkConv(shape, w.shape, dy.shape, geometry);
    return [{ shape, dtype: dy.dtype }];
  },
  conv2dWeightGrad: (inputs, { kernelSize, ...geometry }) => {
    const [x, dy] = take(inputs, 2);
    oneType(x, dy);
    const shape = [image(dy)[1], image(x)[1] / geometry.groups, ...kernelSize];
    checkConv(x.shape, shape, dy.shape, geometry);
    return [{ shape, dtype: x.dtype }];
  },
  matmul: (inputs) => {
    const [a, b] = take(inputs, 2);
    oneType(float(a), b);
    check(a.shape.length >= 2 && b.shape.length >= 2, 'its operands must have rank 2 or more');
    check(a.shape.at(-1) === b.shape.at(-2), `the inner extents ${a.shape.at(-1)} and ${b.shape.at(-2)} differ`);
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    check(batch !== undefined, 'the batch axes do not broadcast');
    return [{ shape: [...batch, a.shape.at(-2) ?? 0, b.shape.at(-1) ?? 0], dtype: a.dtype }];
  },

  dynamicSlice: (inputs, { size }) => {
    const [x, index] = take(inputs, 2);
    indexed(index);
    const [extent = 0, ...rest] = x.shape;
    check(isExtent(size) && size <= extent, `${size} entries do not fit axis 0 of extent ${extent}`);
    return [{ shape: [size, ...rest], dtype: x.dtype }];
  },
  dynamicUpdate: (inputs) => {
    const [x, update, index] = take(inputs, 3);
    indexed(index);
    const [extent = 0, ...rest] = x.shape;
    const [size = 0, ...updateRest] = update.shape;
    check(
      size >= 1 && size <= extent && sameShape(rest, updateRest) && x.dtype === update.dtype,
      'the update must fit the tensor in every axis but 0, where it may be smaller',
    );
    return [{ shape: x.shape, dtype: x.dtype }];
  },

  normalize: (inputs, { axes }) => {
    const [x] = take(inputs, 1);
    checkAxes(axes, float(x).shape.length);
    const statistic = { shape: reduceShape(x.shape, axes), dtype: x.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, statistic, statistic];
  },
  reluGrad: (inputs) => {
    const [dy, y] = take(inputs, 2);
    oneType(dy, y);
    check(sameShape(dy.shape, y.shape), 'dy must have the shape of y');
    return [{ shape: float(dy).shape, dtype: dy.dtype }];
  },
  normalizeGrad: (inputs, { axes }) => {
    const [dy, y, rstd] = take(inputs, 3);
    oneType(dy, y, rstd);
    checkAxes(axes, y.shape.length);
    check(
      sameShape(dy.shape, y.shape) && sameShape(rstd.shape, reduceShape(y.shape, axes)),
      'dy must have the shape of y, rstd that of its statistics',
    );
    return [{ shape: float(dy).shape, dtype: dy.dtype }];
  },
  adam: (inputs) => {
    const [weight, m, v, gradient, stepSize, correction] = take(inputs, 6);
    oneType(weight, m, v, gradient, stepSize, correction);
    check(
      [m, v, gradient].every((x) => sameShape(x.shape, weight.shape)),
      'moments and gradient must have the shape of the weight',
    );
    check(stepSize.shape.length === 0 && correction.shape.length === 0, 'step size and correction must be scalars');
    const { shape, dtype } = float(weight);
    return [weight, m, v].map(() => ({ shape, dtype }));
  },
  maxPool: pooled,
  averagePool: pooled,
  resize: (inputs, { size }) => {
    const [x] = take(inputs, 1);
    const [n, c] = image(x);
    return [{ shape: [n, c, ...size], dtype: x.dtype }];
  },
  softmaxCrossEntropy: (inputs) => {
    const [logits, target] = take(inputs, 2);
    oneType(logits, target);
    check(sameShape(logits.shape, target.shape) && logits.shape.length >= 2, 'logits and target must have one shape of rank 2 or more');
    return [{ shape: reduceShape(float(logits).shape, [1]), dtype: logits.dtype }];
  },
};
