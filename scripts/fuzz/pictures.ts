/** Pictures of every format that is read, decoded in many ways; a file that is a decompression bomb counts as refused. */
import { basename } from 'node:path';
import { type DecodeOptions, decodePicture, PictureError, type PictureFile, readPictureSize } from '@cyclegan/data';
import sharp, { type Sharp } from 'sharp';
import type { FuzzTarget, Outcome, Seed } from './target.ts';

const [WIDTH, HEIGHT] = [33, 20];
/** Larger pictures are refused, so that the memory bound of the whole run can be low. */
const MAX_PIXELS = 2 ** 22;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="33" height="20" viewBox="0 0 33 20">
<defs><linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="#00f"/></linearGradient></defs>
<rect width="33" height="20" fill="url(#g)"/><g transform="rotate(20)"><path d="M3 3h9v9z" opacity=".5"/><text x="2" y="18">a</text></g></svg>`;

function noise(channels: 1 | 3 | 4): Sharp {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, at) => (at * 7 + ((at * at) % 97)) % 256);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

function deep(): Sharp {
  const data = Uint16Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => (at * 1009) % 65536);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).toColourspace('rgb16');
}

async function animated(): Promise<Sharp> {
  return sharp([await noise(3).png().toBuffer(), await noise(3).negate().png().toBuffer()], { join: { animated: true } });
}

const SEEDS: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  'a.png': () => noise(3).png().toBuffer(),
  'interlaced.png': () => noise(4).png({ progressive: true }).toBuffer(),
  'palette.png': () => noise(3).png({ palette: true }).toBuffer(),
  'deep.png': () => deep().withIccProfile('p3').png().toBuffer(),
  'a.jpg': () => noise(3).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  'progressive.jpg': () => noise(3).jpeg({ progressive: true }).toBuffer(),
  'cmyk.jpg': () => noise(3).toColourspace('cmyk').jpeg().toBuffer(),
  'a.webp': () => noise(4).webp().toBuffer(),
  'lossless.webp': () => noise(4).webp({ lossless: true }).toBuffer(),
  'moving.webp': async () => (await animated()).webp().toBuffer(),
  'moving.gif': async () => (await animated()).gif().toBuffer(),
  'a.tif': () => noise(3).tiff({ compression: 'lzw' }).toBuffer(),
  'tiled.tif': () => deep().tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
  'jpeg.tif': () => noise(3).tiff({ compression: 'jpeg' }).toBuffer(),
  'bits.tif': () =>
    noise(1).toColourspace('b-w').threshold(99).tiff({ compression: 'ccittfax4', bitdepth: 1, predictor: 'none' }).toBuffer(),
  'a.avif': () => noise(4).avif({ effort: 0 }).toBuffer(),
  'a.svg': async () => new TextEncoder().encode(SVG),
};

const WAYS: readonly Omit<DecodeOptions, 'maxPixels'>[] = [
  { channels: 3 },
  { channels: 1, size: { width: 48, height: 12 } },
  { channels: 4, bitDepth: 16 },
  { channels: 3, bitDepth: 16, size: { width: 16, height: 31 } },
];

async function decodes(path: string, way: Omit<DecodeOptions, 'maxPixels'>, half: boolean): Promise<Outcome> {
  const file: PictureFile = { path, name: basename(path), ...(half ? { half: 'right' } : {}) };
  try {
    const own = await readPictureSize(file, MAX_PIXELS);
    const { width, height, channels, data } = await decodePicture(file, { ...way, maxPixels: MAX_PIXELS });
    const expected = typeof way.size === 'object' ? way.size : own;
    const right = width === expected.width && height === expected.height && channels === way.channels;
    if (!right || data.length !== width * height * channels)
      throw new Error(`decoded to ${width}x${height}x${channels}, ${data.length} samples`);
    return 'read';
  } catch (error) {
    if (error instanceof PictureError && error.message.startsWith(path)) return 'refused';
    throw error;
  }
}

/** Pictures. */
export const pictures: FuzzTarget = {
  async seeds(): Promise<Seed[]> {
    return Promise.all(Object.entries(SEEDS).map(async ([name, make]) => ({ name, bytes: await make() })));
  },
  attempt: (path, number) => decodes(path, WAYS[number % WAYS.length] ?? { channels: 3 }, number % 11 === 0),
};
