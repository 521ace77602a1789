import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePng, loadCentred, loadPictureTensor, type Preprocess, tensorToPicture } from '../../src/index.ts';
import { temporaryFolder, writeFiles } from './fixtures.ts';

/** A gray picture each of whose pixels says where it lies: 10 a row and 1 a column. */
async function coordinates(width: number, height: number): Promise<{ readonly path: string; readonly name: string }> {
  const folder = await temporaryFolder();
  const data = Uint8Array.from({ length: width * height }, (_, at) => 10 * Math.floor(at / width) + (at % width));
  await writeFiles(folder, { 'picture.png': await encodePng({ width, height, channels: 1, data }) });
  return { path: join(folder, 'picture.png'), name: 'picture.png' };
}

const SIZE = { height: 4, width: 4, channels: 1 } as const;

describe('loadCentred', () => {
  it('takes the centre where training crops without resizing', async () => {
    const tensor = await loadCentred(await coordinates(9, 6), { ...SIZE, preprocess: 'crop' });
    expect(tensor.shape).toEqual([1, 1, 4, 4]);
    expect([...tensorToPicture(tensor).data]).toEqual([12, 22, 32, 42].flatMap((first) => [first, first + 1, first + 2, first + 3]));
  });

  it.each(['resize-and-crop', 'none', 'scale-width'] satisfies Preprocess[])('shows the whole picture with %s', async (preprocess) => {
    const file = await coordinates(9, 6);
    expect(await loadCentred(file, { ...SIZE, preprocess })).toEqual(await loadPictureTensor(file, SIZE));
  });

  it('keeps the aspect ratio where training does', async () => {
    const file = await coordinates(8, 16);
    const { data } = await loadPictureTensor(file, { ...SIZE, height: 8 });
    expect((await loadCentred(file, { ...SIZE, preprocess: 'scale-width-and-crop' })).data).toEqual(data.slice(8, 24));
  });

  it('refuses a picture that is too small to crop', async () => {
    const loading = loadCentred(await coordinates(9, 3), { ...SIZE, preprocess: 'crop' });
    await expect(loading).rejects.toThrow('picture.png: 9x3 is too small for crops of 4x4.');
  });
});
