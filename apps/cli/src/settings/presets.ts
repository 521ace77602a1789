/**
 * Settings of the paper's experiments by data set (Zhu et al. 2017, sections 5.2, 7.1 and 7.2, arXiv 1703.10593). Knows nothing of
 * options or files.
 *
 * Where the paper is silent: facades and edges2shoes are trained at 256 pixels, the size of the published pictures; pictures are
 * mirrored, and enlarged by 286/256 before they are cropped, as the reference does.
 */
import type { GivenSettings } from './settings.ts';

/** 7.2: nine residual blocks from 256 pixels on. The identity loss only where 5.2 or 7.1 says so. */
const PLAIN: GivenSettings = { size: 256, blocks: 9, lambdaIdentity: 0 };

/**
 * 5.2: the identity loss keeps the colours between paintings and photographs. 7.1 repeats its weight for Monet alone; that it served
 * the other painters too is what the authors say beside the reference (docs/qa.md).
 */
const PAINTINGS: GivenSettings = { ...PLAIN, lambdaIdentity: 0.5 };

/** What differs from the defaults for each data set. */
export const PRESETS = {
  maps: PLAIN,
  // 7.1: 128 x 128; 7.2: six blocks at that size
  cityscapes: { size: 128, blocks: 6, lambdaIdentity: 0 },
  facades: PLAIN,
  // 7.1: 5 epochs; of a falling learning rate it says nothing
  edges2shoes: { ...PLAIN, epochs: 5, decayEpochs: 0 },
  horse2zebra: PLAIN,
  apple2orange: PLAIN,
  summer2winter_yosemite: PLAIN,
  // 7.1: random square crops of the original pictures; of the published ones, 256 x 256, a crop is all
  monet2photo: { ...PAINTINGS, preprocess: 'crop' },
  cezanne2photo: PAINTINGS,
  ukiyoe2photo: PAINTINGS,
  vangogh2photo: PAINTINGS,
  // 7.1: scaled to a width of 360, identity loss of weight 0.5; of the crops it says nothing
  iphone2dslr_flower: { ...PLAIN, lambdaIdentity: 0.5, preprocess: 'scale-width-and-crop', loadWidth: 360, loadHeight: 360 },
} as const satisfies Readonly<Record<string, GivenSettings>>;

/** The name of a preset. */
export type PresetName = keyof typeof PRESETS;

/** All of them. */
export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];

const SHORT_NAMES: ReadonlyMap<string, PresetName> = new Map([
  ['summer2winter', 'summer2winter_yosemite'],
  ['iphone2dslr', 'iphone2dslr_flower'],
]);

/** The name that a data set was published under, where a shorter one is given; any other name as it is. */
export function publishedName(name: string): string {
  return SHORT_NAMES.get(name) ?? name;
}
