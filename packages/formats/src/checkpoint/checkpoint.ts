/**
 * Checkpoints: a training state as a safetensors file, its variables under core's names, everything else as JSON in the metadata.
 * The model's settings are in it, so that a checkpoint alone is enough to translate; where files lie is the caller's affair.
 */
import type { ModelConfig, PlateauState, TrainingState } from '@cyclegan/core';
import { z } from 'zod';
import { concatBytes } from '../bytes.ts';
import { FormatError } from '../errors.ts';
import { type ByteSource, openSafetensors, parseSafetensors, type SafetensorsFile } from '../safetensors/read.ts';
import { safetensorsChunks } from '../safetensors/write.ts';
import { modelConfig } from './model-config.ts';

const FORMAT = 'cyclegan-checkpoint';
const FORMAT_VERSION = '1';

/** What a checkpoint says besides the training state. */
export interface CheckpointInfo {
  /** The model that was trained. */
  readonly model: ModelConfig;
  /** Settings of the run, for whoever wrote them: JSON values by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What it was computed on, in words: backend, device, engine ... Resuming on another does not give the same bits. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A checkpoint in memory. */
export interface Checkpoint extends CheckpointInfo {
  readonly state: TrainingState;
}

/** A checkpoint whose variables are read one by one. */
export interface CheckpointFile extends CheckpointInfo, Pick<SafetensorsFile, 'names' | 'tensor'> {
  readonly step: number;
  readonly plateau: PlateauState;
}

/** The metadata's fields that hold JSON, and what must be in them. */
const fields = z.object({
  step: z.int().min(0),
  plateau: z.strictObject({
    factor: z.number(),
    best: z.number().nullable(),
    badEpochs: z.int().min(0),
    sum: z.number(),
    count: z.int().min(0),
  }) satisfies z.ZodType<PlateauState>,
  model: modelConfig,
  settings: z.record(z.string(), z.unknown()),
  environment: z.record(z.string(), z.string()),
});

/** The file of a training state in one piece. */
export function encodeCheckpoint(state: TrainingState, info: CheckpointInfo): Uint8Array {
  return concatBytes([...checkpointChunks(state, info)]);
}

/** The same file in pieces, variables as views, so that a large state is written without a copy. */
export function checkpointChunks({ step, variables, plateau: reducer }: TrainingState, info: CheckpointInfo): Generator<Uint8Array> {
  const { model, settings, environment } = info;
  const values = Object.entries({ step, plateau: reducer, model, settings, environment });
  const texts = values.map(([name, value]) => [name, JSON.stringify(value)] as const);
  return safetensorsChunks(variables, { format: FORMAT, formatVersion: FORMAT_VERSION, ...Object.fromEntries(texts) });
}

/** The checkpoint in the bytes of a file; throws FormatError when they are not one. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const file = parseSafetensors(bytes);
  const { step, plateau: reducer, ...info } = parseMetadata(file.metadata);
  return { ...info, state: { step, plateau: reducer, variables: file.tensors() } };
}

/** Opens a checkpoint for reading what is needed of it; throws FormatError when the source is not one. */
export async function openCheckpoint(source: ByteSource): Promise<CheckpointFile> {
  const { names, tensor, metadata } = await openSafetensors(source);
  return { names, tensor, ...parseMetadata(metadata) };
}

function parseMetadata(metadata: Readonly<Record<string, string>>): z.output<typeof fields> {
  if (metadata.format !== FORMAT)
    throw new FormatError(`Not a checkpoint: its format is ${metadata.format ?? 'not stated'}, expected ${FORMAT}.`);
  if (metadata.formatVersion !== FORMAT_VERSION) {
    throw new FormatError(
      `The checkpoint is of version ${metadata.formatVersion ?? 'unknown'}; this program reads version ${FORMAT_VERSION}. Use the program that wrote it.`,
    );
  }
  const values = Object.keys(fields.shape).map((name) => [name, jsonOf(metadata[name], name)]);
  const result = fields.safeParse(Object.fromEntries(values));
  if (result.success) return result.data;
  throw new FormatError(`The checkpoint's metadata are not as expected: ${z.prettifyError(result.error)}`);
}

function jsonOf(text: string | undefined, name: string): unknown {
  if (text === undefined) throw new FormatError(`The checkpoint does not state its '${name}'.`);
  try {
    return JSON.parse(text);
  } catch {
    throw new FormatError(`The checkpoint's '${name}' is not JSON.`);
  }
}
