/** Settings of the paper's experiments by data set (Zhu et al. 2017, appendix 7.1 and 7.2). Knows nothing of options or files. */
import type { GivenSettings } from './settings.ts';

/** Appendix 7.2: nine residual blocks from 256 pixels on; without the identity loss unless section 5.2 or 7.1 says so. */
const PLAIN: GivenSettings = { size: 256, blocks: 9, lambdaIdentity: 0 };

/** Section 5.2, photo generation from paintings: the identity loss keeps the colours. */
const PAINTINGS: GivenSettings = { ...PLAIN, lambdaIdentity: 0.5 };

/** What differs from the defaults for each data set. */
export const PRESETS = {
  maps: PLAIN,
  // 7.1: 128 x 128; 7.2: six blocks at that size
  cityscapes: { size: 128, blocks: 6, lambdaIdentity: 0 },
  facades: PLAIN,
  // 7.1: trained for 5 epochs
  edges2shoes: { ...PLAIN, epochs: 5, decayEpochs: 0 },
  horse2zebra: PLAIN,
  apple2orange: PLAIN,
  summer2winter_yosemite: PLAIN,
  // 7.1: random square crops of the original pictures
  monet2photo: { ...PAINTINGS, preprocess: 'crop' },
  cezanne2photo: PAINTINGS,
  ukiyoe2photo: PAINTINGS,
  vangogh2photo: PAINTINGS,
  // 7.1: scaled to a width of 360, identity loss of weight 0.5
  iphone2dslr_flower: { ...PLAIN, lambdaIdentity: 0.5, preprocess: 'scale-width-and-crop', loadWidth: 360, loadHeight: 360 },
} as const satisfies Readonly<Record<string, GivenSettings>>;

/** The name of a preset. */
export type PresetName = keyof typeof PRESETS;

/** All of them. */
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];
