/**
 * What may stand at the end of an unfinished call: commands, options, their values, runs, or files. It follows from the commands
 * themselves; nothing here knows shells.
 */
import type { Argument, Command, Option } from 'commander';
import { runNames } from '../runs/run-names.ts';
import { namedValues, narrowingOf } from '../settings/value-schemas.ts';

/** A word that may stand there. */
export interface Suggestion {
  readonly word: string;
  readonly about: string;
}

/** Words that begin like the unfinished one; or files, which the shell finds itself. */
export type Completion = readonly Suggestion[] | 'files';

/** A call as far as it is typed. */
interface Call {
  readonly command: Command;
  /** What was given besides options. */
  readonly args: readonly string[];
  readonly options: ReadonlyMap<Option, string | undefined>;
  /** An option whose value comes next. */
  readonly open: Option | undefined;
}

/** What may stand in the place of the last of `words`, which follow the name of the program. */
export async function complete(program: Command, words: readonly string[]): Promise<Completion> {
  const last = words.at(-1) ?? '';
  const call = readCall(program, words.slice(0, -1));
  if (call.open !== undefined) return valuesOf(call.open, call, last);
  const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(last) ?? [];
  if (flag !== undefined && value !== undefined) return assigned(call, flag, value);
  if (last.startsWith('-') && last !== '-') return beginning(last, optionsOf(call));
  if (call.command.commands.length > 0 && call.args.length === 0) return beginning(last, commandsOf(call.command));
  const argument = argumentAt(call);
  if (argument === undefined) return [];
  const names = namedValues(argument);
  return names.length === 0 ? 'files' : beginning(last, plain(names));
}

function readCall(program: Command, words: readonly string[]): Call {
  return words.reduce<Call>(withWord, { command: program, args: [], options: new Map(), open: undefined });
}

function withWord(call: Call, word: string): Call {
  const { command, args, options, open } = call;
  if (open !== undefined) return { ...call, options: new Map(options).set(open, word), open: undefined };
  if (word.startsWith('-')) {
    const [flag = '', value] = word.split('=', 2);
    const option = optionNamed(command, flag);
    if (option === undefined) return call;
    if (value === undefined && takesValue(option)) return { ...call, open: option };
    return { ...call, options: new Map(options).set(option, value) };
  }
  const chosen = args.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
  return chosen === undefined ? { ...call, args: [...args, word] } : { ...call, command: chosen };
}

function optionNamed(command: Command, flag: string): Option | undefined {
  return command.options.find(({ short, long }) => short === flag || long === flag);
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

async function assigned(call: Call, flag: string, value: string): Promise<Completion> {
  const option = optionNamed(call.command, flag);
  if (option === undefined || !takesValue(option)) return [];
  const values = await valuesOf(option, call, value);
  return values === 'files' ? values : values.map(({ word, about }) => ({ word: `${flag}=${word}`, about }));
}

async function valuesOf(option: Option, call: Call, begun: string): Promise<Completion> {
  const { command, options } = call;
  const names = narrowedValues(option, call);
  if (names.length > 0) return beginning(begun, plain(names));
  if (/<(file|folder)>/.test(option.flags)) return 'files';
  if (!option.flags.includes('<run>')) return [];
  const runs = command.options.find(({ long }) => long === '--runs-dir');
  const place = runs === undefined ? undefined : (options.get(runs) ?? runs.defaultValue);
  const found = beginning(begun, plain(await runNames(String(place ?? ''))));
  // a run may also be given by its folder or a file; a new one has a name of its own
  return found.length === 0 && option.long !== '--name' ? 'files' : found;
}

/** The values of an option that go with what was given for others. */
function narrowedValues(option: Option, { command, options }: Call): readonly string[] {
  const narrowing = narrowingOf(option);
  const other = narrowing && optionNamed(command, narrowing.by);
  const given = other && options.get(other);
  return narrowing === undefined || given === undefined ? namedValues(option) : narrowing.values(given);
}

function optionsOf({ command, options }: Call): Suggestion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => !options.has(option))
    .flatMap(({ short, long, description }) => [short, long].flatMap((word) => (word === undefined ? [] : [{ word, about: description }])))
    .sort((a, b) => Number(b.word.startsWith('--')) - Number(a.word.startsWith('--')));
}

function commandsOf(command: Command): Suggestion[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ word: each.name(), about: each.summary() || each.description() }));
}

function argumentAt({ command, args }: Call): Argument | undefined {
  const last = command.registeredArguments.at(-1);
  return command.registeredArguments[args.length] ?? (last?.variadic ? last : undefined);
}

function plain(words: readonly string[]): Suggestion[] {
  return words.map((word) => ({ word, about: '' }));
}

function beginning(begun: string, suggestions: readonly Suggestion[]): Suggestion[] {
  return suggestions.filter(({ word }) => word.startsWith(begun));
}
