/**
 * The closed op set: every op's name, parameters and meaning. Gradients, passes and backends are tables over these names,
 * so an op that is added here and forgotten elsewhere does not compile. Knows nothing of how an op is computed.
 *
 * Elementwise ops broadcast as NumPy does (axes aligned at the right, extent 1 stretches). Floats in, floats out, unless said.
 */
import type { DType, HostData, Shape } from '../tensor.ts';

/** Parameters of an op that has none. */
export type NoParams = Readonly<Record<never, never>>;

/** Geometry that the three convolution ops share. `padding` is zero padding in the order top, bottom, left, right, never negative. */
export interface ConvGeometry {
  readonly strides: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

/** How two numbers are compared. */
export type Relation = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** Window geometry of pooling; `padding` as in ConvGeometry. */
export interface PoolGeometry {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
}

/** Leaves: they have no inputs. */
export interface LeafParams {
  /** A tensor fed at each run. */
  readonly input: { readonly name: string; readonly shape: Shape; readonly dtype: DType };
  /** The value of a variable before the step. */
  readonly variable: { readonly name: string; readonly shape: Shape; readonly dtype: DType };
  /** A tensor known when the graph is built. */
  readonly constant: { readonly data: HostData; readonly shape: Shape; readonly dtype: DType };
  /** 0, 1, 2 ... length - 1, rank 1. */
  readonly iota: { readonly length: number; readonly dtype: 'f32' | 'f16' | 'i32' };
}

/** Ops that every backend computes. Inputs in brackets. */
export interface PrimitiveParams extends LeafParams {
  // elementwise, [x]
  readonly neg: NoParams;
  readonly abs: NoParams;
  /** -1, 0 or 1; 0 at 0. */
  readonly sign: NoParams;
  readonly square: NoParams;
  readonly sqrt: NoParams;
  /** 1 / sqrt(x). */
  readonly rsqrt: NoParams;
  readonly exp: NoParams;
  /** Natural logarithm. */
  readonly log: NoParams;
  readonly tanh: NoParams;
  /** 1 / (1 + exp(-x)). */
  readonly sigmoid: NoParams;
  /** log(1 + exp(x)), without overflow for large x. */
  readonly softplus: NoParams;
  readonly relu: NoParams;
  /** x where x > 0, slope * x elsewhere; 0 < slope < 1. */
  readonly leakyRelu: { readonly slope: number };
  /** Conversion: floats to i32 truncate towards 0, anything to bool is `!= 0`, bool to numbers is 0 or 1. */
  readonly cast: { readonly dtype: DType };

  // elementwise, [a, b] of one dtype (floats or i32)
  readonly add: NoParams;
  readonly sub: NoParams;
  readonly mul: NoParams;
  readonly div: NoParams;
  readonly min: NoParams;
  readonly max: NoParams;
  /** bool: whether the relation holds. */
  readonly compare: { readonly relation: Relation };
  /** [condition bool, a, b]: a where the condition holds, b elsewhere; a and b of one dtype. */
  readonly select: NoParams;

  // reductions, [x]; reduced axes keep extent 1
  readonly sum: { readonly axes: readonly number[] };
  readonly maxReduce: { readonly axes: readonly number[] };

  // shape, [x]
  readonly reshape: { readonly shape: Shape };
  /** Output axis i is input axis permutation[i]. */
  readonly transpose: { readonly permutation: readonly number[] };
  /** Stretches extents of 1 and adds leading axes. */
  readonly broadcast: { readonly shape: Shape };
  /** [x, y, ...] joined along one axis. */
  readonly concat: { readonly axis: number };
  /** Elements start, start + step ... below limit, per axis; 0 <= start < limit <= extent, step >= 1. */
  readonly slice: { readonly starts: Shape; readonly limits: Shape; readonly steps: Shape };
  /** `interior` copies of `value` between neighbours, then `low` before and `high` after, per axis; negative low and high crop. */
  readonly pad: { readonly low: Shape; readonly high: Shape; readonly interior: Shape; readonly value: number };

  /** [x NCHW]: mirrors without repeating the edge, as ReflectionPad2d; padding top, bottom, left, right, each below the extent. */
  readonly reflectPad: { readonly padding: readonly [number, number, number, number] };
  /** [dy]: adjoint of reflectPad: cotangents of mirrored elements fold back onto their sources. */
  readonly reflectPadGrad: { readonly padding: readonly [number, number, number, number] };

  /** [x N,C,H,W; w O,C/groups,KH,KW] to N,O,H',W': cross-correlation, as every deep-learning library's convolution. */
  readonly conv2d: ConvGeometry;
  /** [dy N,O,H',W'; w O,C/groups,KH,KW] to N,C,H,W: adjoint of conv2d in x, which is a transposed convolution; inputSize is [H, W]. */
  readonly conv2dInputGrad: ConvGeometry & { readonly inputSize: readonly [number, number] };
  /** [x N,C,H,W; dy N,O,H',W'] to O,C/groups,KH,KW: adjoint of conv2d in w; kernelSize is [KH, KW]. */
  readonly conv2dWeightGrad: ConvGeometry & { readonly kernelSize: readonly [number, number] };
  /** [a ...,M,K; b ...,K,N] to ...,M,N; batch axes broadcast, both of rank 2 or more. */
  readonly matmul: NoParams;

  /** [x, index i32 scalar]: `size` entries of axis 0 from index on; the index is clamped so that they fit. */
  readonly dynamicSlice: { readonly size: number };
  /** [x, update, index i32 scalar]: x with the entries of axis 0 from index on replaced; the index is clamped likewise. */
  readonly dynamicUpdate: NoParams;
}

/** Ops that carry a decomposition into others: a backend has them natively or never sees them. */
export interface CompositeParams {
  /** [x] to [y, mean, rstd]: y = (x - mean) * rstd with rstd = 1 / sqrt(variance + epsilon), the biased variance over `axes`; mean and rstd keep extent 1 there. Axes [2, 3] are instance norm, [0, 2, 3] batch norm. */
  readonly normalize: { readonly axes: readonly number[]; readonly epsilon: number };
  /** [dy, y, rstd] to dx of normalize through y alone. */
  readonly normalizeGrad: { readonly axes: readonly number[] };
  /** [dy, y] to dx of y = relu(x), slope 0, or leakyRelu(x): dy where y > 0, slope * dy elsewhere; x may stand in for y. */
  readonly reluGrad: { readonly slope: number };
  /** [weight, m, v, gradient, stepSize scalar, correction scalar] to [weight, m, v]: Adam with stepSize = lr / (1 - beta1^t) and correction = 1 / sqrt(1 - beta2^t). */
  readonly adam: { readonly beta1: number; readonly beta2: number; readonly epsilon: number };
  /** [x NCHW]: largest element of each window; padding counts as -infinity. */
  readonly maxPool: PoolGeometry;
  /** [x NCHW]: mean of each window; padding counts as zeros in the mean. */
  readonly averagePool: PoolGeometry;
  /** [x NCHW] to N,C,size: nearest as PyTorch's `nearest` (source = floor(i * in / out)), bilinear with half-pixel centres or aligned corners. */
  readonly resize: { readonly size: readonly [number, number]; readonly mode: 'nearest' | 'bilinear' | 'bilinearAligned' };
  /** [logits, target probabilities], both N,C,...: cross-entropy of softmax over axis 1, to N,1,... */
  readonly softmaxCrossEntropy: NoParams;
}

/** Every op and its parameters. */
export interface OpParams extends PrimitiveParams, CompositeParams {}

/** Name of a leaf. */
export type LeafName = keyof LeafParams;
/** Name of an op that every backend computes. */
export type PrimitiveName = keyof PrimitiveParams;
/** Name of an op that a backend may lack. */
export type CompositeName = keyof CompositeParams;
/** Name of any op. */
export type OpName = keyof OpParams;
