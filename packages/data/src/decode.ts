/**
 * From files to pictures, by sharp (libvips), which works off the main thread. Whatever the file holds (16 bits, palettes, gray,
 * CMYK, alpha, a camera held sideways), what comes out is upright sRGB with the channels and bits that were asked for.
 */
import { readFile } from 'node:fs/promises';
import { enlarge } from './enlarge.ts';
import { checkLength, firstLine, type OpenedPicture, openPicture, withName } from './open-picture.ts';
import { type BitDepth, type Channels, type Picture, PictureError, peakOf, type Size, withBitDepth } from './picture.ts';
import { describePicture, type PictureFile, pictureFile } from './picture-file.ts';

/** How a picture is decoded. */
export interface DecodeOptions {
  /** 1 is ITU-R 601 luma, as in the reference; without 4, transparent parts show white. */
  readonly channels: Channels;
  /** Bits of a sample, 8 by default; 16 keeps what a file of 16 bits holds, through resizing too. */
  readonly bitDepth?: BitDepth;
  /** Resized to this, or to what this says for the picture's own size; bicubic, the aspect ratio aside. */
  readonly size?: Size | ((own: Size) => Size);
  /** Pictures of more pixels are refused; 2^27 by default. */
  readonly maxPixels?: number;
}

/**
 * Decodes a picture from a path, a listed picture or the bytes of a file; of several pages or frames the first. Throws PictureError,
 * naming the file, when it is missing, empty, corrupt, truncated, too large or no picture.
 */
export async function decodePicture(source: string | PictureFile | Uint8Array, options: DecodeOptions): Promise<Picture> {
  const file = source instanceof Uint8Array ? undefined : pictureFile(source);
  const name = file === undefined ? 'picture' : describePicture(file);
  const input = source instanceof Uint8Array ? source : await readBytes(pictureFile(source).path);
  checkLength(name, input.length);
  const half = file?.half;
  const opened = await openPicture({ name, input, ...(half === undefined ? {} : { half }) }, options.maxPixels);
  if (half !== undefined) {
    const { width, height } = opened.size;
    opened.pipeline.extract({ left: half === 'left' ? 0 : width, top: 0, width, height });
  }
  const { size, channels, bitDepth = 8 } = options;
  const target = typeof size === 'function' ? size(opened.size) : size;
  const decoded = await withName(name, () => decodeSamples(opened, { alpha: channels === 4, target }));
  const coloured = channels === 1 ? toLuma(decoded) : decoded;
  const resized = target === undefined ? coloured : enlarge(coloured, target);
  return withBitDepth(resized, bitDepth);
}

// Bytes, not paths, go to sharp, whose messages do not tell a missing file from one that may not be read.
async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new PictureError(`${path}: cannot be read (${firstLine(error)}). Check the path and its permissions.`, { cause: error });
  }
}

/** RGB or RGBA with the file's bits, no larger than `target`. */
async function decodeSamples(
  { pipeline, deep, hasAlpha, hasProfile }: OpenedPicture,
  { alpha, target }: { readonly alpha: boolean; readonly target: Size | undefined },
): Promise<Picture> {
  // sharp's white is not quite white in 16 bits
  const flattenHere = deep && hasAlpha && !alpha;
  const channels = alpha || flattenHere ? 4 : 3;
  if (channels === 4) {
    pipeline.ensureAlpha();
  } else {
    pipeline.flatten({ background: 'white' });
  }
  if (target !== undefined) {
    // Without enlargement: `enlarge` does that. Without shrinking in the JPEG decoder, which is faster but not bicubic.
    const { width, height } = target;
    pipeline.resize(width, height, { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false, withoutEnlargement: true });
  }
  pipeline.toColourspace(deep ? 'rgb16' : 'srgb');
  if (deep && hasProfile) {
    // sharp works on these in Display P3 and would leave them there.
    pipeline.withIccProfile('srgb');
  }
  const { data, info } = await pipeline.raw({ depth: deep ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) {
    throw new Error(`expected 1 to 4 channels, got ${info.channels}`);
  }
  const { buffer, byteOffset, byteLength } = data;
  const samples = deep ? samples16(data) : new Uint8Array(buffer, byteOffset, byteLength);
  const picture: Picture = { width: info.width, height: info.height, channels, data: samples };
  return flattenHere ? onWhite(picture) : picture;
}

/** RGB of 16 bits from RGBA, blended with white. */
function onWhite({ width, height, data }: Picture): Picture {
  const white = peakOf(16);
  const flat = new Uint16Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const opacity = (data[4 * pixel + 3] ?? 0) / white;
    for (let channel = 0; channel < 3; channel++) {
      flat[3 * pixel + channel] = Math.round(opacity * (data[4 * pixel + channel] ?? 0) + (1 - opacity) * white);
    }
  }
  return { width, height, channels: 3, data: flat };
}

/** Samples of 16 bits, copied where they do not lie at an even address. */
function samples16(bytes: Uint8Array): Uint16Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

/** Gray from RGB with the integer weights of Pillow's mode L: 0.299, 0.587, 0.114. */
function toLuma({ width, height, data }: Picture): Picture {
  const luma = data instanceof Uint16Array ? new Uint16Array(width * height) : new Uint8Array(width * height);
  for (let pixel = 0; pixel < luma.length; pixel++) {
    const [red = 0, green = 0, blue = 0] = [data[3 * pixel], data[3 * pixel + 1], data[3 * pixel + 2]];
    // the three weights sum to 2^16, so that even 16-bit samples stay below 2^32
    luma[pixel] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >>> 16;
  }
  return { width, height, channels: 1, data: luma };
}
