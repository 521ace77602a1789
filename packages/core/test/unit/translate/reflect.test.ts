/** Padding by reflection, and cutting back, on the host. */
import { describe, expect, it } from 'vitest';
import { f32 } from '../../../src/tensor.ts';
import { crop, reflectedIndex, reflectTo } from '../../../src/translate/reflect.ts';

describe('reflectedIndex', () => {
  it('mirrors without repeating the edge, again and again', () => {
    const mirrored = Array.from({ length: 13 }, (_, at) => reflectedIndex(at - 5, 3));
    expect(mirrored).toEqual([1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1]);
  });

  it('has one answer for a single pixel', () => {
    expect([-3, 0, 4].map((position) => reflectedIndex(position, 1))).toEqual([0, 0, 0]);
  });
});

describe('reflectTo', () => {
  it('pads each plane of each picture, the odd pixel below and to the right', () => {
    const picture = f32([1, 2, 2, 3], [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]);
    const { padded, window } = reflectTo(picture, { height: 3, width: 6 });
    expect(window).toEqual({ top: 0, left: 1, height: 2, width: 3 });
    const plane = (rows: number[][]) => rows.flat();
    expect([...padded.data]).toEqual([
      ...plane([
        [2, 1, 2, 3, 2, 1],
        [5, 4, 5, 6, 5, 4],
        [2, 1, 2, 3, 2, 1],
      ]),
      ...plane([
        [12, 11, 12, 13, 12, 11],
        [15, 14, 15, 16, 15, 14],
        [12, 11, 12, 13, 12, 11],
      ]),
    ]);
    expect(crop(padded, window)).toEqual(picture);
  });

  it('refuses to make a picture smaller, and to cut beyond its edge', () => {
    const picture = f32([1, 1, 2, 2], [1, 2, 3, 4]);
    expect(() => reflectTo(picture, { height: 1, width: 4 })).toThrow(/at least 2 x 2/);
    expect(() => crop(picture, { top: 1, left: 0, height: 2, width: 2 })).toThrow(/beyond the picture/);
    expect(() => reflectTo(f32([1, 1, 0, 2], []), { height: 8, width: 8 })).toThrow(/not empty/);
  });
});
