import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Domains, encodePng, findDomains, tensorToPicture } from '@cyclegan/data';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataSettings } from '../../src/train/data-source.ts';
import { chooseFixedPictures, type FixedPictures, type Side } from '../../src/train/fixed-pictures.ts';

const SETTINGS: DataSettings = {
  height: 4,
  width: 4,
  loadHeight: 4,
  loadWidth: 4,
  channelsA: 1,
  channelsB: 1,
  preprocess: 'resize-and-crop',
  flip: true,
  batchSize: 1,
  seed: 1,
};

/** A data set: by folder, the grays of its plain pictures, named by their numbers; -1 is a file that is none. */
async function dataSet(folders: Readonly<Record<string, readonly number[]>>): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'cyclegan-fixed-'));
  onTestFinished(() => rm(data, { recursive: true }));
  for (const [folder, grays] of Object.entries(folders)) {
    for (const [number, gray] of grays.entries()) {
      const path = join(data, folder, `${number}.png`);
      await mkdir(dirname(path), { recursive: true });
      const picture = { width: 6, height: 5, channels: 1, data: new Uint8Array(30).fill(gray) } as const;
      await writeFile(path, gray < 0 ? 'no picture' : await encodePng(picture));
    }
  }
  return data;
}

async function choose(data: string, changed: Partial<DataSettings> = {}): Promise<FixedPictures & { readonly told: readonly string[] }> {
  const told: string[] = [];
  const found: Domains = await findDomains(data);
  const train = changed.direction === 'BtoA' ? { A: found.B, B: found.A } : found;
  const fixed = await chooseFixedPictures({ ...SETTINGS, ...changed }, { data }, { train, notify: (text) => told.push(text) });
  return { ...fixed, told };
}

/** Of the pictures of one side, where they are from, what they are called, and the gray of each in its batch. */
function shown({ pictures, batches }: FixedPictures, of: Side): [from: string, name: string, gray: number | undefined][] {
  return pictures
    .filter(({ side }) => side === of)
    .map(({ side, name, from, batch, index }) => {
      const tensor = batches[batch]?.[side];
      return [from, name, tensor === undefined ? undefined : tensorToPicture(tensor, index).data[0]];
    });
}

const TRAIN = { trainA: [1, 2, 3, 4, 5], trainB: [6] };

describe('chooseFixedPictures', () => {
  it('takes four test pictures, spread over all', async () => {
    const fixed = await choose(await dataSet({ ...TRAIN, testA: [10, 11, 12, 13, 14, 15, 16, 17, 18], testB: [20, 21] }));
    expect(shown(fixed, 'A')).toEqual([0, 2, 4, 6].map((number) => ['test', `${number}.png`, 10 + number]));
    expect(shown(fixed, 'B')).toEqual([0, 1].map((number) => ['test', `${number}.png`, 20 + number]));
    expect(fixed.batches.map(({ A, B }) => [A.shape, B.shape])).toEqual(Array(4).fill([Array.of(1, 1, 4, 4), Array.of(1, 1, 4, 4)]));
    expect(fixed.told).toEqual([]);
  });

  it('takes fewer of large pictures', async () => {
    const data = await dataSet({ ...TRAIN, testA: [10, 11, 12, 13], testB: [20] });
    const named = async (height: number) => shown(await choose(data, { height, width: 512 }), 'A').map(([, name]) => name);
    expect(await named(512)).toHaveLength(4);
    expect(await named(1024)).toEqual(['0.png', '2.png']);
    expect(await named(4096)).toEqual(['0.png']);
  });

  it('fills batches up, and names each picture once', async () => {
    const data = await dataSet({ ...TRAIN, testA: [10, 11, 12], testB: [20] });
    const fixed = await choose(data, { batchSize: 2, channelsB: 3 });
    expect(shown(fixed, 'A')).toEqual([0, 1, 2].map((number) => ['test', `${number}.png`, 10 + number]));
    expect(shown(fixed, 'B')).toEqual([['test', '0.png', 20]]);
    const grays = fixed.batches.map(({ A, B }) => [A, B].map((tensor) => [0, 1].map((index) => tensorToPicture(tensor, index).data[0])));
    expect(grays).toEqual([
      [
        [10, 11],
        [20, 20],
      ],
      [
        [12, 10],
        [20, 20],
      ],
    ]);
    expect(fixed.batches[1]?.B.shape).toEqual([2, 3, 4, 4]);
  });

  it('takes training pictures for a domain that has no test pictures, and says which is which', async () => {
    const fixed = await choose(await dataSet({ ...TRAIN, testB: [20] }));
    expect(shown(fixed, 'A')).toEqual([0, 1, 2, 3].map((number) => ['train', `${number}.png`, 1 + number]));
    expect(shown(fixed, 'B')).toEqual([['test', '0.png', 20]]);
    expect(fixed.told).toEqual([]);
  });

  it('passes over what is no picture, and tells of it', async () => {
    const fixed = await choose(await dataSet({ ...TRAIN, testA: [-1, 11, -1], testB: [-1, -1, 22, 23, 24, 25, 26, 27] }));
    expect(shown(fixed, 'A')).toEqual([['test', '1.png', 11]]);
    expect(shown(fixed, 'B')).toEqual([2, 4, 6].map((number) => ['test', `${number}.png`, 20 + number]));
    expect(fixed.told).toEqual([
      expect.stringMatching(/^samples do without some test pictures that cannot be used\. .*testA.0\.png: .* .*testA.2\.png: /),
      expect.stringMatching(/testB.0\.png: .*testB.1\.png: /),
    ]);
    const none = await choose(await dataSet({ ...TRAIN, testA: [-1], testB: [20] }));
    expect(shown(none, 'A')[0]).toEqual(['train', '0.png', 1]);
  });

  it('swaps sides with the direction', async () => {
    const fixed = await choose(await dataSet({ ...TRAIN, testA: [10], testB: [20] }), { direction: 'BtoA' });
    expect([shown(fixed, 'A'), shown(fixed, 'B')]).toEqual([[['test', '0.png', 20]], [['test', '0.png', 10]]]);
  });

  it('keeps pairs together for pix2pix', async () => {
    const data = await dataSet({ trainA: [1], trainB: [2], testA: [10, 11, -1], testB: [-1, 21, 22] });
    const fixed = await choose(data, { model: 'pix2pix' });
    expect([shown(fixed, 'A'), shown(fixed, 'B')]).toEqual([[['test', '1.png', 11]], [['test', '1.png', 21]]]);
    await rm(join(data, 'testA', '0.png'));
    const lonely = await choose(data, { model: 'pix2pix' });
    expect([shown(lonely, 'A'), shown(lonely, 'B')]).toEqual([[['train', '0.png', 1]], [['train', '0.png', 2]]]);
    expect(lonely.told).toEqual([expect.stringMatching(/^the test pictures are no pairs.*testB.0\.png has no partner/)]);
  });
});
