import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture, encodePng, PictureError, readPictureSize } from '../../src/index.ts';
import { pictureFile } from '../../src/picture-file.ts';
import { rgb, samples, temporaryFolder, writeFiles } from './fixtures.ts';

describe('decodePicture', () => {
  it('gives the samples of an 8-bit picture unchanged, from a path and from bytes', async () => {
    const folder = await temporaryFolder();
    const png = await rgb(5, 4).png().toBuffer();
    await writeFiles(folder, { 'a.png': png });
    const expected = { width: 5, height: 4, channels: 3, data: samples(5, 4) };
    expect(await decodePicture(png, { channels: 3 })).toEqual(expected);
    expect(await decodePicture(join(folder, 'a.png'), { channels: 3 })).toEqual(expected);
  });

  it('scales 16 bits to 8, and repeats gray as RGB', async () => {
    const gray = new Uint16Array([0, 2570, 32896, 65535]);
    const png = await sharp(gray, { raw: { width: 4, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    expect([...(await decodePicture(png, { channels: 1 })).data]).toEqual([0, 10, 128, 255]);
    expect([...(await decodePicture(png, { channels: 3 })).data]).toEqual([0, 0, 0, 10, 10, 10, 128, 128, 128, 255, 255, 255]);
  });

  it("makes gray with the reference's luma weights", async () => {
    const png = await rgb(3, 1, new Uint8Array([255, 0, 0, 0, 255, 0, 0, 0, 255]))
      .png()
      .toBuffer();
    expect([...(await decodePicture(png, { channels: 1 })).data]).toEqual([76, 150, 29]);
  });

  it('shows transparent parts white, or keeps alpha when asked', async () => {
    const rgba = new Uint8Array([255, 0, 0, 255, 255, 0, 0, 0]);
    const png = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect([...(await decodePicture(png, { channels: 3 })).data]).toEqual([255, 0, 0, 255, 255, 255]);
    expect([...(await decodePicture(png, { channels: 4 })).data]).toEqual([...rgba]);
    const opaque = await rgb(1, 1, new Uint8Array([1, 2, 3]))
      .png()
      .toBuffer();
    expect([...(await decodePicture(opaque, { channels: 4 })).data]).toEqual([1, 2, 3, 255]);
  });

  it('flattens 16-bit gray with alpha on white', async () => {
    const grayAlpha = new Uint16Array([0, 65535, 0, 0]);
    const png = await sharp(grayAlpha, { raw: { width: 2, height: 1, channels: 2 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect([...(await decodePicture(png, { channels: 1 })).data]).toEqual([0, 255]);
  });

  it('expands palettes', async () => {
    const checks = Uint8Array.from({ length: 8 * 8 * 3 }, (_, index) => (Math.floor(index / 3) % 2) * 255);
    const png = await rgb(8, 8, checks).png({ palette: true }).toBuffer();
    expect((await sharp(png).metadata()).isPalette).toBe(true);
    expect((await decodePicture(png, { channels: 3 })).data).toEqual(checks);
  });

  it('turns CMYK to RGB', async () => {
    const red = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer();
    const [r = 0, g = 0, b = 0] = (await decodePicture(red, { channels: 3 })).data;
    expect(r).toBeGreaterThan(180);
    expect(Math.max(g, b)).toBeLessThan(80);
  });

  it('turns a picture upright before it is resized', async () => {
    const sideways = await rgb(2, 1, new Uint8Array([255, 0, 0, 0, 0, 255]))
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    expect(await decodePicture(sideways, { channels: 3 })).toEqual({
      width: 1,
      height: 2,
      channels: 3,
      data: new Uint8Array([255, 0, 0, 0, 0, 255]),
    });
    expect(await decodePicture(sideways, { channels: 3, size: { width: 4, height: 6 } })).toMatchObject({ width: 4, height: 6 });
  });

  it('decodes and enlarges a single pixel', async () => {
    const pixel = await rgb(1, 1, new Uint8Array([9, 8, 7]))
      .png()
      .toBuffer();
    expect(await decodePicture(pixel, { channels: 3 })).toMatchObject({ width: 1, height: 1, data: new Uint8Array([9, 8, 7]) });
    const enlarged = await decodePicture(pixel, { channels: 3, size: { width: 5, height: 3 } });
    expect([...enlarged.data]).toEqual(Array.from({ length: 15 }, () => [9, 8, 7]).flat());
  });

  it("enlarges as Pillow does, without libvips' shift", async () => {
    const png = await encodePng({ width: 12, height: 1, channels: 1, data: Uint8Array.of(0, 0, 0, 100, 200, 50, 50, 255, 0, 0, 0, 0) });
    const { data } = await decodePicture(png, { channels: 1, size: { width: 13, height: 1 } });
    expect([...data]).toEqual([0, 0, 0, 70, 184, 116, 28, 146, 191, 0, 0, 0, 0]);
  });

  it('shrinks one axis while it enlarges the other', async () => {
    const png = await rgb(40, 6).png().toBuffer();
    const picture = await decodePicture(png, { channels: 1, size: { width: 10, height: 12 } });
    expect(picture).toMatchObject({ width: 10, height: 12, channels: 1 });
    expect(picture.data).toHaveLength(120);
  });

  it('cuts out half of a picture after turning it upright', async () => {
    const folder = await temporaryFolder();
    const colours = new Uint8Array([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]);
    await writeFiles(folder, { 'pair.png': await rgb(1, 4, colours).withMetadata({ orientation: 8 }).png().toBuffer() });
    const file = pictureFile(join(folder, 'pair.png'));
    const halves = await Promise.all((['left', 'right'] as const).map((half) => decodePicture({ ...file, half }, { channels: 3 })));
    expect(halves.map(({ data }) => [...data])).toEqual([[...colours.subarray(0, 6)], [...colours.subarray(6)]]);
    const small = await decodePicture(
      { ...file, half: 'left' },
      { channels: 1, size: ({ width, height }) => ({ width: width * 2, height }) },
    );
    expect(small).toMatchObject({ width: 4, height: 1 });
    expect(await readPictureSize({ ...file, half: 'right' })).toEqual({ width: 2, height: 1 });
    expect(await readPictureSize(file)).toEqual({ width: 4, height: 1 });
  });

  it('converts colours of other profiles to sRGB, in 16 bits as in 8', async () => {
    const colours = new Uint16Array([40000, 30001, 20002]);
    const inP3 = (pipeline: Sharp) => pipeline.withIccProfile('p3').png().toBuffer();
    const deep = await inP3(sharp(colours, { raw: { width: 1, height: 1, channels: 3 } }).toColourspace('rgb16'));
    const [red = 0, green = 0, blue = 0] = (await decodePicture(deep, { channels: 3, bitDepth: 16 })).data;
    // the same colour by the matrices of Display P3 and sRGB
    expect(Math.max(Math.abs(red - 41836), Math.abs(green - 29486), Math.abs(blue - 18279))).toBeLessThan(40);
    expect([...(await decodePicture(deep, { channels: 3 })).data]).toEqual([163, 115, 71]);
    const tagged = await rgb(1, 1, new Uint8Array([156, 117, 78]))
      .keepMetadata()
      .withIccProfile('srgb')
      .png()
      .toBuffer();
    expect([...(await decodePicture(tagged, { channels: 3 })).data]).toEqual([156, 117, 78]);
  });

  it('keeps 16 bits through resizing, flattening and gray', async () => {
    const ramp = Uint16Array.from({ length: 64 * 8 }, (_, at) => 1000 + (at % 64));
    const png = await sharp(ramp, { raw: { width: 64, height: 8, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await decodePicture(png, { channels: 1, bitDepth: 16 })).data).toEqual(ramp);
    for (const width of [32, 128]) {
      const { data } = await decodePicture(png, { channels: 1, bitDepth: 16, size: { width, height: 8 } });
      const error = Array.from({ length: width - 8 }, (_, at) => Math.abs((data[at + 4] ?? 0) - 1000 - ((at + 4.5) * 64) / width + 0.5));
      expect(Math.max(...error)).toBeLessThanOrEqual(1);
    }
    const transparent = new Uint16Array([1000, 2000, 3000, 65535, 7, 8, 9, 0, 0, 0, 0, 32768]);
    const rgba = await sharp(transparent, { raw: { width: 3, height: 1, channels: 4 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect([...(await decodePicture(rgba, { channels: 3, bitDepth: 16 })).data]).toEqual([
      1000, 2000, 3000, 65535, 65535, 65535, 32767, 32767, 32767,
    ]);
    expect([...(await decodePicture(rgba, { channels: 4, bitDepth: 16 })).data]).toEqual([...transparent]);
  });

  it('spreads 8 bits over 16', async () => {
    const png = await rgb(1, 1, new Uint8Array([0, 1, 255]))
      .png()
      .toBuffer();
    expect([...(await decodePicture(png, { channels: 3, bitDepth: 16 })).data]).toEqual([0, 257, 65535]);
  });

  it('sees that a file has changed', async () => {
    const path = join(await temporaryFolder(), 'a.png');
    await writeFile(
      path,
      await rgb(4, 4, samples(4, 4, 1))
        .png()
        .toBuffer(),
    );
    const before = await decodePicture(path, { channels: 3 });
    await writeFile(
      path,
      await rgb(4, 4, samples(4, 4, 2))
        .png()
        .toBuffer(),
    );
    expect((await decodePicture(path, { channels: 3 })).data).not.toEqual(before.data);
  });
});

describe('decodePicture reads', () => {
  const two = new Uint8Array([200, 100, 50, 20, 30, 40]);
  const [red, dark] = [
    [200, 100, 50],
    [20, 30, 40],
  ];
  const picture = (): Sharp =>
    sharp(
      Uint8Array.from({ length: 16 * 8 * 3 }, (_, at) => two[(Math.floor(at / 24) % 2) * 3 + (at % 3)] ?? 0),
      { raw: { width: 16, height: 8, channels: 3 } },
    );
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="8"><rect width="8" height="8" fill="#c86432"/><rect x="8" width="8" height="8" fill="#141e28"/></svg>';
  const gray = (): Sharp => picture().toColourspace('b-w');
  const luma = 124;
  const darkLuma = 28;
  const animated = async (): Promise<Sharp> =>
    sharp([await picture().png().toBuffer(), await picture().negate().png().toBuffer()], { join: { animated: true } });

  it.each<[string, () => Promise<Uint8Array>, readonly number[], readonly number[], number]>([
    ['PNG', () => picture().png().toBuffer(), red, dark, 0],
    ['interlaced PNG', () => picture().png({ progressive: true }).toBuffer(), red, dark, 0],
    ['PNG with a palette', () => picture().png({ palette: true }).toBuffer(), red, dark, 2],
    ['gray PNG', () => gray().png().toBuffer(), [luma, luma, luma], [darkLuma, darkLuma, darkLuma], 12],
    ['JPEG', () => picture().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), red, dark, 3],
    ['progressive JPEG', () => picture().jpeg({ quality: 100, progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(), red, dark, 3],
    ['gray JPEG', () => gray().jpeg({ quality: 100 }).toBuffer(), [luma, luma, luma], [darkLuma, darkLuma, darkLuma], 12],
    ['CMYK JPEG', () => picture().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(), red, dark, 40],
    ['WebP', () => picture().webp({ lossless: true }).toBuffer(), red, dark, 0],
    ['AVIF', () => picture().avif({ lossless: true }).toBuffer(), red, dark, 2],
    ['GIF', () => picture().gif().toBuffer(), red, dark, 2],
    ['the first frame of a GIF', async () => (await animated()).gif().toBuffer(), red, dark, 2],
    ['the first frame of a WebP', async () => (await animated()).webp({ lossless: true }).toBuffer(), red, dark, 0],
    ['TIFF', () => picture().tiff({ compression: 'lzw' }).toBuffer(), red, dark, 0],
    ['tiled TIFF', () => picture().tiff({ compression: 'deflate', tile: true }).toBuffer(), red, dark, 0],
    [
      'TIFF of 1 bit',
      () => gray().threshold(80).tiff({ bitdepth: 1, compression: 'none', predictor: 'none' }).toBuffer(),
      [255, 255, 255],
      [0, 0, 0],
      0,
    ],
    ['CMYK TIFF', () => picture().toColourspace('cmyk').tiff({ compression: 'lzw' }).toBuffer(), red, dark, 40],
    ['SVG', async () => new TextEncoder().encode(svg), red, dark, 0],
  ])('%s', async (_, make, left, right, tolerance) => {
    const { data, ...size } = await decodePicture(await make(), { channels: 3 });
    expect(size).toEqual({ width: 16, height: 8, channels: 3 });
    const distance = (at: number, want: readonly number[]) =>
      Math.max(...want.map((value, channel) => Math.abs((data[3 * at + channel] ?? 0) - value)));
    expect(distance(2, left)).toBeLessThanOrEqual(tolerance);
    expect(distance(13, right)).toBeLessThanOrEqual(tolerance);
  });
});

describe('decodePicture refuses, naming the file,', () => {
  const damaged: Record<string, () => Promise<Uint8Array>> = {
    'an empty file': async () => new Uint8Array(),
    'a file that is no picture': async () => new TextEncoder().encode('not a picture'),
    'a corrupt PNG': async () => {
      const png = await rgb(40, 40).png().toBuffer();
      return png.fill(0x55, 60, 200);
    },
    'a truncated JPEG': async () => truncated(await rgb(64, 64).jpeg().toBuffer()),
    'a truncated PNG': async () => truncated(await rgb(64, 64).png().toBuffer()),
    'a truncated WebP': async () => truncated(await rgb(64, 64).webp().toBuffer()),
  };

  it.each(Object.keys(damaged))('%s', async (name) => {
    const path = join(await temporaryFolder(), 'damaged.jpg');
    await writeFile(path, (await damaged[name]?.()) ?? new Uint8Array());
    const failure = await decodePicture(path, { channels: 3 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PictureError);
    expect(String(failure)).toContain(path);
    expect(String(failure)).toMatch(/(Replace or remove|cannot be decoded)/);
  });

  it('a picture of more pixels than are decoded', async () => {
    const png = await rgb(40, 30).png().toBuffer();
    await expect(decodePicture(png, { channels: 3, maxPixels: 1199 })).rejects.toThrow(/picture: 40x30 is more than the 1199 pixels/);
    expect(await decodePicture(png, { channels: 3, maxPixels: 1200 })).toMatchObject({ width: 40, height: 30 });
    const bomb = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>';
    await expect(decodePicture(new TextEncoder().encode(bomb), { channels: 3 })).rejects.toBeInstanceOf(PictureError);
  });

  it('samples that are neither 8 nor 16 bits', async () => {
    await expect(decodePicture(floatTiff(), { channels: 3 })).rejects.toThrow(/samples are of type float, expected 8 or 16 bits/);
  });

  it('a pair of odd width', async () => {
    const path = join(await temporaryFolder(), 'odd.png');
    await rgb(5, 4).toFile(path);
    const failure = readPictureSize({ ...pictureFile(path), half: 'left' });
    await expect(failure).rejects.toThrow(/odd\.png \(left half\): a pair side by side has an even width, this one is 5x4/);
  });

  it('a missing file', async () => {
    await expect(decodePicture('/nowhere/a.png', { channels: 3 })).rejects.toThrow(/\/nowhere\/a\.png: cannot be read \(ENOENT/);
  });
});

/** The first three quarters of a file. */
function truncated(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.floor(bytes.length * 0.75));
}

/** A TIFF file of one pixel, a 32-bit float. */
function floatTiff(): Uint8Array {
  const entries: readonly (readonly [tag: number, value: number])[] = [
    [256, 1], // width
    [257, 1], // height
    [258, 32], // bits of a sample
    [259, 1], // no compression
    [262, 1], // black is 0
    [273, 122], // where the pixel is
    [277, 1], // samples of a pixel
    [279, 4], // bytes of the pixel
    [339, 3], // float
  ];
  const bytes = new Uint8Array(126);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, entries.length]);
  for (const [at, [tag, value]] of entries.entries()) {
    view.setUint16(10 + 12 * at, tag, true);
    view.setUint16(12 + 12 * at, 4, true);
    view.setUint32(14 + 12 * at, 1, true);
    view.setUint32(18 + 12 * at, value, true);
  }
  view.setFloat32(122, 0.5, true);
  return bytes;
}
