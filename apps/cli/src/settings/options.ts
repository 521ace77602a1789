/** Options as commander takes them: flags and help, and values checked by the same schemas as config.json. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { AUTO, BACKENDS, DEFAULT_BACKEND, DEVICES, devicesOf } from '../backends.ts';
import { describeOrder } from '../engines/auto-order.ts';
import { didYouMean } from '../suggest.ts';
import { PRESET_NAMES, publishedName } from './presets.ts';
import { NO_COUNTERPART, REFERENCE_OPTIONS } from './reference-options.ts';
import { SETTING_GROUPS, SETTING_OPTIONS, type SettingOption, SWITCHES } from './setting-options.ts';
import { DEFAULTS, type GivenSettings, ONE_OF, oneOf, SETTINGS, SHORT_FORMS, wholeNumber } from './settings.ts';
import { namesIn, withNarrowing, withSchema } from './value-schemas.ts';

/** Where runs lie unless another folder is given. */
export const DEFAULT_RUNS = 'runs';

const SCHEMAS: Readonly<Record<string, z.ZodType>> = { ...SETTINGS, ...SHORT_FORMS };
const VALUES: Readonly<Record<string, unknown>> = DEFAULTS;

const DEVICE = z.enum(DEVICES, {
  error: ({ input }) =>
    input === 'gpu'
      ? 'Expected the kind of GPU: cuda for NVIDIA, coreml for a Mac, dml for Windows, webgpu for any with a driver, or --backend auto in its place.'
      : `${ONE_OF} ${DEVICES.join(', ')}.`,
});

/** A parser for commander: text to a value that fits `schema`, numbers where the text is one. */
function parserOf(schema: z.ZodType): (text: string) => unknown {
  return (text) => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    const result = schema.safeParse(Number.isNaN(number) ? text : number);
    if (result.success) return result.data;
    const expected = result.error.issues[0]?.message ?? 'Expected something else.';
    const meant = expected.startsWith(ONE_OF) ? didYouMean(text, namesIn(schema)) : '';
    throw new InvalidArgumentError(meant === '' ? expected : expected.replace(/\.$/, meant));
  };
}

/** An option whose value must fit a schema; `shown` is the default as the help tells it. */
export function option(flags: string, { about, schema, shown }: { about: string; schema: z.ZodType; shown?: unknown }): Option {
  const text = shown === undefined ? about : `${about} (default: ${shown})`;
  return withSchema(new Option(flags, text).argParser(parserOf(schema)), schema);
}

/** Adds an option for each setting, in groups of the help. */
export function addSettingOptions(command: Command): void {
  for (const [heading, settings] of Object.entries(SETTING_GROUPS)) {
    for (const [name, about] of Object.entries(settings)) addSettingOption(command.optionsGroup(heading), name, about);
  }
}

function addSettingOption(command: Command, name: string, [flags, about, shown]: SettingOption): void {
  if (!SWITCHES.has(name)) {
    command.addOption(option(flags, { about, schema: SCHEMAS[name] ?? z.unknown(), shown: shown ?? VALUES[name] }));
    return;
  }
  command.addOption(new Option(flags, about));
  // a preset or a file may say otherwise
  command.addOption(new Option(opposite(flags)).hideHelp());
}

function opposite(flag: string): string {
  return flag.startsWith('--no-') ? flag.replace('--no-', '--') : flag.replace('--', '--no-');
}

/** Refuses the reference's spelling of options by naming ours, or why there is none. */
export function refuseReferenceOptions(command: Command): void {
  const named = Object.entries(REFERENCE_OPTIONS).map(([name, ours]) => [name, `here it is ${ours}.`] as const);
  for (const [name, answer] of [...named, ...Object.entries(NO_COUNTERPART)]) {
    command.addOption(new Option(`--${name} [value]`).hideHelp());
    command.on(`option:${name}`, () => command.error(`error: unknown option '--${name}': ${answer}`));
  }
}

/** Settings that were given on the command line, unlike those that commander filled in. */
export function givenSettings(command: Command): GivenSettings {
  const names = Object.keys(SETTING_OPTIONS).filter((name) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(names.map((name) => [name, command.getOptionValue(name)]));
}

/** `--checkpoint`: which of a run's. */
export function checkpointOption(): Option {
  return option('--checkpoint <step>', { about: 'the checkpoint after this step', schema: wholeNumber(0), shown: 'the last one' });
}

/** `--preset`, by the name of a data set. */
export function presetOption(): Option {
  const schema = z
    .string()
    .transform(publishedName)
    .pipe(oneOf(...PRESET_NAMES));
  return option('--preset <name>', { about: `the paper's settings for a data set: ${PRESET_NAMES.join(', ')}`, schema });
}

/** Adds `--runs`, also spelled `--runs-dir`. */
export function addRunsOption(command: Command): void {
  command.option('--runs, --runs-dir <folder>', 'folder that holds the runs', DEFAULT_RUNS);
}

/** `auto` chooses the device as well. */
function devicesBeside(backend: string): readonly string[] {
  return BACKENDS.filter((known) => known === backend).flatMap(devicesOf);
}

function describeDevices(): string {
  return BACKENDS.map((backend) => `of ${backend}: ${devicesOf(backend).join(', ')}`).join('; ');
}

/** Adds `--backend`, `--device` and `--threads`, without defaults, which a command decides. */
export function addBackendOptions(command: Command): void {
  const group = 'What to compute on:';
  const options = [
    option('--backend <name>', {
      about: `${BACKENDS.join(', ')}; auto is ${describeOrder()}`,
      schema: oneOf(...BACKENDS, AUTO),
      shown: DEFAULT_BACKEND,
    }),
    withNarrowing(option('--device <name>', { about: describeDevices(), schema: DEVICE, shown: 'the first of them' }), {
      by: '--backend',
      values: devicesBeside,
    }),
    option('--threads <n>', { about: 'CPU threads', schema: wholeNumber(1), shown: 'all cores' }),
  ];
  for (const made of options) command.addOption(made.helpGroup(group));
}
