/**
 * Structural similarity (Wang et al. 2004) through a Gaussian window of 11 x 11 pixels and sigma 1.5, and its form over several scales (Wang
 * et al. 2003). Equal to scikit-image's with `gaussian_weights=True, use_sample_covariance=False`.
 */
import { checkSameSize, MetricError, type Pixels, planeOf } from '../pixels.ts';
import { type Plane, WINDOW, windowMeans } from './gaussian-window.ts';
import type { PeakOption } from './pixel-metrics.ts';

const [K1, K2] = [0.01, 0.03];

/** The published weights of the five scales, the finest first. */
const SCALE_WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] as const;

/** Structural similarity, 1 for equal pictures, the mean over channels; throws MetricError for different sizes, or less than 11 x 11 pixels. */
export function ssim(a: Pixels, b: Pixels, { peak = 255 }: PeakOption = {}): number {
  return meanOverChannels(a, b, (x, y) => similarity(x, y, peak).ssim);
}

/** A similarity over several scales, and how many they were. */
export interface MultiScaleSimilarity {
  readonly value: number;
  /** 5, or as many as the pictures are large enough for; their weights then add up to 1 again. */
  readonly scales: number;
}

/**
 * Multi-scale structural similarity, the mean over channels: luminance at the coarsest scale only, negative means of a scale counting 0, each
 * scale halved by means of 2 x 2 pixels. Throws MetricError for different sizes, or less than 11 x 11 pixels.
 */
export function multiScaleSsim(a: Pixels, b: Pixels, { peak = 255 }: PeakOption = {}): MultiScaleSimilarity {
  const scales = scalesFor(a);
  const chosen = SCALE_WEIGHTS.slice(0, scales);
  const total = chosen.reduce((sum, weight) => sum + weight, 0);
  const value = meanOverChannels(a, b, (x, y) => overScales(x, y, { peak, weights: chosen.map((weight) => weight / total) }));
  return { value, scales };
}

/** How often pictures can be halved until the window no longer fits. */
function scalesFor({ width, height }: Pixels): number {
  let scales = 1;
  for (let least = halved(Math.min(width, height)); scales < SCALE_WEIGHTS.length && least >= WINDOW; least = halved(least)) scales++;
  return scales;
}

function meanOverChannels(a: Pixels, b: Pixels, measure: (x: Plane, y: Plane) => number): number {
  checkSameSize('structural similarity', a, b);
  const { width, height, channels } = a;
  if (Math.min(width, height) < WINDOW)
    throw new MetricError(`structural similarity: expected pictures of at least ${WINDOW} x ${WINDOW} pixels, got ${width}x${height}.`);
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) {
    sum += measure({ width, height, data: planeOf(a, channel) }, { width, height, data: planeOf(b, channel) });
  }
  return sum / channels;
}

interface Similarity {
  readonly ssim: number;
  /** Without the comparison of luminances. */
  readonly contrastStructure: number;
}

function similarity(a: Plane, b: Plane, peak: number): Similarity {
  const [c1, c2] = [(K1 * peak) ** 2, (K2 * peak) ** 2];
  const [meanA, meanB] = [windowMeans(a).data, windowMeans(b).data];
  const [aa, bb, ab] = [productMeans(a, a), productMeans(b, b), productMeans(a, b)];
  let [whole, contrastStructure] = [0, 0];
  for (let at = 0; at < meanA.length; at++) {
    const [x, y] = [meanA[at] ?? 0, meanB[at] ?? 0];
    const [varianceX, varianceY, covariance] = [(aa[at] ?? 0) - x * x, (bb[at] ?? 0) - y * y, (ab[at] ?? 0) - x * y];
    const structure = (2 * covariance + c2) / (varianceX + varianceY + c2);
    contrastStructure += structure;
    whole += ((2 * x * y + c1) / (x * x + y * y + c1)) * structure;
  }
  return { ssim: whole / meanA.length, contrastStructure: contrastStructure / meanA.length };
}

function productMeans(a: Plane, b: Plane): Float64Array {
  return windowMeans({ ...a, data: a.data.map((value, at) => value * (b.data[at] ?? 0)) }).data;
}

function overScales(a: Plane, b: Plane, { peak, weights }: { readonly peak: number; readonly weights: readonly number[] }): number {
  let product = 1;
  let [x, y] = [a, b];
  for (const [scale, weight] of weights.entries()) {
    const last = scale === weights.length - 1;
    const found = similarity(x, y, peak);
    product *= Math.max(0, last ? found.ssim : found.contrastStructure) ** weight;
    if (!last) [x, y] = [halve(x), halve(y)];
  }
  return product;
}

function halved(extent: number): number {
  return Math.ceil(extent / 2);
}

/** Means of 2 x 2 pixels; at the end of an odd extent the last pixel counts twice. */
function halve({ width, height, data }: Plane): Plane {
  const [columns, rows] = [halved(width), halved(height)];
  const means = new Float64Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    const [upper, lower] = [2 * y * width, Math.min(2 * y + 1, height - 1) * width];
    for (let x = 0; x < columns; x++) {
      const [left, right] = [2 * x, Math.min(2 * x + 1, width - 1)];
      means[y * columns + x] =
        ((data[upper + left] ?? 0) + (data[upper + right] ?? 0) + (data[lower + left] ?? 0) + (data[lower + right] ?? 0)) / 4;
    }
  }
  return { width: columns, height: rows, data: means };
}
