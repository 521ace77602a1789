/**
 * What work costs, in microseconds on two cores of a current x86 server: the few prices by which a formulation is chosen for
 * each convolution and a layout for each tensor. Only their ratios matter, and only near a tie. Fitted to the
 * times of every formulation on the layers of the paper's networks at 64 x 64 to 256 x 256.
 */

/** One operator of the engine, whatever it does. */
export const NODE = 6;

/** How often a training step applies a layer, and so uses what is made of its kernels. */
export const APPLICATIONS = 3;

/** Multiplications and additions in a microsecond, in products large enough. */
const PRODUCT_RATE = 400_000;

/** Elements read or written in a microsecond by ops that stream. */
const STREAM_RATE = 6_000;

/** Elements of a row that cost as much as the row itself when rows are gathered. */
const ROW_OVERHEAD = 8;

/** Results of a product are computed so many columns at a time. */
const COLUMNS = 16;

/** So many multiplications and additions, without their operands. */
export function multiplied(pairs: number): number {
  return (2 * pairs) / PRODUCT_RATE;
}

/** `batch` products of an m x k by a k x n matrix. */
export function product(m: number, k: number, n: number, batch = 1): number {
  const filled = Math.ceil(n / COLUMNS) * COLUMNS;
  return NODE + multiplied(batch * m * k * filled) + streamed(batch * (m * k + 2 * k * n + m * n));
}

/**
 * From so many numbers on a tensor is costly: blocks of more than 32 MiB go back to the system when they are freed, and their pages come
 * back one by one. Formulations that can work in parts make them smaller than this.
 */
export const LARGE = 6 * 2 ** 20;

/** Streaming through so many elements, reads and writes together. */
export function streamed(elements: number): number {
  return elements / STREAM_RATE;
}

/** An elementwise op or a copy with so many results. */
export function copied(elements: number): number {
  return NODE + streamed(2 * elements);
}

/** Gathering `rows` rows of `channels` elements. */
export function gathered(rows: number, channels: number): number {
  return NODE + streamed(2 * rows * (channels + ROW_OVERHEAD));
}

/** Copying every n-th element: a slice with steps. */
export function picked(elements: number): number {
  return NODE + streamed(6 * elements);
}

/** Transposing a matrix of so many elements. */
export function transposed(elements: number): number {
  return NODE + streamed(4 * elements);
}
