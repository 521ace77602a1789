/** Between pictures (8 bits, pixels side by side) and the tensors networks see (f32, planes, [-1, 1]). */
import { f32, formatShape, type HostTensor } from '@cyclegan/core';
import { type DecodeOptions, decodePicture } from './decode.ts';
import { type Channels, formatSize, type Picture, PictureError, type Size } from './picture.ts';

/** The part of a picture that is used, and whether it is mirrored left to right. */
export interface Window extends Size {
  readonly top: number;
  readonly left: number;
  readonly mirrored: boolean;
}

/** A picture as a 1 x C x H x W f32 tensor; 0 becomes -1 and 255 becomes 1. */
export function pictureToTensor(picture: Picture): HostTensor {
  const { height, width, channels } = picture;
  const target = new Float32Array(channels * height * width);
  writeWindow(target, picture, { top: 0, left: 0, height, width, mirrored: false });
  return f32([1, channels, height, width], target);
}

/** Decodes a picture to a 1 x C x H x W f32 tensor in [-1, 1]; throws PictureError as `decodePicture` does. */
export async function loadPictureTensor(
  source: string | Uint8Array,
  { channels, height, width }: Pick<DecodeOptions, 'channels'> & Size,
): Promise<HostTensor> {
  return pictureToTensor(await decodePicture(source, { channels, size: { height, width } }));
}

/** Writes a window of a picture as planes in [-1, 1] to `target`, which is C x window height x window width. */
export function writeWindow(target: Float32Array, { width, channels, data }: Picture, window: Window): void {
  const plane = window.height * window.width;
  for (let row = 0; row < window.height; row++) {
    for (let column = 0; column < window.width; column++) {
      const shown = window.mirrored ? window.width - 1 - column : column;
      const pixel = ((window.top + row) * width + window.left + shown) * channels;
      for (let channel = 0; channel < channels; channel++) {
        target[channel * plane + row * window.width + column] = (data[pixel + channel] ?? 0) / 127.5 - 1;
      }
    }
  }
}

/**
 * Picture `index` of an N x C x H x W tensor, or a C x H x W one, values in [-1, 1]: rounded, clamped, NaN shown black. Throws
 * PictureError for another rank or dtype, an index out of range, or other than 1, 3 or 4 channels.
 */
export function tensorToPicture(tensor: HostTensor, index = 0): Picture {
  const [count = 0, channels = 0, height = 0, width = 0] = tensor.shape.length === 3 ? [1, ...tensor.shape] : tensor.shape;
  if (tensor.dtype !== 'f32' || tensor.shape.length < 3 || tensor.shape.length > 4 || !isChannels(channels)) {
    const got = `${tensor.dtype} ${formatShape(tensor.shape)}`;
    throw new PictureError(`tensor to picture: expected f32 N x C x H x W or C x H x W with 1, 3 or 4 channels, got ${got}.`);
  }
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new PictureError(`tensor to picture: there is no picture ${index} in a batch of ${count} (${formatSize({ height, width })}).`);
  }
  const plane = height * width;
  const samples = new Uint8ClampedArray(plane * channels);
  for (let channel = 0; channel < channels; channel++) {
    const start = (index * channels + channel) * plane;
    for (let pixel = 0; pixel < plane; pixel++) {
      // A clamped array rounds as well.
      samples[pixel * channels + channel] = ((tensor.data[start + pixel] ?? 0) + 1) * 127.5;
    }
  }
  return { width, height, channels, data: new Uint8Array(samples.buffer) };
}

function isChannels(channels: number): channels is Channels {
  return channels === 1 || channels === 3 || channels === 4;
}
