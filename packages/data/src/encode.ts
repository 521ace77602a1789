/** From pictures to the bytes of files, by sharp. */
import { extname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { bitDepthOf, type Picture, withBitDepth } from './picture.ts';

/** Formats that pictures are written in. PNG and TIFF are lossless and keep 16 bits; the others have 8, and JPEG no alpha. */
export type PictureFormat = 'png' | 'jpeg' | 'webp' | 'tiff';

const FORMAT_OF_EXTENSION: Readonly<Record<string, PictureFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
};

/** So high that artefacts cannot be mistaken for the network's. */
const QUALITY = 95;

const ENCODERS: Readonly<Record<PictureFormat, (pipeline: Sharp) => Sharp>> = {
  png: (pipeline) => pipeline.png(),
  jpeg: (pipeline) => pipeline.flatten({ background: 'white' }).jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }),
  webp: (pipeline) => pipeline.webp({ quality: QUALITY, smartSubsample: true }),
  tiff: (pipeline) => pipeline.tiff({ compression: 'deflate', predictor: 'horizontal' }),
};

/** The format that a file's ending asks for, undefined for another ending. */
export function formatOfPath(path: string): PictureFormat | undefined {
  return FORMAT_OF_EXTENSION[extname(path).toLowerCase()];
}

/** A picture as the bytes of a file: gray, RGB or RGBA, with 8 or 16 bits, as the picture is and the format allows. */
export async function encodePicture(picture: Picture, format: PictureFormat): Promise<Uint8Array> {
  const lossless = format === 'png' || format === 'tiff';
  const { width, height, channels, data } = withBitDepth(picture, lossless ? bitDepthOf(picture) : 8);
  const deep = data instanceof Uint16Array;
  const gray = channels === 1;
  const space = deep ? (gray ? 'grey16' : 'rgb16') : gray ? 'b-w' : 'srgb';
  const pipeline = sharp(data, { raw: { width, height, channels } });
  return ENCODERS[format](pipeline.toColourspace(space)).toBuffer();
}

/** A picture as the bytes of a PNG file, lossless. */
export function encodePng(picture: Picture): Promise<Uint8Array> {
  return encodePicture(picture, 'png');
}
