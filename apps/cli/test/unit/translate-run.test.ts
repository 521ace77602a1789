/** What a translator is opened from. */
import type { ResNetSpec } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { expect, it } from 'vitest';
import type { RunWeights } from '../../src/runs/run-weights.ts';
import { bitDepthOf, openTranslator } from '../../src/translate/translate-run.ts';

const generator: ResNetSpec = { kind: 'resnet', inputChannels: 3, outputChannels: 1, filters: 2, blocks: 0, norm: 'none', dropout: false };

/** Weights of one direction, as a pix2pix run or one imported generator has them. */
const oneWay: RunWeights = { path: 'runs/one', networks: { genAB: generator }, settings: { bitDepth: 16 }, read: async () => ({}) };

it('names the direction that a run has', async () => {
  const backend = createReferenceBackend();
  await expect(openTranslator(oneWay, backend, { direction: 'BtoA' })).rejects.toThrow(
    'runs/one has no generator from B to A; try --direction AtoB, or another run.',
  );
  const translator = await openTranslator(oneWay, backend, { direction: 'AtoB' });
  expect(translator.generator).toEqual(generator);
  translator.dispose();
  await backend.dispose();
});

it('writes the bits that a run was trained with', () => {
  expect([bitDepthOf(oneWay), bitDepthOf({ ...oneWay, settings: undefined })]).toEqual([16, 8]);
});
