/** docs/options.md: every command with its options, from the commands themselves. Knows no command by its name but train, whose settings files hold. */
import type { Argument, Command, Option } from 'commander';
import { createProgram } from '../../apps/cli/src/program.ts';
import { PRESETS } from '../../apps/cli/src/settings/presets.ts';
import { SETTING_OPTIONS, SWITCHES } from '../../apps/cli/src/settings/setting-options.ts';
import { DEFAULTS } from '../../apps/cli/src/settings/settings.ts';
import { namedValues, schemaOf } from '../../apps/cli/src/settings/value-schemas.ts';
import { block, code, table } from './markdown.ts';
import { describeValues } from './values.ts';

const INTRODUCTION = `# Commands and options

${code('cyclegan COMMAND --help')} shows the same in the terminal. This page is made by ${code('npm run docs')}; do not edit it.`;

const FILES = `## Settings in files

${code('--config')} takes a JSON or YAML file with the names in the column *in a file* above, and a run's ${code('config.json')}. ${code('--print-config')} writes such a file.
Options win over the file, the file over ${code('--preset')}, and that over the defaults, which are the paper's but for an identity loss of 0.5, as in the authors' code.

${block('yaml', 'size: 128\nngf: 32\nlambdaIdentity: 0\nflip: false')}`;

/** Flags to the names of settings. */
const NAMES: ReadonlyMap<string, string> = new Map(Object.entries(SETTING_OPTIONS).map(([name, [flags]]) => [flags, name]));

/** The text of the page. */
export async function optionsPage(): Promise<string> {
  const program = createProgram(() => {});
  const commands = program.createHelp().visibleCommands(program);
  const sections = commands.filter((command) => command.name() !== 'help').map(commandSection);
  return `${[INTRODUCTION, contents(commands), ...sections, FILES, presets()].join('\n\n')}\n`;
}

function contents(commands: readonly Command[]): string {
  const rows = commands.filter((command) => command.name() !== 'help');
  const link = (name: string) => `[${name}](#cyclegan-${name})`;
  return table(
    ['command', ''],
    rows.map((command) => [link(command.name()), command.summary()]),
  );
}

function commandSection(command: Command): string {
  const { registeredArguments: takes } = command;
  const usage = takes.length === 0 ? [] : [block('text', `cyclegan ${command.name()} ${command.usage()}`)];
  const taken = takes.length === 0 ? [] : [table(['argument', '', 'values'], takes.map(argumentRow))];
  const options = [...groups(command)].flatMap(([heading, group]) => [...(heading === '' ? [] : [`### ${heading}`]), optionTable(group)]);
  return [`## cyclegan ${command.name()}`, command.description(), ...usage, ...taken, ...options, block('text', afterText(command))].join(
    '\n\n',
  );
}

/** Options in the groups of the help, those of none under an empty heading. */
function groups(command: Command): ReadonlyMap<string, readonly Option[]> {
  const options = command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => option.long !== '--help');
  const found = new Map<string, Option[]>();
  for (const option of options) {
    const heading = (option.helpGroupHeading ?? '').replace(/:$/, '');
    found.set(heading, [...(found.get(heading) ?? []), option]);
  }
  return found;
}

function optionTable(options: readonly Option[]): string {
  return table(['option', 'what it is', 'values', 'default', 'in a file'], options.map(optionRow));
}

function optionRow(option: Option): readonly string[] {
  const [, about, shown] = /^(.*?)(?: \(default: (.*)\))?$/s.exec(option.description) ?? [];
  const given = option.defaultValue === undefined ? '' : String(option.defaultValue);
  const name = NAMES.get(option.flags) ?? '';
  const named = name === '' ? '' : code(name);
  if (SWITCHES.has(name))
    return [code(option.flags), about ?? '', `${code('true')}, ${code('false')}`, defaultOf(shown ?? switched(name)), named];
  // most say themselves what they may be
  const values = namedValues(option).every((value) => about?.includes(value)) && namedValues(option).length > 0 ? '' : valuesOf(option);
  return [code(option.flags), about ?? '', values, defaultOf(shown ?? given), named];
}

function switched(name: string): string {
  return String(Object.entries(DEFAULTS).find(([setting]) => setting === name)?.[1]);
}

/** A default that is a value, or words about one. */
function defaultOf(text: string): string {
  return /^(--)?[\w./-]+$/.test(text) ? code(text) : text;
}

function argumentRow(argument: Argument): readonly string[] {
  const { required, variadic } = argument;
  const name = `${argument.name()}${variadic ? '...' : ''}`;
  return [code(required ? `<${name}>` : `[${name}]`), argument.description, valuesOf(argument)];
}

function valuesOf(taker: Option | Argument): string {
  const schema = schemaOf(taker);
  if (schema !== undefined) return describeValues(schema);
  return (taker.argChoices ?? []).map(code).join(', ');
}

/** What the help says below the options. */
function afterText(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (more) => {
      text += more;
    },
  });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

function presets(): string {
  const rows = Object.entries(PRESETS).map(([name, settings]) => [
    code(name),
    Object.entries(settings)
      .map(([setting, value]) => code(`${setting}: ${value}`))
      .join(' '),
  ]);
  return `## Presets\n\n${code('--preset NAME')} sets, by the names in files, what the paper says of a data set; the rest are the defaults.\n\n${table(['preset', 'settings'], rows)}`;
}
