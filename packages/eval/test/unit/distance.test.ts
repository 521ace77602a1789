/** Distances and constant pictures, against values found by hand. */
import { f32 } from '@cyclegan/core';
import { expect, it } from 'vitest';
import { blockMeans, ColourCounts, l1Distance, paint, summarise } from '../../src/index.ts';

const level = (value: number) => value / 127.5 - 1;
const picture = (shape: readonly number[], levels: readonly number[]) => f32(shape, Float32Array.from(levels, level));

it('counts a mean absolute difference in levels', () => {
  const a = picture([1, 1, 2, 2], [0, 255, 10, 20]);
  expect(l1Distance(a, picture([1, 1, 2, 2], [255, 255, 13, 20]))).toBeCloseTo((255 + 0 + 3 + 0) / 4, 4);
  expect(l1Distance(a, a)).toBe(0);
  expect(() => l1Distance(a, picture([1, 1, 1, 4], [0, 0, 0, 0]))).toThrow(/one size/);
});

it('takes the means of blocks, smaller ones at the edges included', () => {
  const means = blockMeans(f32([1, 1, 2, 3], Float32Array.of(1, 3, 10, 5, 7, 20)), 2);
  expect(means).toEqual(f32([1, 1, 1, 2], Float32Array.of(4, 15)));
  const flat = blockMeans(f32([1, 2, 4, 4], new Float32Array(32).fill(0.5)), 4);
  expect([...flat.data]).toEqual([0.5, 0.5]);
});

it('finds the mean and the median colour of all pictures together', () => {
  const colours = new ColourCounts();
  colours.add(picture([1, 3, 1, 2], [0, 0, 255, 255, 10, 30]));
  colours.add(picture([1, 3, 1, 1], [240, 255, 100]));
  expect(colours.mean.map((value) => (value + 1) * 127.5)).toEqual([80, 255, 140 / 3].map((value) => expect.closeTo(value, 6)));
  expect(colours.median.map((value) => (value + 1) * 127.5)).toEqual([0, 255, 30].map((value) => expect.closeTo(value, 6)));
});

it('has no constant picture nearer than the median colour', () => {
  const pictures = [3, 50, 50, 90, 200].map((value) => picture([1, 1, 1, 1], [value]));
  const colours = new ColourCounts();
  for (const each of pictures) colours.add(each);
  const distance = (colour: readonly number[]) => pictures.reduce((sum, each) => sum + l1Distance(paint(colour, each), each), 0);
  for (const other of [0, 40, 49, 51, 60, 255]) expect(distance(colours.median)).toBeLessThan(distance([level(other)]));
});

it('says how sure a mean is', () => {
  expect(summarise([1, 2, 3, 4])).toEqual({ mean: 2.5, standardError: expect.closeTo(Math.sqrt(5 / 3 / 4), 12) });
  expect(summarise([7])).toEqual({ mean: 7, standardError: 0 });
});
