/** The data and the training of the demonstration: the most that a few minutes on two CPU cores teach. Knows no files. */
import type { GivenSettings } from '../settings/settings.ts';

/** Where everything goes unless another folder is given. */
export const DEMO_FOLDER = 'town';

/** Places, of 200 x 200 metres each. */
export const DEMO_DATA = { count: 300, testCount: 30, size: 64, seed: 0 } as const;

/**
 * A small model, and settings that let it learn fast: discriminators that judge patches of 34 x 34 pixels, not 70 x 70, which at this size is more than
 * the whole picture; three times the paper's learning rate; and cycles of half the paper's weight, because at full weight the generators first learn to hide in
 * noise what the way back needs.
 */
export const DEMO_SETTINGS: GivenSettings = {
  size: DEMO_DATA.size,
  ngf: 24,
  blocks: 2,
  ndf: 48,
  discLayers: 2,
  lambdaA: 5,
  lambdaB: 5,
  lr: 6e-4,
  epochs: 3,
  decayEpochs: 3,
};
