/** A picture's layout without its texture. */
import { f32, type HostTensor } from '@cyclegan/core';

/** The means of a picture's blocks of `size` x `size` pixels, smaller ones at its right and lower edge: 1 x C x H x W to 1 x C x ceil(H / size) x ceil(W / size). */
export function blockMeans({ shape, data }: HostTensor, size = 8): HostTensor {
  const [, channels = 0, height = 0, width = 0] = shape;
  const [rows, columns] = [Math.ceil(height / size), Math.ceil(width / size)];
  const sums = new Float32Array(channels * rows * columns);
  const counts = new Float32Array(sums.length);
  data.forEach((value, at) => {
    const [plane, y, x] = [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width];
    const block = (plane * rows + Math.floor(y / size)) * columns + Math.floor(x / size);
    sums[block] = (sums[block] ?? 0) + value;
    counts[block] = (counts[block] ?? 0) + 1;
  });
  return f32(
    [1, channels, rows, columns],
    sums.map((sum, at) => sum / (counts[at] ?? 1)),
  );
}
