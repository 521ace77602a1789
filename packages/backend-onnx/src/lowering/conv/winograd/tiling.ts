/**
 * Which Winograd transform a convolution uses, and where its tiles lie. A strided convolution is the sum of stride-1
 * convolutions between the phases of its input and of its kernel, which share the transform of the results.
 */
import type { ConvGeometry } from '@cyclegan/core';
import { blockOf, type Extents } from '../../rows/order.ts';
import { positionAt } from '../positions.ts';
import { cookToom, kronecker, type Matrix } from './matrices.ts';

/** A transform and the convolutions it serves: kernel = taps * stride. */
export interface Tiling {
  /** Results along a side of a tile. */
  readonly side: number;
  /** Kernel elements of one phase along a side. */
  readonly taps: number;
  readonly stride: number;
  /** Products along a side of a tile: side + taps - 1. */
  readonly span: number;
  /** side² x span²; rows by blockOf. */
  readonly results: Matrix;
  /** span² * stride² x kernel². */
  readonly filter: Matrix;
  /** span² x span². */
  readonly data: Matrix;
}

/** Points that halve the rounding error of the usual 0, ±1, ±2 for the same work, measured against f64. */
const FIVE_POINTS = [0, Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT2, -Math.SQRT2];

/** Points for transforms with one product fewer. */
const FOUR_POINTS = [0, 1, -1, 0.5];

function makeTiling(side: number, taps: number, stride: number, points: readonly number[]): Tiling {
  const span = side + taps - 1;
  const { results, filter, data } = cookToom(side, taps, points);
  const natural = kronecker(results, results);
  const ordered: (readonly number[])[] = [];
  natural.forEach((row, place) => {
    ordered[side === 4 ? blockOf(Math.floor(place / side), place % side, side) : place] = row;
  });
  return { side, taps, stride, span, results: ordered, filter: phasedFilter(filter, taps, stride), data: kronecker(data, data) };
}

/** The transform of each phase of a kernel, applied to the whole kernel: rows (product, phase), columns kernel elements. */
function phasedFilter(filter: Matrix, taps: number, stride: number): number[][] {
  const kernel = taps * stride;
  const single = kronecker(filter, filter);
  return single.flatMap((row) =>
    Array.from({ length: stride ** 2 }, (_, phase) => {
      const wide = new Array<number>(kernel ** 2).fill(0);
      row.forEach((value, tap) => {
        const y = Math.floor(tap / taps) * stride + Math.floor(phase / stride);
        const x = (tap % taps) * stride + (phase % stride);
        wide[y * kernel + x] = value;
      });
      return wide;
    }),
  );
}

const TILINGS: readonly Tiling[] = [makeTiling(4, 3, 1, FIVE_POINTS), makeTiling(4, 2, 2, FOUR_POINTS), makeTiling(3, 4, 1, FIVE_POINTS)];

/** The transform for a kernel and geometry, if there is one. */
export function tilingFor(kernel: readonly [number, number], { strides, dilation, groups }: ConvGeometry): Tiling | undefined {
  const square = kernel[0] === kernel[1] && strides[0] === strides[1] && dilation[0] === 1 && dilation[1] === 1 && groups === 1;
  return square ? TILINGS.find(({ taps, stride }) => stride === strides[0] && taps * stride === kernel[0]) : undefined;
}

/** Tiles of a batch of results: the last ones reach beyond the edge unless the side divides the size. */
export interface Tiles {
  readonly down: number;
  readonly across: number;
  /** Of all pictures. */
  readonly count: number;
  /** Whether the results of all tiles, block by block, are the rows of the pictures in order. */
  readonly exact: boolean;
}

/** The tiles of results of this size. */
export function tilesOf({ side }: Tiling, { n, height, width }: Extents): Tiles {
  const [down, across] = [Math.ceil(height / side), Math.ceil(width / side)];
  return { down, across, count: n * down * across, exact: side === 4 && height % 4 === 0 && width % 4 === 0 };
}

/** Input positions that the tiles read: by product (span²), tile, phase. */
export function tileInputs(tiling: Tiling, input: Extents, output: Extents, { padding: [top, , left] }: ConvGeometry): Int32Array {
  const { span, stride, side } = tiling;
  const { down, across, count } = tilesOf(tiling, output);
  const read = new Int32Array(span ** 2 * count * stride ** 2);
  let next = 0;
  for (let place = 0; place < span ** 2; place++) {
    const [placeY, placeX] = [Math.floor(place / span), place % span];
    for (let tile = 0; tile < count; tile++) {
      const n = Math.floor(tile / (down * across));
      const [tileY, tileX] = [Math.floor(tile / across) % down, tile % across];
      for (let phase = 0; phase < stride ** 2; phase++) {
        const y = stride * (tileY * side + placeY) + Math.floor(phase / stride) - top;
        const x = stride * (tileX * side + placeX) + (phase % stride) - left;
        read[next++] = positionAt(input, n, y, x);
      }
    }
  }
  return read;
}

/** Output position of each result of the tiles, block by block; ZERO beyond the edge. */
export function tileOutputs(tiling: Tiling, output: Extents): Int32Array {
  const { side } = tiling;
  const { down, across, count } = tilesOf(tiling, output);
  const made = new Int32Array(side ** 2 * count);
  for (let place = 0; place < side ** 2; place++) {
    const [placeY, placeX] = [Math.floor(place / side), place % side];
    const block = side === 4 ? blockOf(placeY, placeX, side) : place;
    for (let tile = 0; tile < count; tile++) {
      const n = Math.floor(tile / (down * across));
      const [tileY, tileX] = [Math.floor(tile / across) % down, tile % across];
      made[block * count + tile] = positionAt(output, n, tileY * side + placeY, tileX * side + placeX);
    }
  }
  return made;
}
