/** What a kernel is: a function from the values that an op reads to the one that it makes, on whichever engine is in use. */
import type { OpName, OpParams, TensorType } from '@cyclegan/core';
import type * as tf from '@tensorflow/tfjs-core';

/** What a kernel is given. Graphs are valid, so it finds as many inputs as its op takes. */
export interface Call<K extends OpName> {
  /** Values as layout.ts keeps them. */
  readonly inputs: readonly [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
  readonly params: OpParams[K];
  /** Type of what the op makes, as the graph has it. */
  readonly output: TensorType;
  readonly run: RunContext;
}

/** What belongs to one run of a program. */
export interface RunContext {
  /** A convolution's kernel, an input of the op, as the engines want it: KH,KW,C,O. It is made once for each. */
  kernelOf(weight: tf.Tensor): tf.Tensor4D;
}

/** Computes what an op makes; may return an input. Whoever calls it frees the tensors that it made on the way. */
export type Kernel<K extends OpName> = (call: Call<K>) => tf.Tensor;

/** A kernel for each op of a family. */
export type Kernels<K extends OpName> = { readonly [P in K]: Kernel<P> };
