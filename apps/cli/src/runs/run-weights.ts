/** The networks of a run and their weights, wherever they were written: what translating, exporting and starting from them need alike. */
import { basename } from 'node:path';
import type { DiscriminatorSpec, GeneratorSpec, ModelConfig, TensorRecord } from '@cyclegan/core';
import { FormatError, findNetworks, type NetworkName } from '@cyclegan/formats';
import { RunError } from '../errors.ts';
import { kindOfPath } from '../files.ts';
import { isCheckpoint, loadCheckpoint } from './checkpoint.ts';
import { findRun, type RunFolder } from './run-folder.ts';
import { readTensors } from './weights-file.ts';

/** Networks by name; a file need not hold them all. */
export interface Networks {
  readonly genAB?: GeneratorSpec;
  readonly genBA?: GeneratorSpec;
  readonly discA?: DiscriminatorSpec;
  readonly discB?: DiscriminatorSpec;
}

/** Trained networks, their weights still on the disk where they are large. */
export interface RunWeights {
  /** The file, or the folder of files, that they come from, for messages. */
  readonly path: string;
  readonly networks: Networks;
  /** Settings of the run that trained them, where they are known. */
  readonly settings: Readonly<Record<string, unknown>> | undefined;
  /** The variables of a network, under their full names such as `genAB/stem/conv/weight`. */
  read(network: NetworkName): Promise<TensorRecord>;
}

/** The networks of a model. */
export function networksOf(model: ModelConfig): Networks {
  const shared = { genAB: model.generatorAB, discB: model.discriminatorB };
  return model.kind === 'pix2pix' ? shared : { ...shared, genBA: model.generatorBA, discA: model.discriminatorA };
}

/** Which model has such networks, where that shows: the discriminator of pix2pix judges both pictures of a pair. */
export function modelOfNetworks({ genAB, discB }: Networks): ModelConfig['kind'] | undefined {
  if (genAB === undefined || discB === undefined) return undefined;
  return discB.inputChannels === genAB.outputChannels ? 'cyclegan' : 'pix2pix';
}

/** The names of the networks that there are, generators first. */
export function networkNames({ networks }: Pick<RunWeights, 'networks'>): NetworkName[] {
  return (['genAB', 'genBA', 'discB', 'discA'] as const).filter((name) => networks[name] !== undefined);
}

/** Which of a run's checkpoints: that of a step, or the last one. */
export interface WhichCheckpoint {
  readonly checkpoint?: number | undefined;
}

/**
 * The weights of a run, by its name or its folder, of an imported one or the reference's too; or those of a file: a checkpoint, or weights under the
 * reference's names (.pth or safetensors). Throws RunError when there are none, FormatError naming the file when it cannot be understood.
 */
export async function openRunWeights(runs: string, run: string, { checkpoint }: WhichCheckpoint = {}): Promise<RunWeights> {
  if ((await kindOfPath(run)) === 'file') {
    if (checkpoint === undefined) return openWeightsFile(run);
    throw new RunError(`${run} is a file; a checkpoint can be chosen from a run, by its name or its folder.`);
  }
  const folder = await findRun(runs, run);
  const steps = await folder.checkpointSteps();
  if (checkpoint === undefined && steps.length === 0) return openNetworkFiles(folder);
  const step = checkpoint ?? steps.at(-1);
  if (step === undefined || !steps.includes(step))
    throw new RunError(
      `${folder.path} has no checkpoint of step ${step}; it has ${steps.length === 0 ? 'none' : `those of ${steps.join(', ')}`}.`,
    );
  return openCheckpointWeights(folder.checkpoint(step));
}

/** The weights in one file. */
export async function openWeightsFile(path: string): Promise<RunWeights> {
  return (await isCheckpoint(path)) ? openCheckpointWeights(path) : combine(path, await readNetworks(path));
}

/** The weights in several files of one network each, or of several. */
export async function openWeightsFiles(paths: readonly string[]): Promise<RunWeights> {
  for (const path of paths) {
    if ((await kindOfPath(path)) === 'folder') throw new RunError(`${path} is a folder: give the files in it that are wanted.`);
  }
  const [first = '', ...others] = paths;
  if (others.length === 0) return openWeightsFile(first);
  const found = await Promise.all(paths.map(readNetworks));
  return combine(paths.join(', '), found.flat());
}

async function openCheckpointWeights(path: string): Promise<RunWeights> {
  const { model, settings } = await loadCheckpoint(path, { prefix: 'genAB/' });
  const read = async (network: NetworkName) => (await loadCheckpoint(path, { prefix: `${network}/` })).state.variables;
  return { path, networks: networksOf(model), settings, read };
}

async function openNetworkFiles(folder: RunFolder): Promise<RunWeights> {
  const files = await folder.networkFiles();
  if (files.length === 0)
    throw new RunError(`${folder.path} has no checkpoint yet (${folder.checkpoints}): train it further, or check the name and --runs.`);
  const found = await Promise.all(files.map(readNetworks));
  return combine(folder.path, found.flat());
}

/** A network in memory. */
interface NamedNetwork {
  /** Its file. */
  readonly path: string;
  readonly name: NetworkName;
  readonly spec: GeneratorSpec | DiscriminatorSpec;
  readonly variables: TensorRecord;
}

async function readNetworks(path: string): Promise<NamedNetwork[]> {
  const tensors = await readTensors(path);
  try {
    return findNetworks(tensors, basename(path)).map(({ name, spec, weights }) => ({ path, name, spec, variables: below(name, weights) }));
  } catch (error) {
    if (error instanceof FormatError) error.message = `${path}: ${error.message}`;
    throw error;
  }
}

function below(prefix: string, record: TensorRecord): TensorRecord {
  return Object.fromEntries(Object.entries(record).map(([name, tensor]) => [`${prefix}/${name}`, tensor]));
}

function combine(path: string, networks: readonly NamedNetwork[]): RunWeights {
  const byName = new Map(networks.map((network) => [network.name, network]));
  if (byName.size < networks.length) {
    const twice = networks.find((network) => byName.get(network.name) !== network);
    const paths = networks.filter(({ name }) => name === twice?.name).map((network) => network.path);
    throw new RunError(
      `${paths.join(' and ')} hold one network, ${twice?.name}: name files as in latest_net_G_A.pth, latest_net_G_B.pth, or give one of them alone.`,
    );
  }
  const specs = Object.fromEntries(networks.map(({ name, spec }) => [name, spec]));
  return { path, networks: specs, settings: undefined, read: async (name) => byName.get(name)?.variables ?? {} };
}
