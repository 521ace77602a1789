/**
 * Checkpoints: a training state as a sealed safetensors file, its variables under core's names, everything else as JSON in the
 * metadata. The model's settings are in it, so that a checkpoint alone is enough to translate; where files lie is the caller's affair.
 */
import type { HostTensor, ModelConfig, PlateauState, TrainingState } from '@cyclegan/core';
import { z } from 'zod';
import { FormatError } from '../errors.ts';
import { type ByteSource, openSafetensors, type SafetensorsFile } from '../safetensors/read.ts';
import { gather, openSealed, sealedChunks, sourceOf } from '../safetensors/sealed.ts';
import { modelConfig } from './model-config.ts';

const FORMAT = 'cyclegan-checkpoint';
const FORMAT_VERSION = '2';

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
export function encodeCheckpoint(state: TrainingState, info: CheckpointInfo): Promise<Uint8Array> {
  return gather(checkpointChunks(state, info));
}

/** The same file in pieces, variables as views, so that a large state is written without a copy. */
export function checkpointChunks({ step, variables, plateau: reducer }: TrainingState, info: CheckpointInfo): AsyncGenerator<Uint8Array> {
  const { model, settings, environment } = info;
  const values = Object.entries({ step, plateau: reducer, model, settings, environment });
  const texts = values.map(([name, value]) => [name, JSON.stringify(value)] as const);
  return sealedChunks(variables, { format: FORMAT, formatVersion: FORMAT_VERSION, ...Object.fromEntries(texts) });
}

/** The checkpoint in the bytes of a file; throws FormatError when they are not one, or not as they were written. */
export async function decodeCheckpoint(bytes: Uint8Array): Promise<Checkpoint> {
  const { names, tensor, step, plateau, model, settings, environment } = await openCheckpoint(sourceOf(bytes));
  const variables: Record<string, HostTensor> = {};
  for (const name of names) variables[name] = await tensor(name);
  return { model, settings, environment, state: { step, plateau, variables } };
}

/** Opens a checkpoint for reading what is needed of it; throws FormatError when the source is not one, or its header or a variable read is damaged. */
export async function openCheckpoint(source: ByteSource): Promise<CheckpointFile> {
  // the version before the checksums: those of another version may lie elsewhere
  checkVersion((await openSafetensors(source)).metadata);
  const { names, tensor, metadata } = await openSealed(source);
  return { names, tensor, ...parseMetadata(metadata) };
}

/** Whether a source is a checkpoint of any version, going by its header. */
export async function isCheckpoint(source: ByteSource): Promise<boolean> {
  try {
    return (await openSafetensors(source)).metadata.format === FORMAT;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

function checkVersion({ format, formatVersion }: Readonly<Record<string, string>>): void {
  if (format !== FORMAT) throw new FormatError(`Not a checkpoint: its format is ${format ?? 'not stated'}, expected ${FORMAT}.`);
  if (formatVersion === FORMAT_VERSION) return;
  throw new FormatError(
    `The checkpoint is of version ${formatVersion ?? 'unknown'}; this program reads version ${FORMAT_VERSION}. Use the program that wrote it.`,
  );
}

function parseMetadata(metadata: Readonly<Record<string, string>>): z.output<typeof fields> {
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
