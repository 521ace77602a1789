/** Pictures in memory: 8-bit sRGB samples, as decoded from a file or about to be encoded. Knows no files and no tensors. */

/** Samples per pixel: gray, RGB, or RGB and alpha. */
export type Channels = 1 | 3 | 4;

/** Extents of a picture in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A picture, rows from the top, samples of a pixel side by side (height x width x channels). */
export interface Picture extends Size {
  readonly channels: Channels;
  readonly data: Uint8Array;
}

/** A picture cannot be read, written or used as asked; the message names the file and the remedy. */
export class PictureError extends Error {
  override name = 'PictureError';
}

/** Size as people write it, width first: `600x400`. */
export function formatSize({ height, width }: Size): string {
  return `${width}x${height}`;
}
