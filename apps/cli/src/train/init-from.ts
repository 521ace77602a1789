/**
 * What `train --init-from` takes of a source of weights: the settings that make networks like its own, and the weights themselves.
 * Knows networks and settings, and nothing of training or of how weights are stored.
 */
import type { HostTensor, ModelConfig, TensorRecord } from '@cyclegan/core';
import type { NetworkName } from '@cyclegan/formats';
import { UsageError } from '../errors.ts';
import { modelOfNetworks, type Networks, networksOf, type RunWeights } from '../runs/run-weights.ts';
import { flagOf } from '../settings/setting-options.ts';
import { type GivenSettings, SETTINGS } from '../settings/settings.ts';

const GENERATOR = { kind: 'generator', filters: 'ngf', blocks: 'blocks', levels: 'levels', norm: 'norm', dropout: 'dropout' } as const;
const DISCRIMINATOR = { kind: 'discriminator', filters: 'ndf', layers: 'discLayers', norm: 'norm' } as const;

/** The setting behind each property of a network; the generators, which come last, decide where networks share one. */
const SETTING_OF: Readonly<Record<NetworkName, Readonly<Record<string, keyof typeof SETTINGS>>>> = {
  discA: { ...DISCRIMINATOR, inputChannels: 'channelsA' },
  discB: { ...DISCRIMINATOR, inputChannels: 'channelsB' },
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
      // weights alone do not tell the dropout of a U-Net
      const told = name !== 'dropout' || networks[network]?.kind !== 'unet' || settings !== undefined;
      return name === undefined || !told ? [] : [[name, value] as const];
    }),
  );
  const all = [['model', modelOfNetworks(networks)] as const, ...found];
  return Object.fromEntries(all.filter(([name, value]) => value !== undefined && SETTINGS[name].safeParse(value).success));
}

/**
 * The weights of a source for a model; `taken` are the settings that follow from the source. Throws UsageError naming what differs
 * between its networks and the model's.
 */
export function initialWeights(source: RunWeights, model: ModelConfig, taken: GivenSettings = {}): InitialWeights {
  const wanted = networksOf(model);
  const names = NAMES.filter((name) => wanted[name] !== undefined).sort();
  checkFit(source, model);
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

interface Difference {
  /** `ngf 64 there, 32 here`. */
  readonly what: string;
  /** `--ngf 64`; undefined when no setting makes such a network. */
  readonly remedy: string | undefined;
}

function checkFit({ path, networks }: RunWeights, model: ModelConfig): void {
  const differences = differencesOf(networks, model);
  if (differences.length === 0) return;
  const told = [...new Set(differences.map(({ what }) => what))].join('; ');
  const remedies = [...new Set(differences.map(({ remedy }) => remedy))];
  const remedy = remedies.includes(undefined) ? 'No option makes such a network: start from other weights' : `Give ${remedies.join(' ')}`;
  throw new UsageError(`--init-from: the weights in ${path} are of another model: ${told}. ${remedy}.`);
}

/** Of another model, or another kind of network, nothing else can be compared. */
function differencesOf(networks: Networks, model: ModelConfig): Difference[] {
  const kind = modelOfNetworks(networks) ?? model.kind;
  if (kind !== model.kind) return [{ what: `model ${kind} there, ${model.kind} here`, remedy: `--model ${kind}` }];
  const wanted = networksOf(model);
  // dropout has no weights; what pix2pix's discriminator takes follows from the generator
  const matters = (name: NetworkName, property: string) =>
    property !== 'dropout' && !(name === 'discB' && property === 'inputChannels' && kind === 'pix2pix' && networks.genAB !== undefined);
  return NAMES.flatMap((name) => {
    const [there, here] = [propertiesOf(networks[name]), propertiesOf(wanted[name])];
    if (there.size === 0 || here.size === 0) return [];
    const differ = [...new Set([...there.keys(), ...here.keys()])].filter((key) => matters(name, key) && there.get(key) !== here.get(key));
    return (differ.includes('kind') ? ['kind'] : differ).map((key) => difference(name, key, [there.get(key), here.get(key)]));
  });
}

function propertiesOf(network: object = {}): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(network));
}

function difference(name: NetworkName, property: string, [there, here]: readonly [unknown, unknown]): Difference {
  const setting = SETTING_OF[name][property];
  const what = `${setting ?? `${name}'s ${property}`} ${there ?? 'none'} there, ${here ?? 'none'} here`;
  const possible = setting !== undefined && SETTINGS[setting].safeParse(there).success;
  return { what, remedy: possible ? `${flagOf(setting)} ${there}` : undefined };
}
