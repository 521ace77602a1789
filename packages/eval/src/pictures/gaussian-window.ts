/** The window that structural similarity looks through: Gaussian means over 11 x 11 pixels, only where all of them are inside. */

/** Pixels from the middle of the window to its edge. */
const REACH = 5;
const SIGMA = 1.5;

/** Height and width of the window. */
export const WINDOW = 2 * REACH + 1;

/** A plane of samples. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

const WEIGHTS = gaussian();

function gaussian(): Float64Array {
  const weights = Float64Array.from({ length: WINDOW }, (_, at) => Math.exp(-((at - REACH) ** 2) / (2 * SIGMA ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** The weighted mean around each pixel that is at least 5 from every edge: height - 10 x width - 10. */
export function windowMeans({ width, height, data }: Plane): Plane {
  const [innerWidth, innerHeight] = [width - 2 * REACH, height - 2 * REACH];
  const rows = new Float64Array(height * innerWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < innerWidth; x++) rows[y * innerWidth + x] = weightedSum(data, y * width + x, 1);
  }
  const means = new Float64Array(innerHeight * innerWidth);
  for (let at = 0; at < means.length; at++) means[at] = weightedSum(rows, at, innerWidth);
  return { width: innerWidth, height: innerHeight, data: means };
}

function weightedSum(data: Float64Array, first: number, step: number): number {
  let sum = 0;
  for (let tap = 0; tap < WINDOW; tap++) sum += (WEIGHTS[tap] ?? 0) * (data[first + tap * step] ?? 0);
  return sum;
}
