/** Where two pictures differ, pixel by pixel, in colours whose lightness rises with the difference. Knows no networks. */
import { formatShape, type HostTensor } from '@cyclegan/core';
import { interpolateInferno } from 'd3-scale-chromatic';
import { type Picture, PictureError } from './picture.ts';

/** The difference that has the lightest colour, as a share of that between black and white; larger ones look the same. */
export const DIFFERENCE_PEAK = 0.25;

const RGB = 3;
const COLOURS = 256;

/** Matplotlib's inferno, black to pale yellow: in order for the eye, also for one that does not tell all colours apart. */
const INFERNO = Uint8Array.from({ length: COLOURS * RGB }, (_, at) => {
  const colour = Number.parseInt(interpolateInferno(Math.floor(at / RGB) / (COLOURS - 1)).slice(1), 16);
  return (colour >> (8 * (RGB - 1 - (at % RGB)))) & 0xff;
});

/** A map of differences, and their mean as a share of the difference between black and white. */
export interface Difference {
  readonly picture: Picture;
  readonly mean: number;
}

/**
 * The difference of two pictures, 1 x C x H x W in [-1, 1], its mean over channels in colours from 0 (black) to DIFFERENCE_PEAK (pale yellow). Throws
 * PictureError when their shapes differ or hold more than one picture.
 */
export function differenceOf(a: HostTensor, b: HostTensor): Difference {
  const [count, channels = 1, height = 0, width = 0] = a.shape;
  if (count !== 1 || formatShape(a.shape) !== formatShape(b.shape)) {
    const got = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
    throw new PictureError(`difference: expected two pictures of one shape, 1 x C x H x W, got ${got}.`);
  }
  const plane = height * width;
  const data = new Uint8Array(plane * RGB);
  let total = 0;
  for (let pixel = 0; pixel < plane; pixel++) {
    let sum = 0;
    for (let at = pixel; at < channels * plane; at += plane) sum += Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)) / 2;
    const difference = sum / channels;
    total += difference;
    const colour = Math.min(COLOURS - 1, Math.round((difference / DIFFERENCE_PEAK) * (COLOURS - 1)));
    data.set(INFERNO.subarray(colour * RGB, (colour + 1) * RGB), pixel * RGB);
  }
  return { picture: { width, height, channels: RGB, data }, mean: total / plane };
}
