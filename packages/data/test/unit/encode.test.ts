import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture, encodePicture, encodePng, formatOfPath, type Picture, type PictureFormat } from '../../src/index.ts';
import { samples } from './fixtures.ts';

/** A smooth picture. */
function gradient(channels: 1 | 3 | 4, deep: boolean): Picture {
  const [width, height] = [24, 16];
  const scale = deep ? 257 : 1;
  const value = (at: number) =>
    scale * (channels === 4 && at % 4 === 3 ? 255 : 40 + Math.floor(at / channels / width) * 8 + (at % channels) * 20);
  const data = Array.from(
    { length: width * height * channels },
    (_, at) => value(at) + (deep ? at % 200 : 0) * (channels === 4 && at % 4 === 3 ? 0 : 1),
  );
  return { width, height, channels, data: deep ? Uint16Array.from(data) : Uint8Array.from(data) };
}

describe('encodePicture', () => {
  it.each(
    (['png', 'tiff'] as const).flatMap((format) =>
      ([1, 3, 4] as const).flatMap((channels) => ([8, 16] as const).map((bits) => [format, channels, bits] as const)),
    ),
  )('keeps a picture as it is: %s, %d channels, %d bits', async (format, channels, bitDepth) => {
    const picture = gradient(channels, bitDepth === 16);
    const bytes = await encodePicture(picture, format);
    expect(await sharp(bytes).metadata()).toMatchObject({ format, channels, depth: bitDepth === 16 ? 'ushort' : 'uchar' });
    expect(await decodePicture(bytes, { channels, bitDepth })).toEqual(picture);
  });

  it.each((['jpeg', 'webp'] as const).flatMap((format) => ([1, 3, 4] as const).map((channels) => [format, channels] as const)))(
    'stays close: %s, %d channels, from 16 bits',
    async (format, channels) => {
      const picture = gradient(channels, true);
      const decoded = await decodePicture(await encodePicture(picture, format), { channels, bitDepth: 16 });
      expect(decoded).toMatchObject({ width: 24, height: 16, channels });
      const errors = [...decoded.data].map((value, at) => Math.abs(value - (picture.data[at] ?? 0)) / 257);
      expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(3);
    },
  );

  it('shows transparent parts white where the format has no alpha', async () => {
    const bytes = await encodePicture({ width: 8, height: 8, channels: 4, data: new Uint8Array(256) }, 'jpeg');
    expect([...(await decodePicture(bytes, { channels: 1 })).data]).toEqual(new Array(64).fill(255));
  });
});

describe('encodePng', () => {
  it('is lossless for noise', async () => {
    const picture = { width: 9, height: 7, channels: 3, data: samples(9, 7) } as const;
    expect(await decodePicture(await encodePng(picture), { channels: 3 })).toEqual(picture);
  });
});

describe('formatOfPath', () => {
  it.each<[string, PictureFormat | undefined]>([
    ['a.png', 'png'],
    ['/x/b.JPG', 'jpeg'],
    ['c.jpeg', 'jpeg'],
    ['d.webp', 'webp'],
    ['e.x.tif', 'tiff'],
    ['f.TIFF', 'tiff'],
    ['g.gif', undefined],
    ['png', undefined],
  ])('%s is %s', (path, format) => {
    expect(formatOfPath(path)).toBe(format);
  });
});
