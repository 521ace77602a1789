/** Palettes, class maps and scores at their edges. */
import { TOWN_CLASSES, townTile } from '@cyclegan/data/town';
import { describe, expect, it } from 'vitest';
import {
  CITYSCAPES_PALETTE,
  type ClassMap,
  confusionOf,
  countVoid,
  FACADES_PALETTE,
  MetricError,
  mostLikelyClasses,
  nearestClasses,
  parsePalette,
  resampleClasses,
  segmentationScores,
  TOWN_PALETTE,
  VOID,
} from '../../src/index.ts';

const map = (width: number, data: readonly number[]): ClassMap => ({ width, height: data.length / width, data: Uint8Array.from(data) });

describe('palettes', () => {
  it('are those of the data sets', () => {
    expect([CITYSCAPES_PALETTE, FACADES_PALETTE, TOWN_PALETTE].map(({ classes }) => classes.length)).toEqual([19, 12, TOWN_CLASSES.length]);
    const { labels } = townTile({ seed: 1, place: 2, size: 32 });
    expect(countVoid(nearestClasses(labels, TOWN_PALETTE, { voidDistance: 0 }))).toBe(0);
  });

  it('are read from what synth writes', () => {
    expect(parsePalette(JSON.stringify({ classes: TOWN_CLASSES }), 'town')).toEqual(TOWN_PALETTE);
  });

  it.each([
    ['{', /p.json: it is not JSON/],
    ['{}', /p.json: expected \{"classes"/],
    ['{"classes":[{"name":"a","rgb":[0,0,0]},{"name":"b","rgb":[0,256,0]}]}', /classes\.1\.rgb\.1/],
    ['{"classes":[{"name":"a","rgb":[0,0,0]},{"name":"a","rgb":[0,1,0]}]}', /two have the name a/],
    ['{"classes":[{"name":"a","rgb":[0,1,0]},{"name":"b","rgb":[0,2,0]}],"void":[[0,1,0]]}', /two have the colour 0, 1, 0/],
  ])('are refused by name: %s', (text, message) => {
    expect(() => parsePalette(text, 'p.json')).toThrow(message);
    expect(() => parsePalette(text, 'p.json')).toThrow(MetricError);
  });
});

describe('class maps', () => {
  it('take gray pictures as they look', () => {
    const palette = {
      name: 'two',
      classes: [
        { name: 'dark', rgb: [10, 10, 10] as const },
        { name: 'light', rgb: [200, 200, 200] as const },
      ],
    };
    const gray = { width: 3, height: 1, channels: 1, data: [0, 255, 100] };
    expect([...nearestClasses(gray, palette).data]).toEqual([0, 1, 0]);
    expect([...nearestClasses(gray, palette, { voidDistance: 100 }).data]).toEqual([0, 1, VOID]);
  });

  it('are sampled where pixel centres lie', () => {
    expect([...resampleClasses(map(2, [0, 1, 2, 3]), { width: 4, height: 4 }).data]).toEqual([
      0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3,
    ]);
    expect([...resampleClasses(map(4, [0, 1, 2, 3]), { width: 2, height: 1 }).data]).toEqual([1, 3]);
  });

  it('take the first of the most likely classes', () => {
    const scores = [-5, 0, 1, 9, -4, 0, 2, 3];
    expect([...mostLikelyClasses(scores, { classes: 2, width: 2, height: 2 }).data]).toEqual([1, 0, 1, 0]);
    expect([...mostLikelyClasses([7, ...scores], { classes: 2, width: 2, height: 2, start: 1 }).data]).toEqual([1, 0, 1, 0]);
  });
});

describe('scores', () => {
  it('of a perfect prediction are 1, of nothing NaN', () => {
    const truth = map(2, [0, 1, 2, 1]);
    expect(segmentationScores(confusionOf(truth, truth, 3))).toMatchObject({ perPixel: 1, perClass: 1, iou: 1 });
    const nothing = confusionOf(map(1, [VOID]), map(1, [0]), 3);
    for (const absent of ['zero', 'ignore'] as const)
      expect(segmentationScores(nothing, { absent })).toMatchObject({ perPixel: Number.NaN, perClass: Number.NaN, iou: Number.NaN });
  });

  it('refuse maps of other sizes and classes', () => {
    expect(() => confusionOf(map(2, [0, 0]), map(1, [0, 0]), 2)).toThrow(/one size, got 2x1 and 1x2/);
    expect(() => confusionOf(map(1, [0]), map(1, [2]), 2)).toThrow(/class 2 is none of 2/);
    expect(() => confusionOf(map(1, [0]), map(1, [VOID]), 2)).toThrow(/class 255 is none of 2/);
  });
});
