/** From what the page lets a person choose to the settings of a run, as the command has them. Knows no page. */
import { discriminatorMinimum } from '@cyclegan/core';
import { DEFAULTS, fillIn, type Settings } from '@cyclegan/formats/run';

/** What can be chosen. */
export interface TabChoices {
  /** Height and width of the pictures that are trained on. */
  readonly size: number;
  /** Filters of the first layer of all networks. */
  readonly filters: number;
  /** Residual blocks of a generator. */
  readonly blocks: number;
  /** Steps to train now. */
  readonly steps: number;
}

/**
 * The settings of a run: the paper's but for what was chosen, and for fewer layers of the discriminators where pictures are too small for three.
 * The learning rate stays at its first value for all `steps`; what follows of the schedule is for whoever goes on.
 */
export function tabSettings({ size, filters, blocks, steps }: TabChoices, stepsPerEpoch: number): Settings {
  const least = (layers: number) =>
    discriminatorMinimum({ kind: 'patch', inputChannels: DEFAULTS.channelsA, filters, layers, norm: DEFAULTS.norm });
  let discLayers = DEFAULTS.discLayers;
  while (discLayers > 1 && least(discLayers) > size) discLayers--;
  const epochs = Math.max(DEFAULTS.epochs, Math.ceil(steps / stepsPerEpoch));
  return fillIn({ size, ngf: filters, ndf: filters, blocks, discLayers, epochs });
}
