/** The data and the training of the demonstration: the most that a few minutes on two CPU cores teach. Knows no files. */
import type { GivenSettings } from '../settings/settings.ts';

/** Places, of 200 x 200 metres each. */
export const DEMO_DATA = { count: 250, testCount: 30, size: 64, seed: 0 } as const;

/**
 * A small model, and two settings that let it learn fast: discriminators that judge patches of 34 x 34 pixels, not 70 x 70, which at this size is
 * the whole picture, and twice the paper's learning rate.
 */
export const DEMO_SETTINGS: GivenSettings = {
  size: DEMO_DATA.size,
  ngf: 24,
  blocks: 3,
  ndf: 32,
  discLayers: 2,
  lr: 4e-4,
  epochs: 3,
  decayEpochs: 3,
};
