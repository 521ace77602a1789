/** What a picture comes down to when a training run is looked at: its colours, its layout, how much it varies. Knows nothing of training. */
import { f32, type HostTensor } from '@cyclegan/core';
import { blockMeans } from '@cyclegan/eval';

/** Blocks along the longer side of a picture's layout. */
const BLOCKS = 8;

/** Standard deviation of brightness below which a picture shows nothing that could be compared. */
const FLAT = 1e-3;

/** Levels of a channel that a histogram tells apart. */
const LEVELS = 8;

/** Shares of the colours in pictures: a place for each combination of the channels' levels. */
export type ColourHistogram = Float64Array;

/** Statistics of a picture with values in [-1, 1], alpha left out. */
export interface PictureSummary {
  readonly colours: ColourHistogram;
  /** Mean colours of a few large blocks: where what is, without the texture. */
  readonly layout: ArrayLike<number>;
  /** Mean distance of the values from the mean of their channel: 0 for a picture of one colour. */
  readonly contrast: number;
}

/** The colours, without alpha, of each picture of a batch: N x C x H x W to N of 1 x C x H x W. */
export function picturesOf({ shape, data }: HostTensor): HostTensor[] {
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  const size = channels * height * width;
  const colours = channels === 4 ? 3 : channels;
  return Array.from({ length: count }, (_, at) =>
    f32([1, colours, height, width], Float32Array.from(data.subarray(at * size, at * size + colours * height * width))),
  );
}

/** The statistics of a 1 x C x H x W picture. */
export function summarise(picture: HostTensor): PictureSummary {
  const [, , height = 0, width = 0] = picture.shape;
  const planes = planesOf(picture);
  return {
    colours: histogramOf(planes),
    layout: blockMeans(picture, Math.ceil(Math.max(height, width) / BLOCKS)).data,
    contrast: mean(planes.map(contrastOf)),
  };
}

/** The correlation of the brightness of two pictures of one size, from -1 (each is the other's negative) to 1; undefined when one is flat. */
export function brightnessCorrelation(a: HostTensor, b: HostTensor): number | undefined {
  const [brightA, brightB] = [brightnessOf(a), brightnessOf(b)];
  const [meanA, meanB] = [mean(brightA), mean(brightB)];
  const covariance = mean(brightA.map((value, at) => (value - meanA) * ((brightB[at] as number) - meanB)));
  const deviations = [deviationOf(brightA, meanA), deviationOf(brightB, meanB)] as const;
  return Math.min(...deviations) < FLAT ? undefined : covariance / (deviations[0] * deviations[1]);
}

/** Mean of numbers; NaN of none. */
export function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at] as number;
  return total / values.length;
}

/** Mean absolute difference of two layouts of one size. */
export function layoutDistance({ layout: a }: PictureSummary, { layout: b }: PictureSummary): number {
  return mean(Array.from(a, (value, at) => Math.abs(value - (b[at] as number))));
}

/** Share of colours that two histograms have in common, from 0 to 1. */
export function overlap(a: ColourHistogram, b: ColourHistogram): number {
  return a.reduce((total, share, at) => total + Math.min(share, b[at] as number), 0);
}

/** The colours of several pictures together. */
export function coloursOf(pictures: readonly PictureSummary[]): ColourHistogram {
  const [first] = pictures;
  if (first === undefined) return new Float64Array();
  return first.colours.map((_, at) => mean(pictures.map(({ colours }) => colours[at] as number)));
}

/** The colours of the negatives of pictures. */
export function ofNegatives(colours: ColourHistogram): ColourHistogram {
  // the channels' levels are the digits of a place in it: all of them turn around at once
  return Float64Array.from(colours).reverse();
}

function contrastOf(plane: ArrayLike<number>): number {
  const middle = mean(plane);
  return mean(Array.from(plane, (value) => Math.abs(value - middle)));
}

function deviationOf(values: Float64Array, middle: number): number {
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** Each pixel's mean over the channels. */
function brightnessOf(picture: HostTensor): Float64Array {
  const planes = planesOf(picture);
  return Float64Array.from(planes[0] ?? [], (_, pixel) => mean(planes.map((plane) => plane[pixel] as number)));
}

function planesOf({ shape, data }: HostTensor): HostTensor['data'][] {
  const [, channels = 0, height = 0, width = 0] = shape;
  const area = height * width;
  return Array.from({ length: channels }, (_, channel) => data.subarray(channel * area, (channel + 1) * area));
}

function histogramOf(planes: readonly ArrayLike<number>[]): ColourHistogram {
  const area = planes[0]?.length ?? 0;
  const histogram = new Float64Array(LEVELS ** planes.length);
  for (let pixel = 0; pixel < area; pixel++) {
    const bin = planes.reduce((above, plane) => above * LEVELS + levelOf(plane[pixel] as number), 0);
    histogram[bin] = (histogram[bin] as number) + 1 / area;
  }
  return histogram;
}

function levelOf(value: number): number {
  return Math.min(LEVELS - 1, Math.max(0, Math.floor(((value + 1) / 2) * LEVELS)));
}
