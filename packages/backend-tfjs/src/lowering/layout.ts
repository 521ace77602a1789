/**
 * How values lie in TensorFlow.js, whose convolutions want channels last: everything of rank 4 is kept as N,H,W,C (so kernels O,C,KH,KW
 * lie as O,KH,KW,C), everything else as the graph has it. Kernels are given the axes of the graph, and translate them here.
 */
import type { Shape } from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';
import { moved } from './gaps.ts';

/** Axis of the graph that lies at each place, for rank 4. */
const AXES_BY_PLACE = [0, 2, 3, 1] as const;
/** Place at which each axis of the graph lies, for rank 4. */
const PLACES_BY_AXIS = [0, 3, 1, 2] as const;

/** Numbers per axis, such as a shape, in the order in which the axes lie. */
export function placed<T>(perAxis: readonly T[]): T[] {
  return perAxis.length === 4 ? AXES_BY_PLACE.map((axis) => perAxis[axis] as T) : [...perAxis];
}

/** Where axis `axis` of a value of rank `rank` lies. */
export function placeOf(axis: number, rank: number): number {
  return rank === 4 ? (PLACES_BY_AXIS[axis] ?? axis) : axis;
}

/** The permutation of places that permutes axes as `permutation` does. */
export function placedPermutation(permutation: readonly number[]): number[] {
  return placed(permutation).map((axis) => placeOf(axis, permutation.length));
}

/** A value whose elements lie as in the graph, in the order in which they are kept. */
export function place(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? permuted(x, AXES_BY_PLACE) : x;
}

/** A value with its elements in the order of the graph. */
export function displace(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? permuted(x, PLACES_BY_AXIS) : x;
}

/** A value with leading axes of extent 1, so that it has `rank` of them. */
export function raised(x: tf.Tensor, rank: number): tf.Tensor {
  if (x.rank === rank) return x;
  const logical = displace(x);
  return place(tf.reshape(logical, [...new Array<number>(rank - x.rank).fill(1), ...logical.shape]));
}

/** Transposes, without moving anything where the order of the extents above 1 stays. */
function permuted(x: tf.Tensor, permutation: readonly number[]): tf.Tensor {
  const moving = permutation.filter((axis) => x.shape[axis] !== 1);
  const stays = moving.every((axis, at) => at === 0 || axis > (moving[at - 1] ?? -1));
  const shape: Shape = permutation.map((axis) => x.shape[axis] ?? 1);
  return stays ? tf.reshape(x, [...shape]) : moved(x, (floats) => tf.transpose(floats, [...permutation]));
}
