import { f32 } from '@cyclegan/core';
import { expect, it } from 'vitest';
import { judgementOf } from '../../src/train/judgement.ts';

const logits = (...values: number[]) => f32([1, 1, 1, values.length], Float32Array.from(values));
const readingOf = (...given: Parameters<typeof judgementOf>) => {
  const { map, score } = judgementOf(...given);
  return { values: [...Float64Array.from(map.values)], score };
};

it('of least squares lies between the targets', () => {
  expect(readingOf('lsgan', logits(-1, 0, 0.25, 3))).toEqual({ values: [0, 0, 0.25, 1], score: 1.25 / 4 });
});

it('of cross-entropy is a probability', () => {
  const { values, score } = readingOf('vanilla', logits(0, Math.log(3), -1000));
  expect(values[0]).toBe(0.5);
  expect(values[1]).toBeCloseTo(0.75, 6);
  expect(values[2]).toBe(0);
  expect(score).toBeCloseTo(1.25 / 3, 6);
});

it('of Wasserstein compares the patches of one picture, and its score is a mean of logits', () => {
  expect(readingOf('wgangp', logits(-8, 4, 0, 2))).toEqual({ values: [0, 0.75, 0.5, 0.625], score: -0.5 });
  expect(readingOf('wgangp', logits(0, 0))).toEqual({ values: [0.5, 0.5], score: 0 });
});

it('keeps the extents of a map', () => {
  expect(judgementOf('lsgan', f32([1, 1, 2, 3], new Float32Array(6))).map).toMatchObject({ height: 2, width: 3 });
});
