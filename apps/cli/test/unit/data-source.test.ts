import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSetError, encodePng, tensorToPicture } from '@cyclegan/data';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DataPlace, type DataSettings, openData, uniformSize } from '../../src/train/data-source.ts';

const SETTINGS = {
  height: 8,
  width: 8,
  loadHeight: 8,
  loadWidth: 8,
  preprocess: 'crop',
  flip: false,
  serial: true,
  batchSize: 1,
  seed: 1,
} as const satisfies DataSettings;

/** Folders `A` and `B` with plain pictures, gray as given; the names are the numbers of the pictures. */
async function folders(grays: { readonly A: readonly number[]; readonly B: readonly number[] }, [width, height] = [8, 8]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-source-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const domain of ['A', 'B'] as const) {
    await mkdir(join(folder, domain));
    for (const [number, gray] of grays[domain].entries()) {
      const data = new Uint8Array(width * height).fill(gray);
      await writeFile(join(folder, domain, `${number}.png`), await encodePng({ width, height, channels: 1, data }));
    }
  }
  return folder;
}

/** The first sample of A and of B in each of some steps. */
async function samplesOf(settings: DataSettings, place: DataPlace, steps: number): Promise<[number | undefined, number | undefined][]> {
  const { source } = await openData(settings, place, (text) => expect.fail(text));
  const batches = await Promise.all(Array.from({ length: steps }, (_, step) => source.batch(step)));
  return batches.map(({ A, B }) => [tensorToPicture(A).data[0], tensorToPicture(B).data[0]]);
}

describe('openData', () => {
  it('finds the domains in one folder, or in two of any names', async () => {
    const data = await folders({ A: [10, 20], B: [30, 40] });
    const expected = [
      [10, 30],
      [20, 40],
    ];
    expect(await samplesOf(SETTINGS, { data }, 2)).toEqual(expected);
    expect(await samplesOf(SETTINGS, { dataA: join(data, 'A'), dataB: join(data, 'B') }, 2)).toEqual(expected);
    await expect(openData(SETTINGS, {}, () => undefined)).rejects.toBeInstanceOf(DataSetError);
  });

  it('swaps the domains to train from B to A, with their channels left in place', async () => {
    const data = await folders({ A: [10], B: [30] });
    const settings: DataSettings = { ...SETTINGS, direction: 'BtoA', channelsA: 1, channelsB: 4 };
    expect(await samplesOf(settings, { data }, 1)).toEqual([[30, 10]]);
    const { source, summary } = await openData(settings, { data }, () => undefined);
    expect(source.shape.channels).toEqual({ A: 1, B: 4 });
    expect(summary).toMatchObject({ A: { pictures: 1 }, B: { pictures: 1 } });
  });

  it('takes the first pictures alone when their number is limited', async () => {
    const data = await folders({ A: [10, 20, 30], B: [40, 50, 60, 70] });
    const settings = { ...SETTINGS, maxPictures: 2 };
    expect(await samplesOf(settings, { data }, 3)).toEqual([
      [10, 40],
      [20, 50],
      [10, 40],
    ]);
    expect((await openData(settings, { data }, () => undefined)).source.stepsPerEpoch).toBe(2);
  });

  it('keeps partners together for pix2pix, in any order, and names a missing one', async () => {
    const data = await folders({ A: [10, 20, 30], B: [110, 120, 130] });
    const settings: DataSettings = { ...SETTINGS, model: 'pix2pix', serial: false };
    const pairs = await samplesOf(settings, { data }, 3);
    expect(pairs.map(([a = 0, b = 0]) => b - a)).toEqual([100, 100, 100]);
    await rm(join(data, 'A', '1.png'));
    await expect(openData(settings, { data }, () => undefined)).rejects.toThrow(/B.1\.png has no partner/);
  });

  it('counts pictures that are left out and names the first', async () => {
    const data = await folders({ A: [10, 20, 30, 40, 50], B: [60] });
    for (const number of [0, 2, 3, 4]) await writeFile(join(data, 'A', `${number}.png`), 'no picture');
    const told: string[] = [];
    const { summary } = await openData(SETTINGS, { data }, (text) => told.push(text));
    expect(told).toEqual([expect.stringMatching(/^4 of the 5 pictures of domain A .*0\.png: .*2\.png: .*3\.png: .* And 1 more\.$/)]);
    expect(summary.A.pictures).toBe(1);
  });
});

describe('uniformSize', () => {
  it('follows from the pictures, and is refused when they differ', async () => {
    const data = await folders({ A: [1], B: [2] }, [10, 21]);
    const settings = { preprocess: 'none', loadWidth: 20, height: 8 } as const;
    expect(await uniformSize(settings, { data })).toEqual({ width: 8, height: 20 });
    expect(await uniformSize({ ...settings, preprocess: 'scale-width' }, { data })).toEqual({ width: 20, height: 42 });
    await writeFile(join(data, 'B', 'x.png'), await encodePng({ width: 16, height: 21, channels: 1, data: new Uint8Array(16 * 21) }));
    await expect(uniformSize(settings, { data })).rejects.toThrow(/'none' would train on 2 sizes.* Use 'resize-and-crop' or 'crop'/);
  });
});
