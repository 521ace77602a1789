/** From options to settings, and from settings to core's terms. */
import { cycleGanModel, PAPER_SCHEDULE } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { modelOf, resolveSettings, scheduleOf, settingsSchema, spelledOut, totalSteps } from '../../src/settings/settings.ts';

describe('resolveSettings', () => {
  it('gives the model of the paper by default', () => {
    const settings = resolveSettings({});
    expect(modelOf(settings)).toEqual(cycleGanModel({ height: 256, width: 256 }));
    expect(scheduleOf(settings)).toEqual(PAPER_SCHEDULE);
    expect(settings).toMatchObject({ loadHeight: 286, loadWidth: 286, levels: 8, lr: 2e-4 });
    expect(totalSteps(settings, 1096)).toBe(219200);
    expect(settingsSchema.parse(settings)).toEqual(settings);
  });

  it('takes --size for both extents, unless one is given by itself', () => {
    expect(resolveSettings({ size: 64 })).toMatchObject({ height: 64, width: 64, loadHeight: 72, loadWidth: 72, levels: 6 });
    expect(resolveSettings({ size: 64, width: 96 })).toMatchObject({ height: 64, width: 96, loadHeight: 72, loadWidth: 107, levels: 5 });
  });

  it('takes --load-size for the shorter side', () => {
    expect(resolveSettings({ height: 128, width: 64, loadSize: 80 })).toMatchObject({ loadHeight: 160, loadWidth: 80 });
    expect(resolveSettings({ size: 64, loadSize: 80, loadWidth: 100 })).toMatchObject({ loadHeight: 80, loadWidth: 100 });
    expect(spelledOut({ loadSize: 80 }, { height: 128, width: 64 })).toEqual({ loadHeight: 160, loadWidth: 80 });
  });

  it('refuses pictures that are smaller than a patch, by the flag to change', () => {
    expect(() => resolveSettings({ size: 16 })).toThrow(
      '--disc-layers 3: this discriminator needs pictures of at least 24 x 24, got 16 x 16',
    );
    expect(resolveSettings({ size: 16, discLayers: 2 })).toMatchObject({ height: 16 });
    expect(resolveSettings({ size: 16, discriminator: 'pixel' })).toMatchObject({ height: 16 });
  });
});

it.each([
  ['constant', { kind: 'constant' }],
  ['step', { kind: 'step', every: 7 }],
  ['cosine', { kind: 'cosine', epochs: 50 }],
  ['plateau', { kind: 'plateau', patience: 5 }],
] as const)('knows the policy %s', (lrPolicy, expected) => {
  expect(scheduleOf(resolveSettings({ lrPolicy, epochs: 20, decayEpochs: 30, decayEvery: 7 }))).toEqual(expected);
});

describe('models', () => {
  it("are pix2pix with the reference's defaults when asked", () => {
    const settings = resolveSettings({ model: 'pix2pix', channelsA: 1 });
    expect(settings).toMatchObject({ norm: 'batch', dropout: true, lrPolicy: 'linear', epochs: 100, decayEpochs: 100 });
    expect(modelOf(settings)).toMatchObject({
      kind: 'pix2pix',
      generatorAB: { kind: 'unet', levels: 8, inputChannels: 1, outputChannels: 3, norm: 'batch', dropout: true },
      discriminatorB: { kind: 'patch', inputChannels: 4 },
      adversarial: 'vanilla',
      weights: { gan: 1, l1: 100 },
    });
  });

  it('have the channels of each domain', () => {
    const { generatorAB, discriminatorB } = modelOf(resolveSettings({ channels: 4, channelsB: 1, lambdaIdentity: 0 }));
    expect(generatorAB).toMatchObject({ inputChannels: 4, outputChannels: 1 });
    expect(discriminatorB).toMatchObject({ inputChannels: 1 });
    expect(() => resolveSettings({ channels: 4, channelsB: 1 })).toThrow('--lambda-identity 0.5: the identity loss needs');
  });

  it("take the paper's ablations as weights", () => {
    expect(modelOf(resolveSettings({ lambdaGanA: 0, lambdaGanB: 2, lambdaB: 0, lambdaIdentity: 0 })).weights).toEqual({
      ganAB: 2,
      ganBA: 0,
      cycleA: 10,
      cycleB: 0,
      identityA: 0,
      identityB: 0,
    });
    expect(() => resolveSettings({ lambdaGanA: 0, lambdaGanB: 0, lambdaA: 0, lambdaB: 0 })).toThrow('there is nothing to learn from');
  });
});
