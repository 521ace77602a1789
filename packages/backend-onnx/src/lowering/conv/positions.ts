/**
 * Which positions of a picture a kernel meets, as index maps for gathering rows. Positions count picture by picture, row by
 * row; ZERO stands for padding.
 */
import type { ConvGeometry } from '@cyclegan/core';
import { ZERO } from '../rows/gather.ts';
import type { Extents } from '../rows/order.ts';

/** Position (y, x) of picture `n`, or ZERO outside it. */
export function positionAt({ height, width }: Extents, n: number, y: number, x: number): number {
  return y < 0 || x < 0 || y >= height || x >= width ? ZERO : (n * height + y) * width + x;
}

/** Calls `visit` with the picture, row and column of each of `positions`. */
export function eachPlace({ height, width }: Extents, positions: Int32Array, visit: (n: number, y: number, x: number) => void): void {
  for (const position of positions) {
    const line = Math.floor(position / width);
    visit(Math.floor(line / height), line % height, position % width);
  }
}

/** For each of the output positions `at`, the input positions that each kernel element meets, row by row of the kernel. */
export function unfolded(
  input: Extents,
  output: Extents,
  { kernel, strides, padding: [top, , left], dilation }: ConvGeometry & { readonly kernel: readonly [number, number] },
  at: Int32Array,
): Int32Array {
  const met = new Int32Array(at.length * kernel[0] * kernel[1]);
  let next = 0;
  eachPlace(output, at, (n, y, x) => {
    for (let i = 0; i < kernel[0]; i++) {
      for (let j = 0; j < kernel[1]; j++) {
        met[next++] = positionAt(input, n, y * strides[0] + i * dilation[0] - top, x * strides[1] + j * dilation[1] - left);
      }
    }
  });
  return met;
}

/** For each of the input positions `at`, the output positions that see it through each kernel element of `taps`; ZERO where none does. */
export function seenFrom(
  input: Extents,
  output: Extents,
  { strides, padding: [top, , left], dilation, taps }: ConvGeometry & { readonly taps: readonly (readonly [number, number])[] },
  at: Int32Array,
): Int32Array {
  const seen = new Int32Array(at.length * taps.length);
  const along = (place: number, stride: number) => (place % stride === 0 ? place / stride : ZERO);
  let next = 0;
  eachPlace(input, at, (n, y, x) => {
    for (const [i, j] of taps) {
      const row = along(y + top - i * dilation[0], strides[0]);
      const column = along(x + left - j * dilation[1], strides[1]);
      seen[next++] = positionAt(output, n, row, column);
    }
  });
  return seen;
}

/** All elements of a kernel, row by row. */
export function kernelTaps([height, width]: readonly [number, number]): [number, number][] {
  return Array.from({ length: height * width }, (_, tap) => [Math.floor(tap / width), tap % width]);
}
