/**
 * From files to pictures, by sharp (libvips), which works off the main thread. Whatever the file holds (16 bits, palettes, gray,
 * CMYK, alpha, a camera held sideways), what comes out is upright 8-bit sRGB with the channels that were asked for.
 */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { enlarge } from './enlarge.ts';
import { type Channels, type Picture, PictureError, type Size } from './picture.ts';

/** How a picture is decoded. */
export interface DecodeOptions {
  /** 1 is ITU-R 601 luma, as in the reference; without 4, transparent parts show white. */
  readonly channels: Channels;
  /** Resized to this, bicubic, the aspect ratio aside; by default the size in the file. */
  readonly size?: Size;
}

/**
 * Decodes a picture from a path or from the bytes of a file; of several pages or frames the first. Throws PictureError, naming
 * the file, when it is missing, empty, corrupt, truncated or no picture.
 */
export async function decodePicture(source: string | Uint8Array, options: DecodeOptions): Promise<Picture> {
  const name = typeof source === 'string' ? source : 'picture';
  const bytes = typeof source === 'string' ? await readBytes(source) : source;
  if (bytes.length === 0) {
    throw new PictureError(`${name}: the file is empty. Replace or remove it.`);
  }
  const decoded = await decodeBytes(bytes, options).catch((error: unknown) => {
    throw new PictureError(`${name}: cannot be decoded (${firstLine(error)}). Replace or remove the file.`, { cause: error });
  });
  const picture = options.channels === 1 ? toLuma(decoded) : decoded;
  return options.size === undefined ? picture : enlarge(picture, options.size);
}

// Bytes, not paths, go to sharp: it would answer from its cache when a file of the same name has changed.
async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new PictureError(`${path}: cannot be read (${firstLine(error)}). Check the path and its permissions.`, { cause: error });
  }
}

/** RGB or RGBA, no larger than `size`. */
async function decodeBytes(bytes: Uint8Array, { channels, size }: DecodeOptions): Promise<Picture> {
  const wanted = channels === 4 ? 4 : 3;
  const pipeline = sharp(bytes, { failOn: 'error' }).autoOrient();
  if (wanted === 4) {
    pipeline.ensureAlpha();
  } else {
    pipeline.flatten({ background: 'white' });
  }
  if (size !== undefined) {
    // Without enlargement: `enlarge` does that. Without shrinking in the JPEG decoder, which is faster but not bicubic.
    pipeline.resize(size.width, size.height, { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false, withoutEnlargement: true });
  }
  const { data, info } = await pipeline.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== wanted) {
    throw new Error(`expected 1 to 4 channels, got ${info.channels}`);
  }
  const samples = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { width: info.width, height: info.height, channels: wanted, data: samples };
}

/** Gray from RGB with the integer weights of Pillow's mode L: 0.299, 0.587, 0.114. */
function toLuma({ width, height, data }: Picture): Picture {
  const luma = new Uint8Array(width * height);
  for (let pixel = 0; pixel < luma.length; pixel++) {
    const [red = 0, green = 0, blue = 0] = [data[3 * pixel], data[3 * pixel + 1], data[3 * pixel + 2]];
    luma[pixel] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >>> 16;
  }
  return { width, height, channels: 1, data: luma };
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}
