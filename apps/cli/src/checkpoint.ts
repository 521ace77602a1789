/** Checkpoints of a run on the disk; what is in them is the formats package's affair. */
import { open } from 'node:fs/promises';
import type { HostTensor, TensorRecord, TrainingState } from '@cyclegan/core';
import { type CheckpointFile, type CheckpointInfo, checkpointChunks, openCheckpoint } from '@cyclegan/formats';
import { onDisk } from './disk.ts';
import { fileSource, writeFileAtomic } from './files.ts';

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
  const file = await onDisk(path, 'read', () => open(path, 'r'));
  try {
    const checkpoint = await openCheckpoint(await fileSource(file));
    const { step, plateau, model, settings, environment } = checkpoint;
    return { state: { step, plateau, variables: await readVariables(checkpoint, prefix) }, model, settings, environment };
  } catch (error) {
    if (error instanceof Error) error.message = `${path}: ${error.message}`;
    throw error;
  } finally {
    await file.close();
  }
}

async function readVariables({ names, tensor }: CheckpointFile, prefix: string): Promise<TensorRecord> {
  const variables: Record<string, HostTensor> = {};
  for (const name of names) if (name.startsWith(prefix)) variables[name] = await tensor(name);
  return variables;
}
