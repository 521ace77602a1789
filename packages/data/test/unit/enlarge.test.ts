import { describe, expect, it } from 'vitest';
import { enlarge } from '../../src/enlarge.ts';
import { samples } from './fixtures.ts';

const ROW = [0, 0, 0, 100, 200, 50, 50, 255, 0, 0, 0, 0];

describe('enlarge', () => {
  // Written by Pillow 12.3: Image.frombytes('L', (12, 1), row).resize((width, 1), Image.BICUBIC).
  it.each([
    [13, [0, 0, 0, 70, 184, 116, 28, 146, 191, 0, 0, 0, 0]],
    [24, [0, 0, 0, 0, 0, 18, 73, 131, 193, 177, 83, 35, 32, 98, 231, 218, 57, 0, 0, 0, 0, 0, 0, 0]],
  ])("agrees with Pillow's bicubic to width %d, along both axes", (extent, expected) => {
    const row = { width: ROW.length, height: 1, channels: 1, data: Uint8Array.from(ROW) } as const;
    expect([...enlarge(row, { width: extent, height: 1 }).data]).toEqual(expected);
    const column = { ...row, width: 1, height: ROW.length };
    expect([...enlarge(column, { width: 1, height: extent }).data]).toEqual(expected);
  });

  it('keeps channels apart and the middle in the middle', () => {
    const picture = { width: 3, height: 3, channels: 3, data: new Uint8Array(27) } as const;
    picture.data.set([255, 100, 0], 12);
    const { data } = enlarge(picture, { width: 9, height: 9 });
    const mirrored = Array.from({ length: 81 }, (_, pixel) => [...data.subarray(3 * (80 - pixel), 3 * (80 - pixel) + 3)]).flat();
    expect([...data.subarray(3 * 40, 3 * 40 + 3)]).toEqual([255, 100, 0]);
    expect([...data]).toEqual(mirrored);
    expect(data.filter((_, index) => index % 3 === 2).every((sample) => sample === 0)).toBe(true);
  });

  it('leaves extents alone that are large enough', () => {
    const picture = { width: 6, height: 2, channels: 3, data: samples(6, 2) } as const;
    expect(enlarge(picture, { width: 3, height: 2 })).toEqual(picture);
    expect(enlarge(picture, { width: 3, height: 4 })).toMatchObject({ width: 6, height: 4 });
  });
});
