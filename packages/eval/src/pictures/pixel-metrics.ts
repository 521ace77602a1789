/** How far two pictures of one size are apart, sample by sample. */
import { checkSameSize, type Pixels } from '../pixels.ts';

/** Distances in levels of the samples; PSNR in decibels, infinite for equal pictures. */
export interface PixelDistances {
  /** Mean absolute difference. */
  readonly l1: number;
  /** Root of the mean squared difference. */
  readonly rmse: number;
  /** Peak signal-to-noise ratio: 20 log10(peak / rmse). */
  readonly psnr: number;
}

/** What white is: 255 by default. */
export interface PeakOption {
  readonly peak?: number;
}

/** L1, RMSE and PSNR; throws MetricError when the pictures differ in size. */
export function pixelDistances(a: Pixels, b: Pixels, { peak = 255 }: PeakOption = {}): PixelDistances {
  checkSameSize('distance of pictures', a, b);
  let [sum, squares] = [0, 0];
  const count = a.data.length;
  for (let at = 0; at < count; at++) {
    const difference = (a.data[at] ?? 0) - (b.data[at] ?? 0);
    sum += Math.abs(difference);
    squares += difference * difference;
  }
  const rmse = Math.sqrt(squares / count);
  return { l1: sum / count, rmse, psnr: 20 * Math.log10(peak / rmse) };
}

/**
 * Share of pixels all of whose channels differ by less than `tolerance` levels, as GcGAN (Fu et al., CVPR 2019) and others measure maps,
 * with tolerances 5 and 10; throws MetricError when the pictures differ in size.
 */
export function accuracyWithin(a: Pixels, b: Pixels, tolerance: number): number {
  checkSameSize('accuracy within a tolerance', a, b);
  const { width, height, channels } = a;
  let right = 0;
  for (let first = 0; first < width * height * channels; first += channels) {
    let near = true;
    for (let at = first; at < first + channels && near; at++) near = Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)) < tolerance;
    if (near) right++;
  }
  return right / (width * height);
}
