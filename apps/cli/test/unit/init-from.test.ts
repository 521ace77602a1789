/** What a run takes from a source of weights: settings, networks, and what it says of them. */
import { f32, type TensorRecord } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import type { Networks, RunWeights } from '../../src/runs/run-weights.ts';
import { layered, modelOf, resolveSettings } from '../../src/settings/settings.ts';
import { initialWeights, settingsLike } from '../../src/train/init-from.ts';

const GENERATOR = {
  kind: 'resnet',
  filters: 32,
  blocks: 6,
  norm: 'instance',
  dropout: false,
  inputChannels: 1,
  outputChannels: 3,
} as const;
const DISCRIMINATOR = { kind: 'patch', filters: 8, layers: 3, norm: 'instance', inputChannels: 3 } as const;

/** A source of some networks, each with one variable. */
function sourceOf(networks: Networks): RunWeights {
  const read = async (name: string): Promise<TensorRecord> => ({ [`${name}/weight`]: f32([1], [name.length]) });
  return { path: 'zebra.pth', networks, settings: undefined, read };
}

const modelLike = (source: RunWeights, given = {}) =>
  modelOf(resolveSettings(layered(settingsLike(source), { lambdaIdentity: 0, ...given })));

describe('settingsLike', () => {
  it('gives the settings of a generator, the channels on their sides, from either direction', () => {
    const settings = { generator: 'resnet', ngf: 32, blocks: 6, norm: 'instance', dropout: false, channelsA: 1, channelsB: 3 };
    expect(settingsLike(sourceOf({ genAB: GENERATOR }))).toEqual(settings);
    expect(settingsLike(sourceOf({ genBA: { ...GENERATOR, inputChannels: 3, outputChannels: 1 } }))).toEqual(settings);
  });

  it('leaves out what no setting can be', () => {
    expect(settingsLike(sourceOf({ genAB: { ...GENERATOR, blocks: 0 } }))).not.toHaveProperty('blocks');
  });

  it('leaves the dropout of a U-Net to the model where weights alone are known', () => {
    const unet = { ...GENERATOR, kind: 'unet', levels: 3 } as const;
    expect(settingsLike(sourceOf({ genAB: unet }))).not.toHaveProperty('dropout');
    expect(settingsLike({ ...sourceOf({ genAB: unet }), settings: {} })).toMatchObject({ dropout: false });
  });

  it('knows pix2pix by its discriminator, which judges pairs', () => {
    expect(settingsLike(sourceOf({ genAB: GENERATOR, discB: { ...DISCRIMINATOR, inputChannels: 4 } }))).toMatchObject({
      model: 'pix2pix',
      ndf: 8,
    });
    expect(settingsLike(sourceOf({ genAB: GENERATOR, discB: DISCRIMINATOR }))).toMatchObject({ model: 'cyclegan' });
  });
});

describe('initialWeights', () => {
  it('reads the networks that are there, in memory of their own, and names the others', async () => {
    const source = sourceOf({ genAB: GENERATOR });
    const { about, read } = initialWeights(source, modelLike(source), { ngf: 32, dropout: false });
    expect(await read()).toEqual({ 'genAB/weight': f32([1], [5]) });
    expect(about).toBe(
      'the weights of genAB come from zebra.pth, and with them --ngf 32 --no-dropout; it has no discA, discB, genBA: new weights there',
    );
  });

  it('does not mind dropout, which has no weights', () => {
    const source = sourceOf({ genAB: GENERATOR });
    expect(() => initialWeights(source, modelLike(source, { dropout: true }))).not.toThrow();
  });

  it.each([
    [{ genAB: GENERATOR }, { ngf: 64, blocks: 9 }, 'ngf 32 there, 64 here; blocks 6 there, 9 here. Give --ngf 32 --blocks 6.'],
    [{ genAB: GENERATOR, discB: DISCRIMINATOR }, { model: 'pix2pix' }, 'model cyclegan there, pix2pix here. Give --model cyclegan.'],
    [
      { genAB: GENERATOR, discB: DISCRIMINATOR },
      { channelsB: 4, ndf: 9 },
      'ndf 8 there, 9 here; channelsB 3 there, 4 here. Give --ndf 8 --channels-b 3.',
    ],
    [{ genAB: GENERATOR }, { channels: 3 }, 'channelsA 1 there, 3 here. Give --channels-a 1.'],
    [{ discB: DISCRIMINATOR }, { channels: 1 }, 'channelsB 3 there, 1 here. Give --channels-b 3.'],
    [{ genAB: GENERATOR, discA: DISCRIMINATOR }, {}, 'channelsA 3 there, 1 here'],
    [
      { genAB: GENERATOR, discB: { ...DISCRIMINATOR, inputChannels: 4 } },
      { channels: 3 },
      'another model: channelsA 1 there, 3 here. Give --channels-a 1.',
    ],
    [{ genAB: GENERATOR }, { generator: 'unet' }, 'generator resnet there, unet here. Give --generator resnet.'],
    [{ genAB: { ...GENERATOR, blocks: 0 } }, {}, 'blocks 0 there, 9 here. No option makes such a network: start from other weights.'],
    [{ genAB: { ...GENERATOR, upsample: 'resize' } }, {}, "genAB's upsample resize there, none here. No option makes such a network"],
  ])('refuses %j for %j', (networks, given, message) => {
    const source = sourceOf(networks as Networks);
    expect(() => initialWeights(source, modelLike(source, given))).toThrow(message);
  });
});
