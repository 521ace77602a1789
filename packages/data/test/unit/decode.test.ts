import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture, encodePng, PictureError } from '../../src/index.ts';
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

  it('a missing file', async () => {
    await expect(decodePicture('/nowhere/a.png', { channels: 3 })).rejects.toThrow(/\/nowhere\/a\.png: cannot be read \(ENOENT/);
  });
});

describe('encodePng', () => {
  it.each([1, 3, 4] as const)('keeps a picture with %d channels as it is', async (channels) => {
    const data = samples(4, 2).subarray(0, 2 * 3 * channels);
    const picture = { width: 3, height: 2, channels, data: new Uint8Array(data) };
    const png = await encodePng(picture);
    expect((await sharp(png).metadata()).channels).toBe(channels);
    expect(await decodePicture(png, { channels })).toEqual(picture);
  });
});

/** The first three quarters of a file. */
function truncated(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.floor(bytes.length * 0.75));
}
