/** Checkpoints of a run on the disk; what is in them is the formats package's affair. */
import type { HostTensor, TensorRecord, TrainingState } from '@cyclegan/core';
import {
  type CheckpointFile,
  type CheckpointInfo,
  checkpointChunks,
  FormatError,
  openCheckpoint,
  isCheckpoint as sourceIsCheckpoint,
} from '@cyclegan/formats';
import { RunError } from '../errors.ts';
import { withSource, writeFileAtomic } from '../files.ts';
import type { RunFolder } from './run-folder.ts';

/** Replaces the checkpoint at `path`. */
export async function saveCheckpoint(path: string, state: TrainingState, info: CheckpointInfo): Promise<void> {
  await writeFileAtomic(path, checkpointChunks(state, info));
}

/** What was read of a checkpoint: its description, and variables. */
export interface LoadedCheckpoint extends CheckpointInfo {
  readonly state: TrainingState;
}

/**
 * Reads the checkpoint at `path`: all variables, or those whose names begin with `prefix`. Throws FormatError naming the file when it
 * is not a checkpoint, RunError when it cannot be read.
 */
export async function loadCheckpoint(path: string, { prefix = '' } = {}): Promise<LoadedCheckpoint> {
  return withSource(path, async (source) => {
    const checkpoint = await openCheckpoint(source);
    const { standing, model, settings, environment } = checkpoint;
    return { state: { ...standing, variables: await readVariables(checkpoint, prefix) }, model, settings, environment };
  }).catch((error: unknown) => {
    if (error instanceof FormatError) error.message = `${path}: ${error.message}`;
    throw error;
  });
}

/** Whether the file at `path` is a checkpoint, whole or not. */
export function isCheckpoint(path: string): Promise<boolean> {
  return withSource(path, sourceIsCheckpoint);
}

async function readVariables({ names, tensor }: CheckpointFile, prefix: string): Promise<TensorRecord> {
  const variables: Record<string, HostTensor> = {};
  for (const name of names) if (name.startsWith(prefix)) variables[name] = await tensor(name);
  return variables;
}

/**
 * Where a run goes on from: its newest checkpoint, or the one of a step; nothing when it has none. Throws RunError, naming the one
 * before, when that file is damaged, or when there is none of the step.
 */
export async function resumeFrom(folder: RunFolder, step?: number): Promise<LoadedCheckpoint | undefined> {
  const steps = await folder.checkpointSteps();
  if (step !== undefined && !steps.includes(step))
    throw new RunError(`${folder.path} has no checkpoint of step ${step}; it has ${steps.join(', ') || 'none'}.`);
  const wanted = step ?? steps.at(-1);
  if (wanted === undefined) return undefined;
  try {
    return await loadCheckpoint(folder.checkpoint(wanted));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const earlier = steps.filter((other) => other < wanted);
    throw new RunError(`${error.message} ${await remedy(folder, earlier)}`, { cause: error });
  }
}

/** What to do when a checkpoint is damaged: go on from the newest of `earlier` that is whole. */
async function remedy(folder: RunFolder, earlier: readonly number[]): Promise<string> {
  for (const step of [...earlier].reverse()) {
    const whole = await loadCheckpoint(folder.checkpoint(step)).catch(() => undefined);
    if (whole !== undefined) return `The checkpoint of step ${step} is whole: go on from it with --resume --from-step ${step}.`;
  }
  return 'The run has no other checkpoint that is whole: train it anew.';
}
