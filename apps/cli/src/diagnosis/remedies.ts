/** What to try when a training run looks wrong, in options of `train`. Knows what a model is set to, so that it advises nothing that is set already. */
import type { ModelConfig } from '@cyclegan/core';
import type { Finding, Side } from './training-warning.ts';

/** Remedies for something that looks wrong, the most promising first. They are for a new run: a run keeps its settings. */
export function remediesFor({ kind, side }: Finding, model: ModelConfig): string[] {
  switch (kind) {
    case 'discriminator-won':
      return againstDiscriminator(side, model);
    case 'colours-inverted':
      return againstInversion(model);
    case 'collapsed':
      return againstCollapse(side, model);
  }
}

function againstDiscriminator(side: Side, model: ModelConfig): string[] {
  const weight = adversarialWeight(side, model);
  const { discriminatorB: discriminator, generatorAB: generator, adversarial } = model;
  return [
    ...(weight < 1 ? [`let the generator listen to it: --lambda-gan-${side.toLowerCase()} 1 (it is ${weight})`] : []),
    `a weaker discriminator: --ndf ${Math.max(1, Math.floor(discriminator.filters / 2))}${fewerLayers(discriminator)}`,
    ...(adversarial === 'lsgan' ? [] : ['a loss that still teaches when it has won: --gan-mode lsgan']),
    ...('filters' in generator ? [`a stronger generator: --ngf ${generator.filters * 2}`] : []),
    'more pictures, as few are learnt by heart',
  ];
}

function fewerLayers(discriminator: ModelConfig['discriminatorB']): string {
  return discriminator.kind === 'patch' && discriminator.layers > 1 ? ` or --disc-layers ${discriminator.layers - 1}` : '';
}

function againstInversion(model: ModelConfig): string[] {
  return [...keepColours(model), 'other weights to start with: another --seed', 'a smaller --lr'];
}

/** What ties colours to those of the original, as far as the model can have more of it. */
function keepColours(model: ModelConfig): string[] {
  if (model.kind === 'pix2pix') return [`more weight on the true picture: --lambda-l1 ${Math.max(100, model.weights.l1 * 2)}`];
  const { weights, generatorAB } = model;
  if (generatorAB.inputChannels !== generatorAB.outputChannels)
    return ['the same channels in both domains, so that an identity loss can keep colours: --channels 3 --lambda-identity 0.5'];
  // each is a share of the other direction's cycle
  const share = weights.cycleB > 0 ? weights.identityA / weights.cycleB : 0;
  const about = 'an identity loss, which keeps colours';
  return [share > 0 ? `more of the identity loss, which keeps colours: --lambda-identity ${share * 2}` : `${about}: --lambda-identity 0.5`];
}

function againstCollapse(side: Side, model: ModelConfig): string[] {
  return [
    ...holdOnToInput(side, model),
    'a smaller --lr',
    'other weights to start with: another --seed',
    `more pictures of ${side}, or more different ones`,
  ];
}

/** What makes a translation depend on its original, where the model has little of it. */
function holdOnToInput(side: Side, model: ModelConfig): string[] {
  if (model.kind === 'pix2pix')
    return model.weights.l1 < 100 ? [`more weight on the true picture: --lambda-l1 100 (it is ${model.weights.l1})`] : [];
  const [option, weight] = side === 'B' ? ['--lambda-a', model.weights.cycleA] : ['--lambda-b', model.weights.cycleB];
  return weight < 10 ? [`a cycle loss, which needs translations that differ: ${option} 10 (it is ${weight})`] : [];
}

function adversarialWeight(side: Side, { weights }: ModelConfig): number {
  if ('gan' in weights) return weights.gan;
  return side === 'B' ? weights.ganAB : weights.ganBA;
}
