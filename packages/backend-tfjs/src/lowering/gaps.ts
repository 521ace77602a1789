/** What the engines of TensorFlow.js 4.22 lack or get wrong, as data, and the ways around that several kernels share. Each was found by the op cases. */
import * as tf from '@tensorflow/tfjs-core';

/** Gaps of an engine. */
interface Gaps {
  /** Casts of integers and booleans to floats leave the bits on the device as they are. */
  readonly reinterpretingCasts?: true;
  /** Transposing and padding take floats only. */
  readonly floatOnlyMoves?: true;
  /** Slicing with steps takes floats only. */
  readonly floatOnlySteps?: true;
  /** Transposed convolutions take several times as long as convolutions of the same work. */
  readonly slowTransposedConvolutions?: true;
  /** Sums are made of one term after the other, whose rounding adds up: those of one axis at a time lose far less. */
  readonly sequentialSums?: true;
  /** The logarithm of 0 is some large negative number. */
  readonly finiteLog?: true;
}

const NONE: Gaps = {};

const GAPS: Readonly<Record<string, Gaps>> = {
  wasm: { floatOnlySteps: true, slowTransposedConvolutions: true, sequentialSums: true },
  webgpu: { reinterpretingCasts: true, floatOnlyMoves: true, finiteLog: true },
};

/** Gaps of the engine in use. */
export function gaps(): Gaps {
  return GAPS[tf.getBackend()] ?? NONE;
}

/** Whether the engine in use has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** A tensor of numbers or booleans as floats. */
export function toFloats(x: tf.Tensor): tf.Tensor {
  if (x.dtype === 'float32' || gaps().reinterpretingCasts === undefined) return tf.cast(x, 'float32');
  // the kernel reads any type, and writes floats
  return tf.engine().runKernel(tf.LeakyRelu, { x }, { alpha: 1 });
}

/** A tensor as booleans: whether its elements are other than 0. */
export function toBooleans(x: tf.Tensor): tf.Tensor {
  return tf.notEqual(x, tf.scalar(0, x.dtype === 'bool' ? 'int32' : x.dtype));
}

/** Moves elements by a kernel that may take floats only. */
export function moved(x: tf.Tensor, move: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (x.dtype === 'float32' || gaps().floatOnlyMoves === undefined) return move(x);
  const result = move(toFloats(x));
  return x.dtype === 'bool' ? toBooleans(result) : tf.cast(result, 'int32');
}
