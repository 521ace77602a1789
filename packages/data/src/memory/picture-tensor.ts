/** Between pictures (8 or 16 bits, pixels side by side) and the tensors networks see (f32, planes, [-1, 1]). */
import { f32, formatShape, type HostTensor } from '@cyclegan/core';
import { type BitDepth, bitDepthOf, type Channels, formatSize, type Picture, PictureError, peakOf, type Size } from '../picture.ts';

/** The part of a picture that is used, and whether it is mirrored left to right. */
export interface Window extends Size {
  readonly top: number;
  readonly left: number;
  readonly mirrored: boolean;
}

/** A picture as a 1 x C x H x W f32 tensor; black becomes -1 and white 1. */
export function pictureToTensor(picture: Picture): HostTensor {
  const { height, width, channels } = picture;
  const target = new Float32Array(channels * height * width);
  writeWindow(target, picture, { top: 0, left: 0, height, width, mirrored: false });
  return f32([1, channels, height, width], target);
}

/** Writes a window of a picture as planes in [-1, 1] to `target`, which is C x window height x window width. */
export function writeWindow(target: Float32Array, picture: Picture, window: Window): void {
  const { width, channels, data } = picture;
  const values = valuesOf(bitDepthOf(picture));
  const step = window.mirrored ? -channels : channels;
  const first = (window.left + (window.mirrored ? window.width - 1 : 0)) * channels;
  let out = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < window.height; row++) {
      let sample = (window.top + row) * width * channels + first + channel;
      for (let column = 0; column < window.width; column++) {
        target[out++] = values[data[sample] ?? 0] ?? 0;
        sample += step;
      }
    }
  }
}

const tables = new Map<BitDepth, Float32Array>();

/** What each sample value is in [-1, 1]: looked up, for a division a sample takes several times as long. */
function valuesOf(bitDepth: BitDepth): Float32Array {
  const known = tables.get(bitDepth);
  if (known !== undefined) {
    return known;
  }
  const peak = peakOf(bitDepth);
  const values = Float32Array.from({ length: peak + 1 }, (_, sample) => sample / (peak / 2) - 1);
  tables.set(bitDepth, values);
  return values;
}

/**
 * Picture `index` of an N x C x H x W tensor, or a C x H x W one, values in [-1, 1], with samples of `bitDepth` bits: rounded,
 * clamped, NaN shown black. Throws PictureError for another rank or dtype, an index out of range, or other than 1, 3 or 4 channels.
 */
export function tensorToPicture(tensor: HostTensor, index = 0, bitDepth: BitDepth = 8): Picture {
  const [count = 0, channels = 0, height = 0, width = 0] = tensor.shape.length === 3 ? [1, ...tensor.shape] : tensor.shape;
  if (tensor.dtype !== 'f32' || tensor.shape.length < 3 || tensor.shape.length > 4 || !isChannels(channels)) {
    const got = `${tensor.dtype} ${formatShape(tensor.shape)}`;
    throw new PictureError(`tensor to picture: expected f32 N x C x H x W or C x H x W with 1, 3 or 4 channels, got ${got}.`);
  }
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new PictureError(`tensor to picture: there is no picture ${index} in a batch of ${count} (${formatSize({ height, width })}).`);
  }
  const plane = height * width;
  const samples = bitDepth === 16 ? new Uint16Array(plane * channels) : new Uint8Array(plane * channels);
  const peak = peakOf(bitDepth);
  for (let channel = 0; channel < channels; channel++) {
    const start = (index * channels + channel) * plane;
    for (let pixel = 0; pixel < plane; pixel++) {
      const value = ((tensor.data[start + pixel] ?? 0) + 1) * (peak / 2);
      // NaN is stored as 0
      samples[pixel * channels + channel] = value <= 0 ? 0 : value >= peak ? peak : roundHalfToEven(value);
    }
  }
  return { width, height, channels, data: samples };
}

/** As PyTorch and NumPy round. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

function isChannels(channels: number): channels is Channels {
  return channels === 1 || channels === 3 || channels === 4;
}
