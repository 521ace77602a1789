/**
 * Settings as text: what `train --config` reads, JSON or YAML with the keys of config.json, or a run's config.json itself, and what
 * `--print-config` writes. Checks each key and value; what they mean together is not its concern.
 */
import { readFile } from 'node:fs/promises';
import { closest } from 'fastest-levenshtein';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { onDisk } from '../disk.ts';
import { UsageError } from '../errors.ts';
import { kindOfPath } from '../files.ts';
import { NO_COUNTERPART, REFERENCE_OPTIONS } from './reference-options.ts';
import { fillIn, type GivenSettings, SETTINGS, type Settings, SHORT_FORMS } from './settings.ts';

const KEYS: Readonly<Record<string, z.ZodType>> = { ...SETTINGS, ...SHORT_FORMS };
const record = z.record(z.string(), z.unknown());

/** The settings in a file; throws UsageError naming the file and each key or value that is not as expected. */
export async function readConfigFile(path: string): Promise<GivenSettings> {
  if ((await kindOfPath(path)) !== 'file') throw new UsageError(`--config ${path}: there is no such file.`);
  const content = record.safeParse(parseText(path, await onDisk(path, 'read', () => readFile(path, 'utf8'))));
  if (!content.success) throw new UsageError(`--config ${path}: expected settings by name, as in 'size: 128'.`);
  const ofRun = content.data.format === 'cyclegan-run' ? record.safeParse(content.data.settings) : undefined;
  const settings = check(path, ofRun?.success ? ofRun.data : content.data);
  return ofRun === undefined ? settings : withoutDerived(settings);
}

/** Settings as YAML that `readConfigFile` reads; those that follow from others are comments, so that they follow what is changed in it. */
export function formatSettings(settings: Settings): string {
  const own = withoutDerived(settings);
  const derived = Object.entries(settings).filter(([name]) => !Object.hasOwn(own, name));
  return stringify(own) + derived.map(([name, value]) => `# ${name}: ${value} (follows from the others)\n`).join('');
}

function parseText(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const reason = String(error instanceof Error ? error.message.split('\n')[0] : error).replace(/[.:]$/, '');
    throw new UsageError(`--config ${path}: neither JSON nor YAML: ${reason}. Mend it there, or write a new file with --print-config.`);
  }
}

function check(path: string, content: Readonly<Record<string, unknown>>): GivenSettings {
  const problems = Object.entries(content).flatMap(([key, value]) => {
    const schema = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (schema === undefined) return [`there is no setting '${key}'; ${meant(key)}`];
    const issue = schema.safeParse(value).error?.issues[0];
    return issue === undefined ? [] : [`${key} is ${JSON.stringify(value)}: ${issue.message}`];
  });
  if (problems.length > 0) throw new UsageError(`--config ${path}: ${problems.join(' ')}`);
  return content;
}

function meant(key: string): string {
  if (Object.hasOwn(NO_COUNTERPART, key)) return NO_COUNTERPART[key] ?? '';
  const flag = Object.hasOwn(REFERENCE_OPTIONS, key) ? REFERENCE_OPTIONS[key] : undefined;
  const name = flag?.replace(/^--(no-)?/, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (name !== undefined && Object.hasOwn(KEYS, name)) return `here it is ${name}.`;
  return flag === undefined ? `did you mean ${closest(key, Object.keys(KEYS))}?` : `on the command line it is ${flag}.`;
}

/** Settings of a run without those that follow from others, so that they still follow when a flag changes the others. */
function withoutDerived(settings: GivenSettings): GivenSettings {
  const { loadHeight, loadWidth, levels, ...given } = settings;
  const derived = fillIn(given);
  const own = Object.entries({ loadHeight, loadWidth, levels }).filter(([name, value]) => value !== Object(derived)[name]);
  return { ...given, ...Object.fromEntries(own.filter(([, value]) => value !== undefined)) };
}
