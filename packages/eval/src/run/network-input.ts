/** Pictures as the networks that judge them want them. Knows no network and no engine. */
import { f32, type HostTensor } from '@cyclegan/core';
import { type Interpolation, resample } from '../pictures/resample.ts';
import type { Pixels } from '../pixels.ts';

const PEAK = 255;

/** What a network takes: N x 3 x height x width. */
export interface NetworkInput {
  readonly width: number;
  readonly height: number;
  /** The order of the channels, which `mean` and `deviation` keep to. */
  readonly channels: 'rgb' | 'bgr';
  /** What black and white become at first. */
  readonly range: readonly [black: number, white: number];
  /** Then these are taken away, channel by channel ... */
  readonly mean: readonly [number, number, number];
  /** ... and the rest divided by these. */
  readonly deviation: readonly [number, number, number];
  readonly interpolation: Interpolation;
  /**
   * The shorter side of pictures is resized to this first, and the middle cut out of them, as networks trained on ImageNet are fed; at least `width` and
   * `height`. Without it whole pictures are resized, the aspect ratio aside.
   */
  readonly shorterSide?: number | undefined;
}

/** Pictures of any size as one N x 3 x height x width tensor; gray ones as red, green and blue, without alpha. */
export function networkInput(pictures: readonly Pixels[], input: NetworkInput): HostTensor {
  const { width, height } = input;
  const plane = width * height;
  const data = new Float32Array(pictures.length * 3 * plane);
  for (const [at, picture] of pictures.entries()) {
    const resized = fit(picture, input);
    for (let channel = 0; channel < 3; channel++) writePlane(data.subarray((3 * at + channel) * plane), resized, { input, channel });
  }
  return f32([pictures.length, 3, height, width], data);
}

function fit(picture: Pixels, input: NetworkInput): Pixels {
  const { shorterSide, interpolation } = input;
  if (shorterSide === undefined) return resample(picture, input);
  const scale = shorterSide / Math.min(picture.width, picture.height);
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  return middleOf(resample(picture, { width, height, interpolation }), input);
}

/** The middle of a picture; where it cannot be exact, half a pixel nearer to the upper left corner. */
function middleOf({ channels, data, ...whole }: Pixels, { width, height }: NetworkInput): Pixels {
  const [left, top] = [Math.floor((whole.width - width) / 2), Math.floor((whole.height - height) / 2)];
  const row = width * channels;
  const cut = new Float32Array(height * row);
  for (let y = 0; y < height; y++) {
    const first = ((top + y) * whole.width + left) * channels;
    for (let at = 0; at < row; at++) cut[y * row + at] = data[first + at] ?? 0;
  }
  return { width, height, channels, data: cut };
}

function writePlane(
  target: Float32Array,
  { width, height, channels, data }: Pixels,
  { input, channel }: { readonly input: NetworkInput; readonly channel: number },
): void {
  const [black, white] = input.range;
  const colour = input.channels === 'rgb' ? channel : 2 - channel;
  const first = channels < 3 ? 0 : colour;
  const [factor, mean, deviation] = [(white - black) / PEAK, input.mean[channel] ?? 0, input.deviation[channel] ?? 1];
  for (let at = 0; at < width * height; at++) target[at] = (black + (data[at * channels + first] ?? 0) * factor - mean) / deviation;
}
