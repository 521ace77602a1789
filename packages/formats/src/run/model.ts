/** What the settings of a run mean in terms of core. */
import { cycleGanModel, cycleGanWeights, type ModelConfig, PAPER_ADAM, type Schedule } from '@cyclegan/core';
import type { Settings } from './settings.ts';

/** The model of some settings. */
export function modelOf(settings: Settings): ModelConfig {
  const { height, width, batchSize, norm, dropout, ganMode, gradientPenalty, poolSize, channelsA, channelsB } = settings;
  const { ngf, blocks, levels, ndf, discLayers, initType, initGain, beta1 } = settings;
  const { lambdaA, lambdaB, lambdaIdentity, lambdaL1, lambdaGanA, lambdaGanB } = settings;
  const generator = { filters: ngf, norm, dropout };
  const discriminator = { filters: ndf, norm };
  const model = cycleGanModel({
    height,
    width,
    batch: batchSize,
    channels: { A: channelsA, B: channelsB },
    adversarial: ganMode,
    gradientPenalty,
    poolSize,
    generator: settings.generator === 'resnet' ? { kind: 'resnet', ...generator, blocks } : { kind: 'unet', ...generator, levels },
    discriminator:
      settings.discriminator === 'patch' ? { kind: 'patch', ...discriminator, layers: discLayers } : { kind: 'pixel', ...discriminator },
    weights: { ...cycleGanWeights({ lambdaA, lambdaB, lambdaIdentity }), ganAB: lambdaGanB, ganBA: lambdaGanA },
    init: { kind: initType, gain: initGain },
    adam: { ...PAPER_ADAM, beta1 },
  });
  if (settings.model === 'cyclegan') return model;
  const { generatorBA: _, discriminatorA: __, poolSize: ___, discriminatorB, ...shared } = model;
  return {
    ...shared,
    kind: 'pix2pix',
    // it judges pairs
    discriminatorB: { ...discriminatorB, inputChannels: channelsA + channelsB },
    weights: { gan: lambdaGanB, l1: lambdaL1 },
  };
}

/** How the learning rate of some settings changes. */
export function scheduleOf({ lrPolicy, epochs, decayEpochs, decayEvery, patience }: Settings): Schedule {
  switch (lrPolicy) {
    case 'linear':
      return { kind: 'linear', epochs, decayEpochs };
    case 'step':
      return { kind: 'step', every: decayEvery };
    case 'cosine':
      return { kind: 'cosine', epochs: epochs + decayEpochs };
    case 'plateau':
      return { kind: 'plateau', patience };
    case 'constant':
      return { kind: 'constant' };
  }
}

/** Steps of a whole run. */
export function totalSteps({ epochs, decayEpochs }: Settings, stepsPerEpoch: number): number {
  return (epochs + decayEpochs) * stepsPerEpoch;
}
