/** How near many pictures are to their counterparts, picture by picture and together. Takes what comes and does not ask where from. */
import { accuracyWithin, pixelDistances } from '../pictures/pixel-metrics.ts';
import { multiScaleSsim, ssim } from '../pictures/ssim.ts';
import type { Pixels } from '../pixels.ts';
import { generatedClasses } from '../segmentation/class-map.ts';
import type { Palette } from '../segmentation/palette.ts';
import { type BootstrapOptions, type Estimate, estimateMean } from '../statistics/bootstrap.ts';

/** A picture and what it should be, of one size. */
export interface PicturePair {
  readonly name: string;
  readonly picture: Pixels;
  readonly truth: Pixels;
}

/** Levels of 0 to 255 that pixels may be off by and count as right. */
export const TOLERANCES = [5, 10] as const;

/** What is measured of a pair: distances in levels of 0 to 255, shares and similarities up to 1; `classes` only with a palette. */
export const PICTURE_MEASURES = ['l1', 'rmse', 'psnr', 'ssim', 'msSsim', 'within5', 'within10', 'classes'] as const;

/** See PICTURE_MEASURES. */
export type PictureMeasure = (typeof PICTURE_MEASURES)[number];

/** How one picture fared. */
export type MeasuredPicture = { readonly name: string } & { readonly [measure in PictureMeasure]?: number };

/** How all of them fared. */
export interface PictureResult {
  readonly means: Readonly<Partial<Record<PictureMeasure, Estimate>>>;
  /** The scales of MS-SSIM, fewer than 5 where pictures are small: the least that a picture had. */
  readonly scales: number;
  /** Names of the pictures with the smallest and largest L1 distance, the extreme one first. */
  readonly best: readonly string[];
  readonly worst: readonly string[];
  readonly pictures: readonly MeasuredPicture[];
}

/** How pictures are measured. */
export interface PictureOptions {
  /** Colours whose nearest one is compared pixel by pixel. */
  readonly palette?: Palette | undefined;
  readonly bootstrap?: BootstrapOptions;
}

/** Pictures named as best and as worst. */
const EXTREMES = 5;

/** Measures pairs as they come; throws MetricError for pictures of two sizes, or less than 11 x 11 pixels. */
export async function scorePictures(
  pairs: AsyncIterable<PicturePair> | Iterable<PicturePair>,
  { palette, bootstrap = {} }: PictureOptions = {},
): Promise<PictureResult> {
  const pictures: MeasuredPicture[] = [];
  let least = Number.POSITIVE_INFINITY;
  for await (const pair of pairs) {
    const { scales, ...measured } = measure(pair, palette);
    pictures.push(measured);
    least = Math.min(least, scales);
  }
  const order = pictures.map(({ name, l1 = 0 }) => ({ name, l1 })).sort((a, b) => a.l1 - b.l1);
  const names = order.map(({ name }) => name);
  const measures = PICTURE_MEASURES.filter((each) => each !== 'classes' || palette !== undefined);
  const means = measures.map((each) => [
    each,
    estimateMean(
      pictures.map(({ [each]: value = Number.NaN }) => value),
      bootstrap,
    ),
  ]);
  return {
    means: Object.fromEntries(means),
    scales: least,
    best: names.slice(0, EXTREMES),
    worst: names.slice(-EXTREMES).reverse(),
    pictures,
  };
}

function measure({ name, picture, truth }: PicturePair, palette: Palette | undefined): MeasuredPicture & { readonly scales: number } {
  const { value: msSsim, scales } = multiScaleSsim(picture, truth);
  const within = (tolerance: (typeof TOLERANCES)[number]) => accuracyWithin(picture, truth, tolerance);
  const classes = palette && { classes: sameClass(picture, truth, palette) };
  const similarities = { ssim: ssim(picture, truth), msSsim };
  return { name, ...pixelDistances(picture, truth), ...similarities, within5: within(5), within10: within(10), ...classes, scales };
}

function sameClass(picture: Pixels, truth: Pixels, palette: Palette): number {
  const [found, wanted] = [generatedClasses(picture, palette).data, generatedClasses(truth, palette).data];
  let same = 0;
  for (let at = 0; at < found.length; at++) if (found[at] === wanted[at]) same++;
  return same / found.length;
}
