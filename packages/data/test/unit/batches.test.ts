import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { DataSetError, encodePng, findDomains, loadPictureTensor, PictureBatches, type PictureBatchesOptions } from '../../src/index.ts';
import { rgb, temporaryFolder, writePictures } from './fixtures.ts';

/** Options with pictures as paths. */
type Options = PictureBatchesOptions & { readonly A: readonly string[]; readonly B: readonly string[] };

/** Settings over freshly written 16x16 pictures, `a` in A and `b` in B. */
async function pictures(a: number, b: number): Promise<Options> {
  const folder = await temporaryFolder();
  const [A, B] = [await writePictures(folder, 'A', a), await writePictures(folder, 'B', b)];
  return { A, B, height: 16, width: 16, seed: 1 };
}

/** Which pictures of the domains each item of a run of steps shows, by comparing with the files. */
async function identities(options: Options, steps: number): Promise<{ A: number[]; B: number[] }> {
  const source = new PictureBatches(options);
  const { height, width } = options;
  const known = async (paths: readonly string[]): Promise<string[]> =>
    Promise.all(paths.map(async (path) => String((await loadPictureTensor(path, { channels: 3, height, width })).data)));
  const [filesA, filesB] = [await known(options.A), await known(options.B)];
  const found: { A: number[]; B: number[] } = { A: [], B: [] };
  for (let step = 0; step < steps; step++) {
    const { A, B } = await source.batch(step);
    found.A.push(...pictureTexts(A).map((text) => filesA.indexOf(text)));
    found.B.push(...pictureTexts(B).map((text) => filesB.indexOf(text)));
  }
  return found;
}

function pictureTexts({ shape, data }: Batch['A']): string[] {
  const [count = 0] = shape;
  const extent = data.length / count;
  return Array.from({ length: count }, (_, index) => String(data.slice(index * extent, (index + 1) * extent)));
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const plain = { preprocess: 'none', flip: false } as const;

describe('PictureBatches samples', () => {
  it('every picture of the larger domain once an epoch, wrapping the smaller, in another order each epoch', async () => {
    const options = { ...(await pictures(7, 3)), ...plain };
    const { A, B } = await identities(options, 14);
    expect(sorted(A.slice(0, 7))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(sorted(A.slice(7))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(A.slice(7)).not.toEqual(A.slice(0, 7));
    expect(sorted([...new Set(B)])).toEqual([0, 1, 2]);
  });

  it('A by its number modulo the size of A when B is larger', async () => {
    const { A } = await identities({ ...(await pictures(2, 5)), ...plain }, 5);
    expect(sorted(A)).toEqual([0, 0, 0, 1, 1]);
  });

  it('in order when serial', async () => {
    const { A, B } = await identities({ ...(await pictures(3, 2)), ...plain, serial: true }, 6);
    expect(A).toEqual([0, 1, 2, 0, 1, 2]);
    expect(B).toEqual([0, 1, 0, 0, 1, 0]);
  });

  it('batches that reach from one epoch into the next', async () => {
    const options = { ...(await pictures(5, 4)), ...plain };
    const single = await identities(options, 10);
    const triple = await identities({ ...options, batch: 3 }, 3);
    expect(triple).toEqual({ A: single.A.slice(0, 9), B: single.B.slice(0, 9) });
    expect(new PictureBatches({ ...options, batch: 3 }).stepsPerEpoch).toBe(2);
    const larger = await identities({ ...options, batch: 12 }, 1);
    expect(sorted(larger.A.slice(5, 10))).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('PictureBatches.batch', () => {
  it('is a pure function of the step, whatever the order, prefetch and cache', async () => {
    const options = { ...(await pictures(5, 4)), height: 12, width: 14, batch: 2 };
    const source = new PictureBatches(options);
    const fifth = await source.batch(5);
    const third = await source.batch(3);
    const expected = { 3: third, 5: fifth, 3000000000: await source.batch(3_000_000_000) };
    for (const variant of [{}, { prefetch: 0 }, { cacheBytes: 0 }, { prefetch: 7, cacheBytes: 2000 }]) {
      const fresh = new PictureBatches({ ...options, ...variant });
      for (const [step, batch] of Object.entries(expected)) {
        expect(await fresh.batch(Number(step))).toEqual(batch);
      }
    }
    const [at3, at4, at5] = await Promise.all([3, 4, 5].map((step) => source.batch(step)));
    expect(at3).toEqual(third);
    expect(at4).toEqual(await new PictureBatches(options).batch(4));
    expect(at5).toEqual(fifth);
  });

  it('has the announced shape, dtype and range', async () => {
    const options = { ...(await pictures(2, 2)), height: 10, width: 6, batch: 3, channels: { A: 1, B: 4 } } as const;
    const source = new PictureBatches(options);
    const { A, B } = await source.batch(0);
    expect(source.shape).toEqual({ batch: 3, channels: { A: 1, B: 4 }, height: 10, width: 6 });
    expect(A).toMatchObject({ shape: [3, 1, 10, 6], dtype: 'f32' });
    expect(B).toMatchObject({ shape: [3, 4, 10, 6], dtype: 'f32' });
    expect([...A.data, ...B.data].every((value) => value >= -1 && value <= 1)).toBe(true);
  });

  it('differs between seeds', async () => {
    const options = await pictures(5, 5);
    const batches = await Promise.all([1, 2, 1 + 2 ** 32].map((seed) => new PictureBatches({ ...options, seed }).batch(0)));
    expect(new Set(batches.map(({ A, B }) => `${A.data}|${B.data}`)).size).toBe(3);
  });
});

describe('PictureBatches augments', () => {
  /** A picture whose samples say where they come from: red is the column, green the row. */
  async function positions(options: Partial<Options>, steps: number): Promise<{ left: number; top: number; mirrored: boolean }[]> {
    const folder = await temporaryFolder();
    const data = Uint8Array.from({ length: 20 * 18 * 3 }, (_, index) => {
      const pixel = Math.floor(index / 3);
      return [pixel % 20, Math.floor(pixel / 20), 0][index % 3] ?? 0;
    });
    const path = `${folder}/a.png`;
    await writeFile(path, await encodePng({ width: 20, height: 18, channels: 3, data }));
    const source = new PictureBatches({
      A: [path],
      B: [path],
      height: 15,
      width: 16,
      seed: 3,
      preprocess: 'crop',
      ...options,
    });
    const found = [];
    for (let step = 0; step < steps; step++) {
      const { A } = await source.batch(step);
      const sample = (index: number): number => Math.round(((A.data[index] ?? 0) + 1) * 127.5);
      const mirrored = sample(0) > sample(1);
      found.push({ left: sample(mirrored ? 15 : 0), top: sample(15 * 16), mirrored });
      expect(sample(15)).toBe(sample(0) + (mirrored ? -15 : 15));
      expect(sample(2 * 15 * 16 - 1)).toBe(sample(15 * 16) + 14);
    }
    return found;
  }

  it('by crops at every place inside the picture, and by mirroring half the time', async () => {
    const found = await positions({}, 120);
    expect(sorted([...new Set(found.map(({ left }) => left))])).toEqual([0, 1, 2, 3, 4]);
    expect(sorted([...new Set(found.map(({ top }) => top))])).toEqual([0, 1, 2, 3]);
    const mirrored = found.filter((window) => window.mirrored).length;
    expect(mirrored).toBeGreaterThan(35);
    expect(mirrored).toBeLessThan(85);
  });

  it('without mirroring when flip is off', async () => {
    expect((await positions({ flip: false }, 20)).some(({ mirrored }) => mirrored)).toBe(false);
  });

  it('the two domains independently', async () => {
    const [path = ''] = await writePictures(await temporaryFolder(), 'A', 1);
    const source = new PictureBatches({ A: [path], B: [path], height: 8, width: 8, seed: 1, preprocess: 'crop' });
    const { A, B } = await source.batch(0);
    expect(A.data).not.toEqual(B.data);
  });

  it('by resizing to the load size', async () => {
    const options = { ...(await pictures(1, 1)), height: 32, width: 24, flip: false };
    const exact = { ...options, loadSize: { height: 32, width: 24 } };
    const expected = await loadPictureTensor(options.A[0] ?? '', { channels: 3, height: 32, width: 24 });
    expect((await new PictureBatches(exact).batch(0)).A).toEqual(expected);
    expect((await new PictureBatches(options).batch(0)).A).not.toEqual(expected);
  });

  it('with 16 bits as with 8 where the files have no more', async () => {
    const options = { ...(await pictures(2, 2)), preprocess: 'crop', width: 9 } as const;
    const { A } = await new PictureBatches(options).batch(1);
    const deep = await new PictureBatches({ ...options, bitDepth: 16 }).batch(1);
    expect([...deep.A.data].every((value, at) => Math.abs(value - (A.data[at] ?? 0)) < 1e-6)).toBe(true);
  });
});

describe('PictureBatches pairs', () => {
  it('A with its partner, cropped and mirrored alike', async () => {
    const { A, ...options } = await pictures(5, 1);
    const source = new PictureBatches({ ...options, A, B: A, paired: true, height: 8, width: 8, batch: 2 });
    const batches = await Promise.all([0, 1, 2, 3, 4, 5].map((step) => source.batch(step)));
    for (const batch of batches) {
      expect(batch.B).toEqual(batch.A);
    }
    expect(new Set(batches.map((batch) => String(batch.A.data))).size).toBe(6);
  });

  it('halves of pictures that lie side by side', async () => {
    const folder = await temporaryFolder();
    await writePictures(join(folder, 'train'), 'P', 3, [32, 16]);
    const domains = await findDomains(folder);
    const source = new PictureBatches({ ...domains, height: 16, width: 16, seed: 1, paired: true, preprocess: 'none', flip: false });
    const whole = await Promise.all(domains.A.map(({ path }) => loadPictureTensor(path, { channels: 3, height: 16, width: 32 })));
    for (const step of [0, 1, 2]) {
      const { A, B } = await source.batch(step);
      const rows = Array.from({ length: 3 * 16 }, (_, row) => [
        ...A.data.subarray(16 * row, 16 * (row + 1)),
        ...B.data.subarray(16 * row, 16 * (row + 1)),
      ]);
      expect(whole.map(({ data }) => String(data))).toContain(String(rows.flat()));
    }
  });

  it('no lists of different lengths', async () => {
    const options = { ...(await pictures(2, 1)), paired: true };
    expect(() => new PictureBatches(options)).toThrow(/as many pictures in A as in B, for pairs, got 2 and 1/);
  });
});

describe('PictureBatches replaces broken pictures', () => {
  it('by the next good ones, tells once, and stays a function of the step', async () => {
    const options = { ...(await pictures(4, 1)), ...plain, serial: true };
    const expected = await identities(options, 4);
    const broken: string[] = [];
    for (const at of [1, 2]) {
      await writeFile(options.A[at] ?? '', 'broken');
    }
    const source = new PictureBatches({ ...options, onBroken: ({ message }) => broken.push(message) });
    const texts = async (steps: readonly number[]) => Promise.all(steps.map(async (step) => String((await source.batch(step)).A.data)));
    const [first, second, third, fourth, fifth] = await texts([0, 1, 2, 3, 4]);
    expect(expected.A).toEqual([0, 1, 2, 3]);
    expect([second, third]).toEqual([fourth, fourth]);
    expect(fifth).toBe(first);
    expect(first).not.toBe(fourth);
    expect(broken.sort()).toEqual([1, 2].map((at) => expect.stringContaining(options.A[at] ?? '')));
    expect(await texts([2, 7, 1])).toEqual([third, fourth, second]);
  });

  it('a pair when one partner is broken, or larger', async () => {
    const { A, ...options } = await pictures(3, 1);
    const B = await writePictures(await temporaryFolder(), 'A', 3);
    await writeFile(A[0] ?? '', 'broken');
    await rgb(17, 16).toFile(B[1] ?? '');
    const broken: string[] = [];
    const onBroken = ({ message }: Error) => broken.push(message);
    const source = new PictureBatches({ ...options, ...plain, preprocess: 'crop', A, B, paired: true, serial: true, onBroken });
    const [first, second, third] = await Promise.all([0, 1, 2].map((step) => source.batch(step)));
    expect(first).toEqual(third);
    expect(second).toEqual(third);
    expect(broken).toEqual([
      expect.stringContaining('A0.png: cannot be decoded'),
      expect.stringMatching(/A1\.png and .*A1\.png: a pair of different sizes, 16x16 and 17x16/),
    ]);
  });

  it('until none is left', async () => {
    const options = await pictures(2, 1);
    for (const path of options.A) {
      await writeFile(path, 'broken');
    }
    const failure = new PictureBatches(options).batch(0);
    await expect(failure).rejects.toThrow(
      /none of the 2 pictures that were looked at can be used\. The first: .*A0\.png: cannot be decoded/,
    );
    await expect(failure).rejects.toBeInstanceOf(DataSetError);
  });
});

describe('PictureBatches refuses', () => {
  it('an empty domain', async () => {
    const options = await pictures(2, 0);
    expect(() => new PictureBatches(options)).toThrow(DataSetError);
    expect(() => new PictureBatches(options)).toThrow('got 2 in A and 0 in B');
  });

  it('pictures that do not fit, naming them', async () => {
    const options = { ...(await pictures(1, 1)), height: 16, width: 17 };
    const fails = (preprocess: 'crop' | 'none', size: Partial<Options> = {}): Promise<Batch> =>
      new PictureBatches({ ...options, preprocess, ...size }).batch(0);
    await expect(fails('crop')).rejects.toThrow(/[AB]0\.png: 16x16 is too small for crops of 17x16/);
    await expect(fails('none', { width: 15 })).rejects.toThrow(
      /[AB]0\.png: preprocess 'none' gives 16x16, but training needs 15x16\. Use 'resize-and-crop'/,
    );
  });

  it.each([
    [{ batch: 0 }, /batch: expected a positive integer, got 0/],
    [{ width: 1.5 }, /width: expected a positive integer/],
    [{ prefetch: -1 }, /prefetch: expected an integer of 0 or more/],
    [{ loadSize: { height: 8, width: 99 } }, /loadSize: expected at least the training size, 16x16, got 99x8/],
    [{ seed: -1 }, /seed: expected/],
  ])('settings that make no sense: %j', async (wrong, message) => {
    const options = await pictures(1, 1);
    expect(() => new PictureBatches({ ...options, ...wrong })).toThrow(message);
  });
});
