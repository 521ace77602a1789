/** Options as commander takes them: flags and help, and values checked by the same schemas as config.json. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { BACKENDS, DEVICES } from './backends.ts';
import { REFERENCE_OPTIONS } from './reference-options.ts';
import { DEFAULT_RUNS } from './run-folder.ts';
import { DEFAULTS, type GivenSettings, SETTINGS, SHORT_FORMS, wholeNumber } from './settings.ts';

/** A parser for commander: text to a value that fits `schema`, numbers where the text is one. */
function parserOf(schema: z.ZodType): (text: string) => unknown {
  return (text) => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    const result = schema.safeParse(Number.isNaN(number) ? text : number);
    if (result.success) return result.data;
    throw new InvalidArgumentError(result.error.issues[0]?.message ?? 'Expected something else.');
  };
}

/** An option whose value must fit a schema; `shown` is the default as the help tells it. */
export function option(flags: string, { about, schema, shown }: { about: string; schema: z.ZodType; shown?: unknown }): Option {
  const text = shown === undefined ? about : `${about} (default: ${shown})`;
  return new Option(flags, text).argParser(parserOf(schema));
}

type SettingOption = readonly [flags: string, about: string, shown?: string];

/** Flags and help of each setting; the default is shown unless another text is given. */
const SETTING_OPTIONS: Readonly<Record<keyof GivenSettings, SettingOption>> = {
  model: ['--model <name>', 'cyclegan, or pix2pix for pictures that come in pairs'],
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
  batchSize: ['--batch-size <n>', 'pictures of each domain in a step'],
  ganMode: ['--gan-mode <kind>', 'lsgan, vanilla or wgangp'],
  gradientPenalty: ['--gradient-penalty <weight>', 'weight of the gradient penalty of wgangp'],
  lambdaA: ['--lambda-a <weight>', 'weight of the cycle A to B to A'],
  lambdaB: ['--lambda-b <weight>', 'weight of the cycle B to A to B'],
  lambdaIdentity: ['--lambda-identity <weight>', 'identity loss, as a share of the cycle weights; 0 is none'],
  lambdaL1: ['--lambda-l1 <weight>', 'weight of the distance to the true picture (pix2pix)'],
  lambdaGanA: ['--lambda-gan-a <weight>', 'weight of the adversarial loss of generated pictures of A'],
  lambdaGanB: ['--lambda-gan-b <weight>', 'weight of the adversarial loss of generated pictures of B'],
  poolSize: ['--pool-size <n>', 'generated pictures kept for the discriminators'],
  lr: ['--lr <rate>', 'learning rate of Adam'],
  beta1: ['--beta1 <decay>', 'decay of the first moment of Adam'],
  epochs: ['--epochs <n>', 'epochs at the full learning rate'],
  decayEpochs: ['--decay-epochs <n>', 'further epochs, in which it falls to 0'],
  lrPolicy: ['--lr-policy <kind>', 'linear, constant, step, cosine or plateau'],
  decayEvery: ['--decay-every <epochs>', 'epochs after which the policy step takes a tenth'],
  patience: ['--patience <epochs>', 'epochs without progress before the policy plateau takes a fifth'],
  seed: ['--seed <n>', 'the same seed gives the same run'],
};

const SWITCHES: ReadonlySet<string> = new Set(['flip', 'dropout', 'serial']);

/** Adds an option for each setting, as a group of the help. */
export function addSettingOptions(command: Command): void {
  const schemas: Readonly<Record<string, z.ZodType>> = { ...SETTINGS, ...SHORT_FORMS };
  const defaults: Readonly<Record<string, unknown>> = DEFAULTS;
  for (const [name, [flags, about, shown]] of Object.entries(SETTING_OPTIONS)) {
    const schema = schemas[name] ?? z.unknown();
    const made = SWITCHES.has(name) ? new Option(flags, about) : option(flags, { about, schema, shown: shown ?? defaults[name] });
    command.addOption(made.helpGroup('What to train (defaults: the paper):'));
    // a preset or a file may say otherwise
    if (SWITCHES.has(name)) command.addOption(new Option(opposite(flags)).hideHelp());
  }
}

function opposite(flag: string): string {
  return flag.startsWith('--no-') ? flag.replace('--no-', '--') : flag.replace('--', '--no-');
}

/** Refuses the reference's spelling of options by naming ours. */
export function refuseReferenceOptions(command: Command): void {
  for (const [name, ours] of Object.entries(REFERENCE_OPTIONS)) {
    command.addOption(new Option(`--${name} [value]`).hideHelp());
    command.on(`option:${name}`, () => command.error(`error: unknown option '--${name}': here it is ${ours}.`));
  }
}

/** Settings that were given on the command line, unlike those that commander filled in. */
export function givenSettings(command: Command): GivenSettings {
  const names = Object.keys(SETTING_OPTIONS).filter((name) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(names.map((name) => [name, command.getOptionValue(name)]));
}

/** The flag of a setting, for messages. */
export function flagOf(name: string): string {
  const flags = Object.entries(SETTING_OPTIONS).find(([known]) => known === name)?.[1][0] ?? name;
  return flags.split(' ')[0] ?? flags;
}

/** Adds `--runs`, also spelled `--runs-dir`. */
export function addRunsOption(command: Command): void {
  command.option('--runs, --runs-dir <folder>', 'folder that holds the runs', DEFAULT_RUNS);
}

/** Adds `--backend`, `--device` and `--threads`, without defaults, which a command decides. */
export function addBackendOptions(command: Command): void {
  const group = 'What to compute on:';
  const expected = (names: readonly string[]) => z.enum(names as [string, ...string[]], { error: `Expected one of ${names.join(', ')}.` });
  const options = [
    option('--backend <name>', { about: BACKENDS.join(' or '), schema: expected(BACKENDS), shown: 'onnx' }),
    option('--device <name>', { about: DEVICES.join(', '), schema: expected(DEVICES), shown: 'cpu' }),
    option('--threads <n>', { about: 'CPU threads', schema: wholeNumber(1), shown: 'all cores' }),
  ];
  for (const made of options) command.addOption(made.helpGroup(group));
}
