/** A tensor as a reduction sees it: rows, one for each element of the result, whose elements lie along the reduced axes. */
import { type Shape, sizeOf } from '@cyclegan/core';

/** Extents of a tensor's rows. */
export interface RowShape {
  /** The tensor's shape with the reduced axes, and with the others, of extent 1. */
  readonly kept: Shape;
  readonly reduced: Shape;
  readonly count: number;
  /** Elements of a row. */
  readonly length: number;
  /** Whether the elements of a row are neighbours in memory. */
  readonly contiguous: boolean;
}

/** The rows of a tensor of `shape` that is reduced over `axes`. */
export function rowShape(shape: Shape, axes: readonly number[]): RowShape {
  const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const reduced = shape.map((extent, axis) => (axes.includes(axis) ? extent : 1));
  const lastKept = Math.max(-1, ...kept.flatMap((extent, axis) => (extent > 1 ? axis : [])));
  const firstReduced = reduced.findIndex((extent) => extent > 1);
  return { kept, reduced, count: sizeOf(kept), length: sizeOf(reduced), contiguous: firstReduced < 0 || lastKept < firstReduced };
}
