import { TOWN_PALETTE } from '@cyclegan/eval';
import { describe, expect, it } from 'vitest';
import type { PictureSet } from '../../src/evaluate/picture-set.ts';
import { balancedWeights, countClasses } from '../../src/segmenter/class-weights.ts';
import { FCN_DEFAULTS, type FcnSettings, usualCrop } from '../../src/segmenter/fcn-settings.ts';
import { PairBatches } from '../../src/segmenter/pair-batches.ts';

const SETTINGS: FcnSettings = { ...FCN_DEFAULTS, size: 64, crop: 32, batch: 2 };
const NAMES = ['a', 'b', 'c'];

/** Pictures whose colours tell their place: a class a row of 8 pixels, the photo in the same colours. */
function rows(offset: number): PictureSet {
  return {
    about: 'rows',
    names: NAMES,
    read: async (name) => {
      const data = new Uint8Array(3 * 64 * 64);
      for (let at = 0; at < 64 * 64; at++) {
        const row = Math.floor(at / 512) + (at % 64 < 32 ? 0 : 3) + NAMES.indexOf(name) + offset;
        data.set(TOWN_PALETTE.classes[row % 7]?.rgb ?? [], 3 * at);
      }
      return { width: 64, height: 64, channels: 3, data };
    },
  };
}

const pairs = { photos: rows(0), labels: rows(0), names: NAMES };

/** Whether each pixel of a batch has the colour of its class. */
async function matches(settings: FcnSettings): Promise<boolean[]> {
  const { photos, labels } = await new PairBatches(pairs, TOWN_PALETTE, settings).batch(0);
  const plane = settings.crop ** 2;
  return Array.from(labels.data, (label, at) => {
    const first = Math.floor(at / plane) * 3 * plane + (at % plane);
    const rgb = [0, 1, 2].map((channel) => Math.round(((photos.data[first + channel * plane] ?? 0) + 1) * 127.5));
    return rgb.join() === TOWN_PALETTE.classes[label]?.rgb.join();
  });
}

describe('batches of pairs', () => {
  it('crop and mirror photos and classes alike', async () => {
    for (const seed of [0, 1, 2]) expect((await matches({ ...SETTINGS, seed })).every(Boolean)).toBe(true);
  });

  it('show other labels in the control', async () => {
    const share = (found: readonly boolean[]) => found.filter(Boolean).length / found.length;
    const shares = await Promise.all([0, 1, 2, 3].map(async (seed) => share(await matches({ ...SETTINGS, seed, shuffleLabels: true }))));
    expect(Math.min(...shares)).toBeLessThan(0.6);
  });

  it('show each pair once an epoch, the same for a seed', async () => {
    const batches = new PairBatches(pairs, TOWN_PALETTE, { ...SETTINGS, batch: 3, flip: false, crop: 64 });
    expect(batches.stepsPerEpoch).toBe(1);
    const { labels, photos } = await batches.batch(4);
    const corners = [0, 1, 2].map((place) => labels.data[place * 64 * 64]);
    expect([...corners].sort()).toEqual([0, 1, 2]);
    expect(await new PairBatches(pairs, TOWN_PALETTE, { ...SETTINGS, batch: 3, flip: false, crop: 64 }).batch(4)).toEqual({
      labels,
      photos,
    });
  });
});

describe('class weights', () => {
  it('are the median over the count of each class, and 0 for one that never shows', () => {
    expect(balancedWeights([10, 0, 40, 20])).toEqual([2, 0, 0.5, 1]);
  });

  it('count the pixels of label pictures, and tell a palette that is not theirs', async () => {
    const counts = await countClasses(new PairBatches(pairs, TOWN_PALETTE, SETTINGS), TOWN_PALETTE, 2);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2 * 64 * 64);
    const other = { ...TOWN_PALETTE, classes: [0, 1].map((each) => ({ name: `${each}`, rgb: [0, each, 255] as const })) };
    await expect(countClasses(new PairBatches(pairs, other, SETTINGS), other, 1)).rejects.toThrow(
      /% of the label pixels are far from every/,
    );
  });
});

it('settings fit the network', () => {
  expect([32, 64, 128, 256, 512].map(usualCrop)).toEqual([32, 32, 96, 192, 384]);
  expect(FCN_DEFAULTS.size % 32).toBe(0);
});
