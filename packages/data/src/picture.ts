/** Pictures in memory: sRGB samples of 8 or 16 bits, as decoded from a file or about to be encoded. Knows no files and no tensors. */

/** Samples per pixel: gray, RGB, or RGB and alpha. */
export type Channels = 1 | 3 | 4;

/** Bits of a sample. */
export type BitDepth = 8 | 16;

/** Extents of a picture in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A picture, rows from the top, samples of a pixel side by side (height x width x channels), of 8 or 16 bits. */
export interface Picture extends Size {
  readonly channels: Channels;
  readonly data: Uint8Array | Uint16Array;
}

/** A picture cannot be read, written or used as asked; the message names the file and the remedy. */
export class PictureError extends Error {
  override name = 'PictureError';
}

/** The bits of a picture's samples. */
export function bitDepthOf({ data }: Picture): BitDepth {
  return data instanceof Uint16Array ? 16 : 8;
}

/** The value of a white sample: 255 or 65535. */
export function peakOf(bitDepth: BitDepth): number {
  return 2 ** bitDepth - 1;
}

/** The picture with samples of so many bits; black stays black and white stays white. */
export function withBitDepth(picture: Picture, bitDepth: BitDepth): Picture {
  if (bitDepthOf(picture) === bitDepth) {
    return picture;
  }
  const factor = peakOf(16) / peakOf(8);
  const { data } = picture;
  const converted = bitDepth === 16 ? new Uint16Array(data.length) : new Uint8Array(data.length);
  for (let index = 0; index < data.length; index++) {
    const sample = data[index] ?? 0;
    converted[index] = bitDepth === 16 ? sample * factor : Math.round(sample / factor);
  }
  return { ...picture, data: converted };
}

/** Size as people write it, width first: `600x400`. */
export function formatSize({ height, width }: Size): string {
  return `${width}x${height}`;
}
