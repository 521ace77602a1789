/** How to go on after a training that failed: not every error goes away by resuming. */
import { PrecisionExhausted, TrainingDiverged } from '@cyclegan/core';
import { expect, it } from 'vitest';
import { goOnAfter } from '../../src/train/train-advice.ts';

it.each([
  ['a full disk', new Error('ENOSPC'), 'go on with: RESUME'],
  ['losses that are no numbers', new TrainingDiverged(2, 'loss', { ganAB: Number.NaN }), 'a new run with a lower --lr'],
  ['gradients that f16 does not hold', new PrecisionExhausted(2), 'in f32 from these weights, with --init-from'],
])('after %s', (_, error, expected) => {
  const advice = goOnAfter(error, 'RESUME');
  expect(advice).toContain(expected);
  expect(advice.includes('RESUME')).toBe(expected.includes('RESUME'));
});
