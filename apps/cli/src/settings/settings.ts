/**
 * Settings of a training run: everything that decides its result, resolved, as config.json keeps it; and what they mean in
 * terms of core. The defaults are the paper's, but for an identity loss of 0.5, which the authors' code has.
 */
import {
  cycleGanModel,
  cycleGanWeights,
  discriminatorMinimum,
  generatorExtents,
  type ModelConfig,
  PAPER_ADAM,
  type Schedule,
} from '@cyclegan/core';
import { z } from 'zod';
import { UsageError } from '../errors.ts';

/** A whole number from `least` on. */
export function wholeNumber(least: number) {
  const error = `Expected a whole number of at least ${least}.`;
  return z.int({ error }).min(least, { error });
}

/** A number from `least` on, or above it. */
function numberFrom(least: number) {
  const error = `Expected a number of at least ${least}.`;
  return z.number({ error }).min(least, { error });
}

function numberAbove(bound: number) {
  const error = `Expected a number above ${bound}.`;
  return z.number({ error }).gt(bound, { error });
}

/** How the messages about names begin. */
export const ONE_OF = 'Expected one of';

/** One of some names. */
export function oneOf<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return z.enum(values, { error: `${ONE_OF} ${values.join(', ')}.` });
}

function oneOfNumbers<const Values extends readonly [number, ...number[]]>(...values: Values) {
  return z.literal(values, { error: `Expected one of ${values.join(', ')}.` });
}

/** What a picture may have: gray, colour, colour with alpha. */
export const channelCount = oneOfNumbers(1, 3, 4);

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

/** Settings of several origins in one: later ones win, and a short form over what it stands for. */
export function layered(...layers: readonly GivenSettings[]): GivenSettings {
  return layers.reduce((below, above) => {
    const hidden = [
      ...(above.size === undefined ? [] : ['height', 'width']),
      ...(above.loadSize === undefined ? [] : ['loadHeight', 'loadWidth']),
      ...(above.channels === undefined ? [] : ['channelsA', 'channelsB']),
    ];
    return { ...Object.fromEntries(Object.entries(below).filter(([name]) => !hidden.includes(name))), ...above };
  }, {});
}

/** Settings that mean nothing for what is trained, and what they belong to. */
const BELONGS: readonly (readonly [name: keyof Settings, where: string, holds: (settings: Settings) => boolean])[] = [
  ['blocks', '--generator resnet', ({ generator }) => generator === 'resnet'],
  ['levels', '--generator unet', ({ generator }) => generator === 'unet'],
  ['discLayers', '--discriminator patch', ({ discriminator }) => discriminator === 'patch'],
  ['gradientPenalty', '--gan-mode wgangp', ({ ganMode }) => ganMode === 'wgangp'],
  ['decayEvery', '--lr-policy step', ({ lrPolicy }) => lrPolicy === 'step'],
  ['patience', '--lr-policy plateau', ({ lrPolicy }) => lrPolicy === 'plateau'],
  ['lambdaL1', '--model pix2pix', ({ model }) => model === 'pix2pix'],
  ...(['lambdaA', 'lambdaB', 'lambdaIdentity', 'lambdaGanA', 'poolSize'] as const).map(
    (name) => [name, '--model cyclegan', ({ model }: Settings) => model === 'cyclegan'] as const,
  ),
];

/** Of settings given by hand, those without effect, each with what it belongs to. */
export function withoutEffect(given: GivenSettings, settings: Settings): { readonly name: keyof Settings; readonly where: string }[] {
  return BELONGS.filter(([name, , holds]) => given[name] !== undefined && !holds(settings)).map(([name, where]) => ({ name, where }));
}

/** All settings from those given; throws UsageError when they contradict each other. */
export function resolveSettings(given: GivenSettings): Settings {
  const settings = fillIn(given);
  checkSettings(settings);
  return settings;
}

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

function checkSettings(settings: Settings): void {
  const { height, width, loadHeight, loadWidth, preprocess, epochs, decayEpochs } = settings;
  const { generatorAB, discriminatorB } = modelOf(settings);
  const { multiple, minimum } = generatorExtents(generatorAB);
  const remedies = settings.generator === 'unet' ? '--size, --height, --width or --levels' : '--size, --height or --width';
  for (const [name, extent] of Object.entries({ height, width })) {
    if (extent % multiple === 0 && extent >= minimum) continue;
    throw new UsageError(
      `--${name} ${extent}: this generator is trained on pictures whose ${name} is a multiple of ${multiple} and at least ${minimum}; change ${remedies}.`,
    );
  }
  const least = discriminatorMinimum(discriminatorB);
  if (Math.min(height, width) < least) {
    throw new UsageError(
      `--disc-layers ${settings.discLayers}: this discriminator needs pictures of at least ${least} x ${least}, got ${width} x ${height} (width x height); give it fewer layers or change --size.`,
    );
  }
  if (preprocess === 'resize-and-crop' && (loadHeight < height || loadWidth < width)) {
    throw new UsageError(
      `--load-size: pictures are resized to ${loadWidth} x ${loadHeight} and cannot be cropped to ${width} x ${height} (width x height); give a load size of at least ${Math.min(height, width)}.`,
    );
  }
  if (epochs + decayEpochs === 0)
    throw new UsageError('--epochs and --decay-epochs are both 0: there is nothing to train; give one of them.');
  checkLosses(settings);
}

function checkLosses({ model, channelsA, channelsB, lambdaIdentity, lambdaA, lambdaB, lambdaGanA, lambdaGanB, lambdaL1 }: Settings): void {
  const weights = model === 'pix2pix' ? { lambdaL1, lambdaGanB } : { lambdaA, lambdaB, lambdaGanA, lambdaGanB };
  if (Object.values(weights).every((weight) => weight === 0))
    throw new UsageError(`all of ${Object.keys(weights).join(', ')} are 0: there is nothing to learn from; give one of them a weight.`);
  if (model === 'cyclegan' && lambdaIdentity > 0 && channelsA !== channelsB) {
    throw new UsageError(
      `--lambda-identity ${lambdaIdentity}: the identity loss needs pictures of A and B with the same number of channels, got ${channelsA} and ${channelsB}; give --lambda-identity 0 or the same channels.`,
    );
  }
}

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
