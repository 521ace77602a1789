/**
 * Settings of a training run: everything that decides its result, resolved, as config.json and checkpoints keep it. The defaults are the
 * paper's, but for an identity loss of 0.5, which the authors' code has. Knows no options of commands.
 */
import { z } from 'zod';
import { numberAbove, numberFrom, oneOf, oneOfNumbers, wholeNumber } from './values.ts';

/** What a picture may have: gray, colour, colour with alpha. */
const channelCount = oneOfNumbers(1, 3, 4);

const DECAY = 'Expected a number from 0 to below 1.';

/** The schema of each setting. */
export const SETTINGS = {
  model: oneOf('cyclegan', 'pix2pix'),
  direction: oneOf('AtoB', 'BtoA'),
  channelsA: channelCount,
  channelsB: channelCount,
  bitDepth: oneOfNumbers(8, 16),
  height: wholeNumber(1),
  width: wholeNumber(1),
  loadHeight: wholeNumber(1),
  loadWidth: wholeNumber(1),
  preprocess: oneOf('resize-and-crop', 'crop', 'scale-width', 'scale-width-and-crop', 'none'),
  flip: z.boolean(),
  serial: z.boolean(),
  maxPictures: wholeNumber(1).optional(),
  generator: oneOf('resnet', 'unet'),
  ngf: wholeNumber(1),
  blocks: wholeNumber(1),
  levels: wholeNumber(1),
  dropout: z.boolean(),
  discriminator: oneOf('patch', 'pixel'),
  ndf: wholeNumber(1),
  discLayers: wholeNumber(1),
  norm: oneOf('instance', 'batch', 'none'),
  initType: oneOf('normal', 'xavier', 'kaiming', 'orthogonal'),
  initGain: numberAbove(0),
  batchSize: wholeNumber(1),
  ganMode: oneOf('lsgan', 'vanilla', 'wgangp'),
  gradientPenalty: numberFrom(0),
  lambdaA: numberFrom(0),
  lambdaB: numberFrom(0),
  lambdaIdentity: numberFrom(0),
  lambdaL1: numberFrom(0),
  lambdaGanA: numberFrom(0),
  lambdaGanB: numberFrom(0),
  poolSize: wholeNumber(0),
  lr: numberAbove(0),
  beta1: z.number({ error: DECAY }).min(0, { error: DECAY }).lt(1, { error: DECAY }),
  epochs: wholeNumber(0),
  decayEpochs: wholeNumber(0),
  lrPolicy: oneOf('linear', 'constant', 'step', 'cosine', 'plateau'),
  decayEvery: wholeNumber(1),
  patience: wholeNumber(0),
  seed: wholeNumber(0),
} as const;

/** The schema of each short form. */
export const SHORT_FORMS = { size: wholeNumber(1), loadSize: wholeNumber(1), channels: channelCount } as const;

/** Resolved settings: none is missing but maxPictures, without which all are taken. */
export const settingsSchema = z.strictObject(SETTINGS);

/** Everything that decides the result of a run. */
export type Settings = z.output<typeof settingsSchema>;

/** What may be given on the command line: settings, and short forms of some of them. */
export interface GivenSettings extends Partial<Settings> {
  /** Height and width in one. */
  readonly size?: number;
  /** What the shorter side is resized to before cropping. */
  readonly loadSize?: number;
  /** Channels of both domains in one. */
  readonly channels?: Settings['channelsA'];
}

type Defaults = Omit<Settings, 'loadHeight' | 'loadWidth' | 'levels' | 'maxPictures'>;

/** The paper's settings; loadHeight, loadWidth and levels follow from the size. */
export const DEFAULTS: Defaults = {
  model: 'cyclegan',
  direction: 'AtoB',
  channelsA: 3,
  channelsB: 3,
  bitDepth: 8,
  height: 256,
  width: 256,
  preprocess: 'resize-and-crop',
  flip: true,
  serial: false,
  generator: 'resnet',
  ngf: 64,
  blocks: 9,
  dropout: false,
  discriminator: 'patch',
  ndf: 64,
  discLayers: 3,
  norm: 'instance',
  initType: 'normal',
  initGain: 0.02,
  batchSize: 1,
  ganMode: 'lsgan',
  gradientPenalty: 10,
  lambdaA: 10,
  lambdaB: 10,
  lambdaIdentity: 0.5,
  lambdaL1: 100,
  lambdaGanA: 1,
  lambdaGanB: 1,
  poolSize: 50,
  lr: 2e-4,
  beta1: 0.5,
  epochs: 100,
  decayEpochs: 100,
  lrPolicy: 'linear',
  decayEvery: 50,
  patience: 5,
  seed: 0,
};

/** What is different for pix2pix, as in the reference's pix2pix_model.py. */
const PIX2PIX_DEFAULTS: Partial<Settings> = { generator: 'unet', norm: 'batch', dropout: true, ganMode: 'vanilla', poolSize: 0 };

/** The reference resizes to 286 before it crops 256. */
const LOAD_FACTOR = 286 / 256;
const MOST_LEVELS = 8;

/** All settings from those given, unchecked: for what the pictures have to decide first. */
export function fillIn(given: GivenSettings): Settings {
  const defaults = given.model === 'pix2pix' ? { ...DEFAULTS, ...PIX2PIX_DEFAULTS } : DEFAULTS;
  const basis = { ...defaults, ...spelledOut(given, DEFAULTS) };
  const { height, width } = basis;
  const factor = basis.preprocess === 'scale-width' ? 1 : LOAD_FACTOR;
  // in the schema's order, as they are after a resume: checkpoints are the same to the byte
  return settingsSchema.parse({
    loadHeight: Math.round(height * factor),
    loadWidth: Math.round(width * factor),
    levels: mostLevels(height, width),
    ...basis,
  });
}

/** Given settings without short forms: `size`, `loadSize` and `channels` become what they stand for, in the light of `others`. */
export function spelledOut(
  { size, loadSize, channels, ...given }: GivenSettings,
  others: { height: number; width: number },
): Partial<Settings> {
  const square = size === undefined ? {} : { height: size, width: size };
  const both = channels === undefined ? {} : { channelsA: channels, channelsB: channels };
  const spelled = { ...square, ...both, ...given };
  if (loadSize === undefined) return spelled;
  const { height, width } = { ...others, ...spelled };
  const factor = loadSize / Math.min(height, width);
  return { loadHeight: Math.round(height * factor), loadWidth: Math.round(width * factor), ...spelled };
}

/** How often both extents can be halved, up to what the reference's largest U-Net does. */
function mostLevels(height: number, width: number): number {
  let levels = 1;
  while (levels < MOST_LEVELS && height % 2 ** (levels + 1) === 0 && width % 2 ** (levels + 1) === 0) levels++;
  return levels;
}
