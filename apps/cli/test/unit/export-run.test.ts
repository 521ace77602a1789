/** What an exported model is compared on. */
import type { GeneratorSpec } from '@cyclegan/core';
import { expect, it } from 'vitest';
import { comparedShapes } from '../../src/export/export-run.ts';

const SHARED = { inputChannels: 3, outputChannels: 1, filters: 64, norm: 'batch', dropout: false } as const;

it.each([
  [{ kind: 'resnet', blocks: 9, ...SHARED }, 32, 36],
  [{ kind: 'unet', levels: 3, ...SHARED }, 32, 40],
  [{ kind: 'unet', levels: 8, ...SHARED }, 256, 512],
] satisfies [GeneratorSpec, number, number][])('compares %j on pictures that are no larger than need be', (spec, side, width) => {
  expect(comparedShapes(spec)).toEqual([
    [1, 3, side, side],
    [2, 3, side, width],
  ]);
});
