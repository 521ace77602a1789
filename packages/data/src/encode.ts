/** From pictures to the bytes of files, by sharp. */
import sharp from 'sharp';
import type { Picture } from './picture.ts';

/** A picture as the bytes of an 8-bit PNG file, lossless: gray, RGB or RGBA as the picture is. */
export async function encodePng({ width, height, channels, data }: Picture): Promise<Uint8Array> {
  const pipeline = sharp(data, { raw: { width, height, channels } });
  return pipeline
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();
}
