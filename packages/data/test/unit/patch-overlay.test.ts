import { f32, receptiveField } from '@cyclegan/core';
import { expect, it } from 'vitest';
import { type PatchMap, PictureError, patchOverlay, tensorToPicture } from '../../src/index.ts';

const plane = (height: number, width: number, value: number, channels = 3) =>
  f32([1, channels, height, width], new Float32Array(channels * height * width).fill(value));
const row = (...values: number[]): PatchMap => ({ height: 1, width: values.length, values });
const PIXELS = { start: 0, stride: 1 };

/** The pixels of a picture of one row. */
function pixels({ width, data }: { readonly width: number; readonly data: ArrayLike<number> }): number[][] {
  return Array.from({ length: width }, (_, at) => [0, 1, 2].map((channel) => data[3 * at + channel] ?? -1));
}

it('tints what is judged real blue, what is judged fake vermilion, and the undecided not at all', () => {
  const shown = patchOverlay(plane(1, 4, 1, 1), row(1, 0, 0.5, 0.75), PIXELS);
  expect(pixels(shown)).toEqual([
    // 0.3 white and 0.7 of the colour; half as much at 0.75
    [77, 156, 201],
    [226, 142, 77],
    [255, 255, 255],
    [166, 206, 228],
  ]);
});

it('shows more than certain as certain', () => {
  const certain = patchOverlay(plane(1, 2, 0), row(0, 1), PIXELS);
  expect(patchOverlay(plane(1, 2, 0), row(-3, 4), PIXELS)).toEqual(certain);
});

it('puts judgements at the centres of their patches, and between them a mixture', () => {
  // black: blue grows from none at pixel 1 to all at pixel 5
  const shown = patchOverlay(plane(1, 7, -1), row(0.5, 1), { start: 1, stride: 4 });
  const blue = pixels(shown).map(([, , value]) => value);
  expect(blue).toEqual([0, 0, 31, 62, 93, 125, 125]);
});

it('mixes down as across, and leaves the picture what it is where nothing is said', () => {
  const picture = f32(
    [1, 3, 16, 16],
    Float32Array.from({ length: 768 }, (_, at) => Math.sin(at)),
  );
  const spec = { kind: 'patch', layers: 1, inputChannels: 3, filters: 1, norm: 'none' } as const;
  const silent = patchOverlay(picture, { height: 6, width: 6, values: Array(36).fill(0.5) }, receptiveField(spec));
  expect(silent).toEqual(tensorToPicture(picture));
  const values = Array.from({ length: 36 }, (_, at) => (at * 7) % 36).map((value) => value / 36);
  const turned = values.map((_, at) => values[(at % 6) * 6 + Math.floor(at / 6)] ?? 0);
  const [upright, lying] = [values, turned].map((each) =>
    patchOverlay(plane(16, 16, 0), { height: 6, width: 6, values: each }, receptiveField(spec)),
  );
  const red = (picture: typeof upright, y: number, x: number) => picture?.data[(y * 16 + x) * 3];
  for (let y = 0; y < 16; y++) for (let x = 0; x < 16; x++) expect(red(upright, y, x)).toBe(red(lying, x, y));
  expect(upright).not.toEqual(lying);
});

it('refuses a map without patches', () => {
  expect(() => patchOverlay(plane(1, 1, 0), row(), PIXELS)).toThrow(PictureError);
});
