/** Runners: what comes in is scored as it comes, picture by picture and together. */
import type { HostTensor } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import {
  batched,
  type ClassMap,
  collectFeatures,
  type NetworkInput,
  networkInput,
  type Pixels,
  scorePictures,
  scoreSegmentations,
  TOWN_PALETTE,
} from '../../src/index.ts';
import { altered, picture } from './golden/inputs.ts';

const size = { width: 12, height: 12, channels: 3 };

it('takes several at a time, the last fewer', async () => {
  const groups = [];
  for await (const group of batched([1, 2, 3, 4, 5], 2)) groups.push(group);
  expect(groups).toEqual([[1, 2], [3, 4], [5]]);
});

describe('segmentations', () => {
  const map = (data: readonly number[]): ClassMap => ({ width: 2, height: 2, data: Uint8Array.from(data) });
  const maps = [
    { name: 'right', truth: map([0, 1, 1, 255]), predicted: map([0, 1, 1, 4]) },
    { name: 'wrong', truth: map([2, 2, 2, 2]), predicted: map([2, 0, 0, 0]) },
  ];

  it('are scored over all pixels, not as a mean of pictures', async () => {
    const found = await scoreSegmentations(maps, { palette: TOWN_PALETTE, absent: 'ignore' });
    expect(found.perPixel.value).toBe(4 / 7);
    expect(found.perClass.value).toBeCloseTo((1 + 1 + 1 / 4) / 3, 15);
    expect(found.iou.value).toBeCloseTo((1 / 4 + 1 + 1 / 4) / 3, 15);
    expect(found.ignored).toBe(1 / 8);
    expect(found.confusion[2]).toEqual([3, 0, 1, 0, 0, 0, 0]);
    expect(found.pictures.map(({ name, perPixel, ignored }) => [name, perPixel, ignored])).toEqual([
      ['right', 1, 0.25],
      ['wrong', 0.25, 0],
    ]);
    expect(found.classes[1]).toEqual({ name: 'grass', truth: 2, predicted: 2, accuracy: 1, iou: 1 });
  });

  it('have intervals between the pictures that are best and worst', async () => {
    const { perPixel } = await scoreSegmentations(maps, { palette: TOWN_PALETTE, bootstrap: { seed: 1 } });
    expect(perPixel.interval).toEqual({ low: 0.25, high: 1 });
    expect(await scoreSegmentations(maps, { palette: TOWN_PALETTE, bootstrap: { seed: 1 } })).toMatchObject({ perPixel });
  });
});

it('measures pictures and names the best and the worst', async () => {
  const truth = picture(3, size);
  const pairs = [
    { name: 'worst', picture: { ...truth, data: new Uint8Array(truth.data.length) }, truth },
    { name: 'best', picture: truth, truth },
    { name: 'middle', picture: altered(4, truth), truth },
  ];
  const { best, worst, means, pictures, scales } = await scorePictures(pairs, { palette: TOWN_PALETTE });
  expect(best).toEqual(['best', 'middle', 'worst']);
  expect(worst).toEqual(['worst', 'middle', 'best']);
  expect(scales).toBe(1);
  expect(means.l1?.mean).toBeCloseTo(pictures.reduce((sum, { l1 = 0 }) => sum + l1, 0) / 3, 12);
  expect(pictures[1]).toMatchObject({ l1: 0, psnr: Number.POSITIVE_INFINITY, within5: 1, classes: 1 });
  expect((await scorePictures(pairs)).means.classes).toBeUndefined();
});

describe('networks', () => {
  const INPUT: NetworkInput = {
    width: 2,
    height: 1,
    channels: 'bgr',
    range: [0, 1],
    mean: [0.5, 0.25, 0],
    deviation: [0.5, 0.5, 2],
    interpolation: 'nearest',
  };

  it('get channels in their order and scale', () => {
    const picture: Pixels = { width: 2, height: 1, channels: 3, data: [255, 51, 0, 0, 0, 102] };
    const { shape, data } = networkInput([picture], INPUT);
    expect(shape).toEqual([1, 3, 1, 2]);
    const [blue, green, red] = [
      [-1, -0.2],
      [-0.1, -0.5],
      [0.5, 0],
    ];
    expect([...data]).toEqual([blue, green, red].flat().map((value) => expect.closeTo(value ?? 0, 6)));
    const gray = networkInput([picture, { width: 1, height: 1, channels: 1, data: [51] }], INPUT);
    expect(gray.shape).toEqual([2, 3, 1, 2]);
    expect([...gray.data.slice(6)]).toEqual([-0.6, -0.6, -0.1, -0.1, 0.1, 0.1].map((value) => expect.closeTo(value, 6)));
  });

  it('get the middle of pictures whose shorter side was resized', () => {
    const { data, ...wide } = picture(1, { width: 9, height: 4, channels: 3 });
    const input: NetworkInput = { ...INPUT, width: 2, height: 2, channels: 'rgb', range: [0, 255], mean: [0, 0, 0], deviation: [1, 1, 1] };
    const found = networkInput([{ ...wide, data }], { ...input, shorterSide: 4 }).data;
    const at = (y: number, x: number) => data[(y * 9 + x) * 3] ?? 0;
    expect([...found.slice(0, 4)]).toEqual([at(1, 3), at(1, 4), at(2, 3), at(2, 4)]);
    const halved = networkInput([{ ...wide, data }], { ...input, shorterSide: 2 }).data;
    // 5 x 2 pixels, of which columns 1 and 2 are taken, whose centres are those of columns 2 and 4
    expect([...halved.slice(0, 2)]).toEqual([at(1, 2), at(1, 4)]);
  });

  it('give a row for each picture', async () => {
    const named = [1, 2, 3].map((seed) => ({ name: `p${seed}`, picture: picture(seed, size) }));
    const firsts = async (pictures: readonly Pixels[]): Promise<HostTensor> => ({
      shape: [pictures.length, 2],
      dtype: 'f32',
      data: Float32Array.from(pictures.flatMap(({ data }) => [data[0] ?? 0, data[1] ?? 0])),
    });
    const { names, features } = await collectFeatures(named, firsts, { batch: 2 });
    expect(names).toEqual(['p1', 'p2', 'p3']);
    expect([...features.data]).toEqual(named.flatMap(({ picture: { data } }) => [data[0], data[1]]));
    const single = async () => firsts([picture(1, size)]);
    await expect(collectFeatures(named, single, { batch: 2 })).rejects.toThrow(/a row for each of 2 pictures, got 1x2/);
  });
});
