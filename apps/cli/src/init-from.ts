/**
 * What `train --init-from` takes of a source of weights: the settings that make networks like its own, and the weights themselves.
 * Knows networks and settings, and nothing of training or of how weights are stored.
 */
import type { HostTensor, ModelConfig, TensorRecord } from '@cyclegan/core';
import { UsageError } from './errors.ts';
import type { NetworkName, Networks, RunWeights } from './run-weights.ts';
import { flagOf } from './setting-options.ts';
import { type GivenSettings, SETTINGS } from './settings.ts';

const GENERATOR = { kind: 'generator', filters: 'ngf', blocks: 'blocks', levels: 'levels', norm: 'norm', dropout: 'dropout' } as const;
const DISCRIMINATOR = { kind: 'discriminator', filters: 'ndf', layers: 'discLayers', norm: 'norm' } as const;

/** The setting behind each property of a network; the generators, which come last, decide where networks share one. */
const SETTING_OF: Readonly<Record<NetworkName, Readonly<Record<string, keyof typeof SETTINGS>>>> = {
  discA: DISCRIMINATOR,
  discB: DISCRIMINATOR,
  genBA: { ...GENERATOR, inputChannels: 'channelsB', outputChannels: 'channelsA' },
  genAB: { ...GENERATOR, inputChannels: 'channelsA', outputChannels: 'channelsB' },
};
const NAMES = Object.keys(SETTING_OF) as NetworkName[];

/** Weights that a run starts from. */
export interface InitialWeights {
  /** The file they come from. */
  readonly path: string;
  /** In words, what they are. */
  readonly about: string;
  /** The variables of all networks that the source has. */
  read(): Promise<TensorRecord>;
}

/** The settings that make networks like those of a source, as far as settings can. */
export function settingsLike({ networks, settings }: Pick<RunWeights, 'networks' | 'settings'>): GivenSettings {
  const found = NAMES.flatMap((network) =>
    Object.entries(networks[network] ?? {}).flatMap(([property, value]) => {
      const name = SETTING_OF[network][property];
      return name === undefined ? [] : [[name, value] as const];
    }),
  );
  const all = [['model', settings?.model] as const, ...found];
  return Object.fromEntries(all.filter(([name, value]) => value !== undefined && SETTINGS[name].safeParse(value).success));
}

/**
 * The weights of a source for a model; `taken` are the settings that follow from the source. Throws UsageError naming what differs
 * between its networks and the model's.
 */
export function initialWeights(source: RunWeights, model: ModelConfig, taken: GivenSettings = {}): InitialWeights {
  const wanted = networksOf(model);
  const names = NAMES.filter((name) => wanted[name] !== undefined).sort();
  checkFit(source, wanted);
  const there = names.filter((name) => source.networks[name] !== undefined);
  const missing = names.filter((name) => source.networks[name] === undefined);
  const read = async () => Object.assign({}, ...(await Promise.all(there.map((name) => readNetwork(source, name)))));
  return { path: source.path, about: describe(source.path, { there, missing, taken }), read };
}

/** Copies: training moves them to its thread, and what a reader returns may lie in memory that holds more. */
async function readNetwork(source: RunWeights, name: NetworkName): Promise<TensorRecord> {
  const tensors = Object.entries(await source.read(name));
  return Object.fromEntries(tensors.map(([variable, tensor]) => [variable, { ...tensor, data: tensor.data.slice() } as HostTensor]));
}

interface Taken {
  readonly there: readonly NetworkName[];
  readonly missing: readonly NetworkName[];
  readonly taken: GivenSettings;
}

function describe(path: string, { there, missing, taken }: Taken): string {
  const settings = Object.entries(taken).map(([name, value]) => ` ${flagged(name, value)}`);
  const from = `the weights of ${there.join(', ')} come from ${path}${settings.length === 0 ? '' : `, and with them${settings.join('')}`}`;
  return missing.length === 0 ? from : `${from}; it has no ${missing.join(', ')}: new weights there`;
}

/** A setting as it is given on the command line. */
function flagged(name: string, value: unknown): string {
  if (typeof value !== 'boolean') return `${flagOf(name)} ${value}`;
  return value ? flagOf(name) : flagOf(name).replace('--', '--no-');
}

function networksOf(model: ModelConfig): Networks {
  const shared = { genAB: model.generatorAB, discB: model.discriminatorB };
  return model.kind === 'pix2pix' ? shared : { ...shared, genBA: model.generatorBA, discA: model.discriminatorA };
}

interface Difference {
  /** `ngf 64 there, 32 here`. */
  readonly what: string;
  /** `--ngf 64`; undefined when no setting makes such a network. */
  readonly remedy: string | undefined;
}

function checkFit({ path, networks }: RunWeights, wanted: Networks): void {
  const differences = NAMES.flatMap((name) => differencesOf(name, networks[name], wanted[name]));
  if (differences.length === 0) return;
  const told = [...new Set(differences.map(({ what }) => what))].join('; ');
  const remedies = [...new Set(differences.map(({ remedy }) => remedy))];
  const remedy = remedies.includes(undefined) ? 'No option makes such a network: start from other weights' : `Give ${remedies.join(' ')}`;
  throw new UsageError(`--init-from: the weights in ${path} are of another model: ${told}. ${remedy}.`);
}

/** Dropout has no weights, so it may differ; of another kind of network nothing else can be compared. */
function differencesOf(name: NetworkName, there: object | undefined, here: object | undefined): Difference[] {
  if (there === undefined || here === undefined) return [];
  const [has, wants] = [new Map<string, unknown>(Object.entries(there)), new Map<string, unknown>(Object.entries(here))];
  const differ = [...new Set([...has.keys(), ...wants.keys()])].filter((key) => key !== 'dropout' && has.get(key) !== wants.get(key));
  return (differ.includes('kind') ? ['kind'] : differ).map((key) => {
    const setting = SETTING_OF[name][key];
    const what = `${setting ?? `${name}'s ${key}`} ${has.get(key) ?? 'none'} there, ${wants.get(key) ?? 'none'} here`;
    const possible = setting !== undefined && SETTINGS[setting].safeParse(has.get(key)).success;
    return { what, remedy: possible ? `${flagOf(setting)} ${has.get(key)}` : undefined };
  });
}
