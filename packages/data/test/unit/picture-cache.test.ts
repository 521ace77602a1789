import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PictureCache } from '../../src/picture-cache.ts';
import { pictureFile } from '../../src/picture-file.ts';
import { temporaryFolder, writePictures } from './fixtures.ts';

const PICTURE_BYTES = 16 * 16 * 3;

describe('PictureCache', () => {
  it('stays within its bound while pictures are asked for at once', async () => {
    const paths = await writePictures(await temporaryFolder(), 'A', 12);
    const cache = new PictureCache({ bytes: 3 * PICTURE_BYTES + 1 });
    await Promise.all([...paths, ...paths].map((path) => cache.get({ file: pictureFile(path), channels: 3 })));
    expect(cache.bytes).toBe(3 * PICTURE_BYTES);
  });

  it('answers from memory for pictures it keeps, by channels', async () => {
    const folder = await temporaryFolder();
    const [path = ''] = await writePictures(folder, 'A', 1);
    const cache = new PictureCache({ bytes: 2 ** 20, size: { height: 4, width: 8 } });
    const kept = await cache.get({ file: pictureFile(path), channels: 3 });
    const gray = await cache.get({ file: pictureFile(path), channels: 1 });
    expect(gray).toMatchObject({ height: 4, width: 8, channels: 1 });
    await rm(folder, { recursive: true });
    expect(await cache.get({ file: pictureFile(path), channels: 3 })).toBe(kept);
    await expect(cache.get({ file: pictureFile(path), channels: 4 })).rejects.toThrow(/cannot be read/);
  });

  it('keeps nothing under a bound of 0, and still answers everybody', async () => {
    const paths = await writePictures(await temporaryFolder(), 'A', 4);
    const cache = new PictureCache({ bytes: 0 });
    const pictures = await Promise.all(paths.map((path) => cache.get({ file: pictureFile(path), channels: 3 })));
    expect(pictures.map(({ data }) => data.length)).toEqual(paths.map(() => PICTURE_BYTES));
    expect(cache.bytes).toBe(0);
  });
});
