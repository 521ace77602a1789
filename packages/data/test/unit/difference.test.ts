import { f32 } from '@cyclegan/core';
import { expect, it } from 'vitest';
import { differenceOf, PictureError } from '../../src/index.ts';

const gray = (...values: number[]) => f32([1, 1, 1, values.length], Float32Array.from(values));

// the ends and the middle of Matplotlib's inferno
const [BLACK, MIDDLE, YELLOW] = [
  [0, 0, 4],
  [188, 55, 84],
  [252, 255, 164],
];

it('shows differences from black to pale yellow, which a quarter of the range has', () => {
  const { picture, mean } = differenceOf(gray(-1, 0, -1, 1), gray(-1, 0.25, -0.5, -1));
  expect(picture).toMatchObject({ width: 4, height: 1, channels: 3 });
  expect([...picture.data]).toEqual([BLACK, MIDDLE, YELLOW, YELLOW].flat());
  expect(mean).toBe((0 + 0.125 + 0.25 + 1) / 4);
});

it('takes the mean over channels', () => {
  const colours = (...values: number[]) => f32([1, 3, 1, 2], Float32Array.from(values));
  const { picture, mean } = differenceOf(colours(0, 0, 0, 0, 0, 0), colours(0.5, 0, -0.25, 0, 0, 0));
  expect([...picture.data]).toEqual([MIDDLE, BLACK].flat());
  expect(mean).toBe(0.0625);
});

it('refuses pictures of two shapes, and batches', () => {
  expect(() => differenceOf(gray(0), gray(0, 0))).toThrow(PictureError);
  const two = f32([2, 1, 1, 1], new Float32Array(2));
  expect(() => differenceOf(two, two)).toThrow('got 2x1x1x1 and 2x1x1x1');
});
