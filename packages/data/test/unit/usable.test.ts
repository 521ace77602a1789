import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataSetError, keepUsable, type ScannedPicture, scanPictures, uniformSize } from '../../src/index.ts';
import { pictureFile } from '../../src/picture-file.ts';
import { rgb, temporaryFolder, writePictures } from './fixtures.ts';

/** Scanned pictures of the sizes given as `width x height`, or with a problem. */
function scanned(...pictures: (readonly [number, number] | string)[]): ScannedPicture[] {
  return pictures.map((picture, at) => {
    const file = pictureFile(`/d/${at}.png`);
    return typeof picture === 'string' ? { file, problem: picture } : { file, size: { width: picture[0], height: picture[1] } };
  });
}

const names = (files: readonly { readonly name: string }[]) => files.map(({ name }) => name);
const crop = { preprocess: 'crop', height: 16, width: 16, loadSize: { height: 16, width: 16 }, paired: false } as const;

describe('scanPictures', () => {
  it('tells upright sizes and what is wrong, in the order of the files', async () => {
    const folder = await temporaryFolder();
    const paths = await writePictures(folder, 'A', 9, [8, 4]);
    await rgb(8, 4)
      .withMetadata({ orientation: 6 })
      .toFile(paths[3] ?? '');
    await writeFile(paths[5] ?? '', 'no picture');
    await writeFile(paths[6] ?? '', '');
    const found = await scanPictures([...paths, join(folder, 'none.png')].map((path) => pictureFile(path)));
    expect(found.map(({ file }) => file.path).slice(0, 9)).toEqual(paths);
    expect(found.map(({ size }) => size && `${size.width}x${size.height}`)).toEqual([
      '8x4',
      '8x4',
      '8x4',
      '4x8',
      '8x4',
      undefined,
      undefined,
      '8x4',
      '8x4',
      undefined,
    ]);
    const problems = ['cannot be decoded', 'the file is empty', 'cannot be read (ENOENT'];
    for (const [at, problem] of problems.entries()) {
      const picture = found[[5, 6, 9][at] ?? 0];
      expect(picture?.problem).toContain(`${picture?.file.path}: ${problem}`);
    }
  });
});

describe('keepUsable', () => {
  it('leaves out what cannot be read and what is too small, and says why', () => {
    const { domains, skipped } = keepUsable({ A: scanned([16, 16], 'broken', [15, 40]), B: scanned([20, 20]) }, crop);
    expect([names(domains.A), names(domains.B)]).toEqual([['0.png'], ['0.png']]);
    expect(skipped.A.map(({ reason }) => reason)).toEqual(['broken', '/d/2.png: 15x40 is too small for crops of 16x16.']);
    expect(skipped.B).toEqual([]);
  });

  it('leaves out both partners of a pair', () => {
    const A = scanned([16, 16], 'broken', [20, 20], [16, 16]);
    const B = scanned([16, 16], [16, 16], [20, 21], 'broken too');
    const { domains, skipped } = keepUsable({ A, B }, { ...crop, paired: true });
    expect([names(domains.A), names(domains.B)]).toEqual([['0.png'], ['0.png']]);
    expect(skipped.B.map(({ reason }) => reason)).toEqual([
      'broken',
      '/d/2.png and /d/2.png: a pair of different sizes, 20x20 and 20x21.',
      'broken too',
    ]);
    expect(keepUsable({ A, B }, { ...crop, preprocess: 'resize-and-crop', paired: true }).domains.A).toHaveLength(2);
  });

  it('says how many were looked at when none is left', () => {
    const wanted = { A: scanned([16, 16]), B: scanned('first', 'second') };
    expect(() => keepUsable(wanted, crop)).toThrow('none of the 2 pictures of domain B can be used. The first: first');
    expect(() => keepUsable(wanted, crop)).toThrow(DataSetError);
  });
});

describe('uniformSize', () => {
  const none = { preprocess: 'none', height: 256, loadSize: { height: 256, width: 286 } } as const;

  it('is what all pictures are resized to', () => {
    expect(uniformSize({ A: scanned([33, 47], 'broken', [31, 48]), B: scanned([32, 49]) }, none)).toEqual({ width: 32, height: 48 });
    const scale = { ...none, preprocess: 'scale-width' } as const;
    expect(uniformSize({ A: scanned([100, 20]), B: scanned([572, 300]) }, scale)).toEqual({ width: 286, height: 256 });
  });

  it('names examples of several sizes and the mode that crops', () => {
    const several = { A: scanned([32, 32], [32, 32]), B: scanned([32, 64], [64, 64]) };
    expect(() => uniformSize(several, none)).toThrow(
      /'none' would train on 3 sizes, but training needs one: \/d\/0\.png gives 32x32, \/d\/0\.png gives 32x64\. Use 'resize-and-crop' or 'crop'/,
    );
    const scale = { ...none, preprocess: 'scale-width' } as const;
    expect(() => uniformSize({ A: scanned([100, 100]), B: scanned([100, 200]) }, scale)).toThrow(/Use 'scale-width-and-crop', which crops/);
    expect(() => uniformSize({ A: scanned('first'), B: scanned([1, 1]) }, none)).toThrow('none of the 2 pictures can be used. first');
  });
});
