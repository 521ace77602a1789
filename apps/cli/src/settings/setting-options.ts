/** Flags and help of each setting of a run, in the groups of the help. Knows neither commander nor what values settings may have. */
import type { GivenSettings } from './settings.ts';

/** Flags, what the help says, and the default as it tells it, where that is not the value itself. */
export type SettingOption = readonly [flags: string, about: string, shown?: string];

type SomeSettings = Readonly<Partial<Record<keyof GivenSettings, SettingOption>>>;

const DATA = {
  direction: ['--direction <way>', 'AtoB, or BtoA to swap the folders'],
  channels: ['--channels <n>', '1 (gray), 3 or 4 (with alpha)', '3'],
  channelsA: ['--channels-a <n>', 'of domain A, where they differ', '--channels'],
  channelsB: ['--channels-b <n>', 'of domain B, where they differ', '--channels'],
  bitDepth: ['--bit-depth <n>', '8, or 16 to keep the steps of 16-bit pictures'],
  size: ['--size <pixels>', 'height and width of the training pictures', '256'],
  height: ['--height <pixels>', 'their height, where it differs from --size', '--size'],
  width: ['--width <pixels>', 'their width, where it differs from --size', '--size'],
  loadSize: ['--load-size <pixels>', 'resize the shorter side to this before cropping', '286/256 of the size'],
  loadHeight: ['--load-height <pixels>', 'height before cropping, where it differs', '--load-size'],
  loadWidth: ['--load-width <pixels>', 'width before cropping, where it differs', '--load-size'],
  preprocess: ['--preprocess <how>', 'resize-and-crop, crop, scale-width, scale-width-and-crop or none'],
  flip: ['--no-flip', 'do not mirror half of the pictures', ''],
  serial: ['--serial', 'take the pictures in order, not at random', ''],
  maxPictures: ['--max-pictures <n>', 'take no more pictures of a domain', 'all'],
} satisfies SomeSettings;

const MODEL = {
  model: ['--model <name>', 'cyclegan, or pix2pix for pictures that come in pairs'],
  generator: ['--generator <kind>', 'resnet or unet'],
  ngf: ['--ngf <filters>', 'filters of the first layer of the generators'],
  blocks: ['--blocks <n>', 'residual blocks of a resnet generator'],
  levels: ['--levels <n>', 'halvings of a unet generator', 'as many as the size allows, at most 8'],
  dropout: ['--dropout', 'drop out in the generators while training; --no-dropout for none (default: for pix2pix only)', ''],
  discriminator: ['--discriminator <kind>', 'patch or pixel'],
  ndf: ['--ndf <filters>', 'filters of the first layer of the discriminators'],
  discLayers: ['--disc-layers <n>', 'layers of a patch discriminator; 3 judge patches of 70x70'],
  norm: ['--norm <kind>', 'instance, batch or none'],
  initType: ['--init-type <kind>', 'normal, xavier, kaiming or orthogonal weights to start with'],
  initGain: ['--init-gain <gain>', 'their deviation or scale'],
} satisfies SomeSettings;

const LOSSES = {
  ganMode: ['--gan-mode <kind>', 'lsgan, vanilla or wgangp'],
  gradientPenalty: ['--gradient-penalty <weight>', 'weight of the gradient penalty of wgangp'],
  lambdaA: ['--lambda-a <weight>', 'weight of the cycle A to B to A'],
  lambdaB: ['--lambda-b <weight>', 'weight of the cycle B to A to B'],
  lambdaIdentity: ['--lambda-identity <weight>', 'identity loss, as a share of the cycle weights; 0 is none'],
  lambdaL1: ['--lambda-l1 <weight>', 'weight of the distance to the true picture (pix2pix)'],
  lambdaGanA: ['--lambda-gan-a <weight>', 'weight of the adversarial loss of generated pictures of A'],
  lambdaGanB: ['--lambda-gan-b <weight>', 'weight of the adversarial loss of generated pictures of B'],
  poolSize: ['--pool-size <n>', 'generated pictures kept for the discriminators'],
} satisfies SomeSettings;

const LEARNING = {
  batchSize: ['--batch-size <n>', 'pictures of each domain in a step'],
  lr: ['--lr <rate>', 'learning rate of Adam'],
  beta1: ['--beta1 <decay>', 'decay of the first moment of Adam'],
  epochs: ['--epochs <n>', 'epochs at the full learning rate'],
  decayEpochs: ['--decay-epochs <n>', 'further epochs, in which it falls to 0'],
  lrPolicy: ['--lr-policy <kind>', 'linear, constant, step, cosine or plateau'],
  decayEvery: ['--decay-every <epochs>', 'epochs after which the policy step takes a tenth'],
  patience: ['--patience <epochs>', 'epochs without progress before the policy plateau takes a fifth'],
  seed: ['--seed <n>', 'the same seed gives the same run'],
} satisfies SomeSettings;

/** All of them. */
export const SETTING_OPTIONS: Readonly<Record<keyof GivenSettings, SettingOption>> = { ...DATA, ...MODEL, ...LOSSES, ...LEARNING };

/** The heading of the data's settings, which other options share. */
export const DATA_GROUP = 'Data:';

/** Settings by the heading of their group. */
export const SETTING_GROUPS: Readonly<Record<string, SomeSettings>> = {
  [DATA_GROUP]: DATA,
  'Model:': MODEL,
  'Losses:': LOSSES,
  'Optimiser and schedule:': LEARNING,
};

/** Settings that are on or off, and take no value. */
export const SWITCHES: ReadonlySet<string> = new Set(['flip', 'dropout', 'serial']);

/** The flag of a setting, for messages. */
export function flagOf(name: string): string {
  const flags = Object.entries(SETTING_OPTIONS).find(([known]) => known === name)?.[1][0] ?? name;
  return flags.split(' ')[0] ?? flags;
}
