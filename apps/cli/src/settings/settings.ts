/** Settings as commands take them: laid over each other, and checked, in the words of the command line. What they are is the formats package's affair. */
import { discriminatorMinimum, generatorExtents } from '@cyclegan/core';
import { fillIn, type GivenSettings, modelOf, type Settings } from '@cyclegan/formats/run';
import { UsageError } from '../errors.ts';

export {
  DEFAULTS,
  fillIn,
  type GivenSettings,
  modelOf,
  ONE_OF,
  oneOf,
  SETTINGS,
  type Settings,
  SHORT_FORMS,
  scheduleOf,
  settingsSchema,
  spelledOut,
  totalSteps,
  wholeNumber,
} from '@cyclegan/formats/run';

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
