/** The networks of a run and their weights, wherever they were written: what translating, exporting and starting from them need alike. */
import type { DiscriminatorSpec, GeneratorSpec, TensorRecord } from '@cyclegan/core';
import { loadCheckpoint } from './checkpoint.ts';
import { RunError } from './errors.ts';
import { kindOfPath } from './files.ts';
import { findRun } from './run-folder.ts';

/** Networks by name; a file need not hold them all. */
export interface Networks {
  readonly genAB?: GeneratorSpec;
  readonly genBA?: GeneratorSpec;
  readonly discA?: DiscriminatorSpec;
  readonly discB?: DiscriminatorSpec;
}

/** The name of a network. */
export type NetworkName = keyof Networks;

/** Trained networks, their weights still on the disk. */
export interface RunWeights {
  /** The file they come from, for messages. */
  readonly path: string;
  readonly networks: Networks;
  /** Settings of the run that trained them, where they are known. */
  readonly settings: Readonly<Record<string, unknown>> | undefined;
  /** The variables of a network, under their full names such as `genAB/stem/conv/weight`. */
  read(network: NetworkName): Promise<TensorRecord>;
}

/** Which of a run's checkpoints: that of a step, or the last one. */
export interface WhichCheckpoint {
  readonly checkpoint?: number | undefined;
}

/** The weights of a run, by its name or its folder, or those of a checkpoint's file; throws RunError when there are none. */
export async function openRunWeights(runs: string, run: string, which: WhichCheckpoint = {}): Promise<RunWeights> {
  const path = await checkpointOf(runs, run, which);
  const { model, settings } = await loadCheckpoint(path, { prefix: 'genAB/' });
  const { generatorAB, discriminatorB } = model;
  const shared = { genAB: generatorAB, discB: discriminatorB };
  const networks = model.kind === 'pix2pix' ? shared : { ...shared, genBA: model.generatorBA, discA: model.discriminatorA };
  const read = async (network: NetworkName) => (await loadCheckpoint(path, { prefix: `${network}/` })).state.variables;
  return { path, networks, settings, read };
}

async function checkpointOf(runs: string, run: string, { checkpoint }: WhichCheckpoint): Promise<string> {
  if ((await kindOfPath(run)) === 'file') {
    if (checkpoint === undefined) return run;
    throw new RunError(`${run} is a file; a checkpoint can be chosen from a run, by its name or its folder.`);
  }
  const folder = await findRun(runs, run);
  const steps = await folder.checkpointSteps();
  const step = checkpoint ?? steps.at(-1);
  if (step === undefined)
    throw new RunError(`${folder.path} has no checkpoint yet (${folder.checkpoints}): train it further, or check the name and --runs.`);
  if (!steps.includes(step))
    throw new RunError(`${folder.path} has no checkpoint of step ${step}; it has those of ${steps.join(', ') || 'none'}.`);
  return folder.checkpoint(step);
}
