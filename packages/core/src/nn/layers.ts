/** Layers as functions of a scope and a tensor. They know nothing of what network they are part of. */
import type { Tensor } from '../graph/graph.ts';
import { ModelError, type NormKind } from '../models/specs.ts';
import { add, conv2d, conv2dInputGrad, convGeometry, div, mul, normalize, reshape, rsqrt, square, sub } from '../ops.ts';
import { sizeOf } from '../tensor.ts';
import { kernelInitializer, ONES, type WeightInit, ZEROS } from './initializers.ts';
import type { Scope } from './scope.ts';

/** Settings that hold for a whole application of a network. */
export interface LayerContext {
  readonly init: WeightInit;
  /** In training batch norm uses the batch's statistics and moves the running ones, and dropout drops. */
  readonly training: boolean;
  /** In place of instance norm over the picture at hand, for a part of a picture that is normalised with the statistics of all of it. */
  readonly instanceNorm?: (scope: Scope, x: Tensor, epsilon: number) => Tensor;
}

/** Shape of a convolution layer. */
export interface ConvOptions {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  /** Input and output channels fall into so many groups that do not see each other. */
  readonly groups?: number;
  readonly bias: boolean;
}

function addBias(scope: Scope, y: Tensor, filters: number, bias: boolean): Tensor {
  return bias ? add(y, reshape(scope.variable('bias', [filters], ZEROS), [1, filters, 1, 1])) : y;
}

/** Convolution of N x C x H x W with square kernels and zero padding; variables `weight` (O,C/groups,K,K) and `bias` (O). */
export function convolution(
  scope: Scope,
  x: Tensor,
  { filters, kernel, stride = 1, padding = 0, groups = 1, bias }: ConvOptions,
  { init }: LayerContext,
): Tensor {
  const shape = [filters, (x.shape[1] ?? 0) / groups, kernel, kernel];
  const weight = scope.variable('weight', shape, kernelInitializer(init, shape));
  return addBias(scope, conv2d(x, weight, { ...convGeometry(stride, padding), groups }), filters, bias);
}

/** A depthwise separable convolution: each channel by itself, the norm layer, then a mixture of the channels; scopes `depthwise`, `norm` and `pointwise`. */
export function separableConvolution(
  scope: Scope,
  x: Tensor,
  { filters, norm: kind, ...options }: ConvOptions & { readonly norm: NormKind },
  context: LayerContext,
): Tensor {
  const channels = x.shape[1] ?? 0;
  const separate = convolution(scope.child('depthwise'), x, { ...options, filters: channels, groups: channels }, context);
  const normed = norm(scope.child('norm'), separate, kind, context);
  return convolution(scope.child('pointwise'), normed, { filters, kernel: 1, bias: options.bias }, context);
}

/** Transposed convolution that doubles height and width (stride 2, padding 1); variables `weight` (C,O,K,K) and `bias` (O). */
export function upConvolution(
  scope: Scope,
  x: Tensor,
  { filters, kernel, bias }: Pick<ConvOptions, 'filters' | 'kernel' | 'bias'>,
  { init }: LayerContext,
): Tensor {
  const [, channels = 0, height = 0, width = 0] = x.shape;
  const shape = [channels, filters, kernel, kernel];
  const weight = scope.variable('weight', shape, kernelInitializer(init, shape));
  const y = conv2dInputGrad(x, weight, { ...convGeometry(2, 1), inputSize: [2 * height, 2 * width] });
  return addBias(scope, y, filters, bias);
}

const EPSILON = 1e-5;
const MOMENTUM = 0.1;

/** The normalisation layer of `kind`; batch norm has variables `scale`, `offset`, `mean` and `variance`. */
export function norm(scope: Scope, x: Tensor, kind: NormKind, context: LayerContext): Tensor {
  if (kind === 'none') return x;
  if (kind === 'batch') return batchNorm(scope, x, context);
  return context.instanceNorm === undefined ? normalize(x, [2, 3], EPSILON).y : context.instanceNorm(scope, x, EPSILON);
}

/** Batch norm with PyTorch's defaults: momentum 0.1, epsilon 1e-5, running variance unbiased. */
function batchNorm(scope: Scope, x: Tensor, { init, training }: LayerContext): Tensor {
  const channels = x.shape[1] ?? 0;
  const perChannel = (vector: Tensor) => reshape(vector, [1, channels, 1, 1]);
  // the reference draws batch norm's scale around 1 with the same gain, whatever the kind of initialisation
  const scale = scope.variable('scale', [channels], { kind: 'normal', mean: 1, deviation: init.gain });
  const offset = scope.variable('offset', [channels], ZEROS);
  const mean = scope.variable('mean', [channels], ZEROS, 'statistic');
  const variance = scope.variable('variance', [channels], ONES, 'statistic');
  const affine = (y: Tensor) => add(mul(y, perChannel(scale)), perChannel(offset));
  if (!training) return affine(mul(sub(x, perChannel(mean)), rsqrt(add(perChannel(variance), EPSILON))));

  const batch = normalize(x, [0, 2, 3], EPSILON);
  const count = sizeOf(x.shape) / channels;
  if (count === 1)
    throw new ModelError(
      `batch norm at ${scope.prefix}: one value per channel has no variance; train with larger pictures, a larger batch or instance norm.`,
    );
  const unbiased = mul(sub(div(1, square(batch.rstd)), EPSILON), count / (count - 1));
  const move = (name: string, old: Tensor, current: Tensor) =>
    scope.set(`${scope.prefix}/${name}`, add(mul(old, 1 - MOMENTUM), mul(reshape(current, [channels]), MOMENTUM)));
  move('mean', mean, batch.mean);
  move('variance', variance, unbiased);
  return affine(batch.y);
}

/** Prefix of the inputs that carry dropout masks. */
export const DROPOUT_FEED = 'dropout/';

/** Dropout of half the elements, the rest doubled, by a mask of zeros and ones (f32, x's shape) fed for each application; nothing outside training. */
export function dropout(scope: Scope, x: Tensor, { training }: LayerContext): Tensor {
  return training ? mul(mul(x, x.trace.input(`${DROPOUT_FEED}${scope.prefix}/${scope.countUse()}`, x.shape)), 2) : x;
}
