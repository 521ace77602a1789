/**
 * Opening a picture file with sharp (libvips) as far as its header: what it holds, how large it is, and whether we can use it.
 * Decodes no pixels.
 */
import { open } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { formatSize, PictureError, type Size } from './picture.ts';
import { describePicture, type PictureFile } from './picture-file.ts';

/** Pictures of more pixels are refused before they are decoded: 128 million, half a gigabyte with alpha. */
export const MAX_PIXELS = 2 ** 27;

// libvips would answer from its cache when a file of the same name has changed.
sharp.cache(false);

/** Where a picture is: the bytes of a file, or its path and perhaps a half of it. */
export interface PictureSource {
  /** What messages call it. */
  readonly name: string;
  readonly input: string | Uint8Array;
  readonly half?: PictureFile['half'];
}

/** A picture whose header has been read. */
export interface OpenedPicture {
  /** A pipeline over the picture, upright; one half of it has still to be cut out. */
  readonly pipeline: Sharp;
  /** Upright, of the half if it is one. */
  readonly size: Size;
  /** More than 8 bits a sample. */
  readonly deep: boolean;
  readonly hasAlpha: boolean;
  readonly hasProfile: boolean;
}

/** Reads the header of a picture; throws PictureError, naming it, when there is none or it shows that the picture cannot be used. */
export async function openPicture({ name, input, half }: PictureSource, maxPixels = MAX_PIXELS): Promise<OpenedPicture> {
  // the bound is checked here, with a better message than libvips has; its own is for formats that it has to draw
  const pipeline = sharp(input, { failOn: 'error', limitInputPixels: Math.max(maxPixels, MAX_PIXELS) }).autoOrient();
  const { depth, hasAlpha, hasProfile, autoOrient } = await withName(name, () => pipeline.metadata());
  const { width, height } = autoOrient;
  const size = formatSize({ width, height });
  if (width * height > maxPixels) {
    throw new PictureError(`${name}: ${size} is more than the ${maxPixels} pixels that are decoded. Make it smaller or remove the file.`);
  }
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw new PictureError(`${name}: its samples are of type ${depth}, expected 8 or 16 bits. Convert or remove the file.`);
  }
  if (half !== undefined && width % 2 === 1) {
    throw new PictureError(`${name}: a pair side by side has an even width, this one is ${size}. Crop or remove the file.`);
  }
  const own = { width: half === undefined ? width : width / 2, height };
  return { pipeline, size: own, deep: depth === 'ushort', hasAlpha, hasProfile };
}

/** The size of a picture as its header tells it, upright; throws PictureError as `openPicture` does. */
export async function readPictureSize(file: PictureFile, maxPixels?: number): Promise<Size> {
  const { path, half } = file;
  const source = { name: describePicture(file), input: path, ...(half === undefined ? {} : { half }) };
  try {
    return (await openPicture(source, maxPixels)).size;
  } catch (error) {
    await checkFile(path);
    throw error;
  }
}

/** Throws PictureError for a file that is missing, empty or may not be read: libvips finds other words for that. */
async function checkFile(path: string): Promise<void> {
  const opened = await open(path).catch((error: unknown) => {
    throw new PictureError(`${path}: cannot be read (${firstLine(error)}). Check the path and its permissions.`, { cause: error });
  });
  const { size } = await opened.stat().finally(() => opened.close());
  checkLength(path, size);
}

/** Throws PictureError for a file without a byte. */
export function checkLength(name: string, bytes: number): void {
  if (bytes === 0) {
    throw new PictureError(`${name}: the file is empty. Replace or remove it.`);
  }
}

/** The result of `work`, its failure as a PictureError that names the picture. */
export async function withName<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PictureError) {
      throw error;
    }
    throw new PictureError(`${name}: cannot be decoded (${firstLine(error)}). Replace or remove the file.`, { cause: error });
  }
}

/** The first line of an error's message, without its full stop. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n', 1)[0] ?? message).replace(/\.$/, '');
}
