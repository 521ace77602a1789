import { describe, expect, it } from 'vitest';
import { decodePicture, PictureBatches } from '../../src/index.ts';
import { MemoryBatches, type Picture, PictureError } from '../../src/memory/index.ts';
import { temporaryFolder, writePictures } from './fixtures.ts';

const SIZE = { height: 12, width: 12 };

/** Pictures as files and in memory, 16 x 16, `a` in A and `b` in B. */
async function bothWays(a: number, b: number) {
  const folder = await temporaryFolder();
  const files = { A: await writePictures(folder, 'A', a), B: await writePictures(folder, 'B', b) };
  const decoded = (paths: readonly string[]) => Promise.all(paths.map((path) => decodePicture(path, { channels: 3 })));
  return { files, memory: { A: await decoded(files.A), B: await decoded(files.B) } };
}

function plain(width: number, height: number, channels: 1 | 3 = 3): Picture {
  return { width, height, channels, data: new Uint8Array(width * height * channels) };
}

describe('MemoryBatches', () => {
  it('draws, crops and mirrors as PictureBatches does with files of the same pictures, across epochs', async () => {
    const { files, memory } = await bothWays(5, 3);
    const options = { ...SIZE, seed: 7, batch: 2 };
    const fromFiles = new PictureBatches({ ...files, ...options, loadSize: { height: 16, width: 16 } });
    const source = new MemoryBatches({ ...memory, ...options });
    expect(source).toMatchObject({ stepsPerEpoch: fromFiles.stepsPerEpoch, shape: fromFiles.shape });
    for (let step = 0; step < 7; step++) expect(await source.batch(step)).toEqual(await fromFiles.batch(step));
    expect(await source.batch(1)).toEqual(await fromFiles.batch(1));
  });

  it('names what it cannot use', () => {
    const seed = 0;
    const make = (A: readonly Picture[], B: readonly Picture[]) => () => new MemoryBatches({ A, B, ...SIZE, seed });
    expect(make([plain(16, 16)], [])).toThrow(new PictureError('there is no picture in domain B; give at least one.'));
    expect(make([plain(16, 8)], [plain(16, 16)])).toThrow('domain A: 16x8 is too small for crops of 12x12; resize the pictures first.');
    expect(make([plain(16, 16)], [plain(16, 16), plain(16, 16, 1)])).toThrow('domain B: pictures of 3 and 1 channels');
  });
});
