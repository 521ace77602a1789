/** What a report tells of a run that does not change while it is trained: settings, commands, machine and pictures, in words. */
import { createRequire } from 'node:module';
import { environmentOf } from '../backends.ts';
import type { RunConfig } from '../runs/run-folder.ts';
import { flagOf, SETTING_OPTIONS } from '../settings/setting-options.ts';
import { fillIn, type Settings, withoutEffect } from '../settings/settings.ts';
import { shellWord } from '../shell.ts';
import type { Beginning } from '../train/observer.ts';
import type { Run } from '../train/run.ts';
import type { About, ShownSetting } from './report-data.ts';

const { version: VERSION } = createRequire(import.meta.url)('../../package.json') as { readonly version: string };

type Facts = About['environment'];

/** Tells of a run as it begins. */
export function aboutRun(run: Run, beginning: Beginning): About {
  const { settings, execution, continuation, folder } = run;
  const { width, height } = settings;
  return {
    settings: shownSettings(settings),
    commands: { goOn: continuation, translate: `cyclegan translate PICTURES --run ${shellWord(folder.path)} --out translated` },
    environment: environmentFacts(run, beginning),
    data: dataFacts(run),
    sampled: execution.sampleEvery > 0,
    size: { width, height },
  };
}

/** Pairs of settings that have one option as long as they are the same. */
const SHORT = [
  ['channels', 'channelsA', 'channelsB'],
  ['size', 'height', 'width'],
  ['loadSize', 'loadHeight', 'loadWidth'],
] as const;

/** The settings that have an effect, in the order of the help: those that are not as usual, and the others. */
function shownSettings(settings: Settings): About['settings'] {
  const { model, height, width, preprocess } = settings;
  // what follows from the size is usual when it follows from this size
  const { loadHeight, loadWidth, levels } = fillIn({ model, height, width, preprocess });
  const values = shortened(settings);
  const paper = { ...fillIn({ model }), loadHeight, loadWidth, levels };
  const usual: Readonly<Record<string, unknown>> = { ...paper, ...shortened(paper) };
  const idle = new Set<string>(withoutEffect(settings, settings).map(({ name }) => name));
  const shown = Object.keys(SETTING_OPTIONS).filter((name) => Object.hasOwn(values, name) && !idle.has(name));
  const pick = (differs: boolean) =>
    shown.filter((name) => (values[name] !== usual[name]) === differs).map((name) => shownSetting(name, values[name], usual[name]));
  return { changed: pick(true), usual: pick(false) };
}

/** Settings with short forms where they say the same; a pair that differs is there by itself. */
function shortened(settings: Settings): Record<string, unknown> {
  const values: Record<string, unknown> = { ...settings };
  for (const [short, one, other] of SHORT) {
    values[short] = settings[one];
    if (settings[one] !== settings[other]) delete values[short];
    else for (const name of [one, other]) delete values[name];
  }
  return values;
}

function shownSetting(name: string, value: unknown, usual: unknown): ShownSetting {
  const about = SETTING_OPTIONS[name as keyof typeof SETTING_OPTIONS][1];
  return { flag: flagOf(name), about, value: inWords(value, name), usual: inWords(usual, name) };
}

function inWords(value: unknown, name: string): string {
  if (value === undefined) return 'all';
  if (typeof value !== 'boolean') return String(value);
  // `--no-flip` is given when flip is not on
  const given = flagOf(name).startsWith('--no-') ? !value : value;
  return given ? 'given' : 'not given';
}

function environmentFacts({ execution }: Run, { engine, weights, compileSeconds }: Beginning): Facts {
  const { backend = '', device = '', engine: description = '', threads = '', node = '' } = environmentOf(engine);
  return [
    ['backend', `${backend} on ${device}`],
    ['engine', description],
    ['threads', threads],
    ['memory use', execution.memory ?? 'fast'],
    ['precision', execution.precision ?? 'f32'],
    ['weights', `${(weights / 1e6).toPrecision(3)} million`],
    ['compiled in', `${compileSeconds.toFixed(1)} s`],
    ['cyclegan', VERSION],
    ['Node', node],
    ['system', `${process.platform} ${process.arch}`],
  ];
}

function dataFacts({ execution, dataset, data, initial, resumed }: Run): Facts {
  const { data: both, dataA, dataB } = execution;
  const folders: Facts =
    both === undefined ? [['folder of A', dataA ?? ''] as const, ['folder of B', dataB ?? ''] as const] : [['folder', both]];
  const started: RunConfig['initFrom'] = resumed?.config.initFrom ?? initial?.path;
  return [
    ...folders,
    ['pictures of A', String(dataset.A.pictures)],
    ['pictures of B', String(dataset.B.pictures)],
    ['steps an epoch', String(data.stepsPerEpoch)],
    ...(started === undefined ? [] : [['weights from', started] as const]),
  ];
}
