/**
 * Checkpoints: a training state as a sealed safetensors file, its variables under core's names, everything else as JSON in the
 * metadata. The model's settings are in it, so that a checkpoint alone is enough to translate; where files lie is the caller's affair.
 */
import type { EngineChoices, HostTensor, ModelConfig, PlateauState, TrainingState } from '@cyclegan/core';
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
  /** The training state but for its variables. */
  readonly standing: Omit<TrainingState, 'variables'>;
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
  choices: (
    z.strictObject({ engine: z.string(), variants: z.record(z.string(), z.string()) }) satisfies z.ZodType<EngineChoices>
  ).optional(),
});

/** The file of a training state in one piece. */
export function encodeCheckpoint(state: TrainingState, info: CheckpointInfo): Promise<Uint8Array> {
  return gather(checkpointChunks(state, info));
}

/** The same file in pieces, variables as views, so that a large state is written without a copy. */
export function checkpointChunks({ variables, ...standing }: TrainingState, info: CheckpointInfo): AsyncGenerator<Uint8Array> {
  const { step, plateau, choices } = standing;
  const { model, settings, environment } = info;
  const values = Object.entries({ step, plateau, model, settings, environment, ...(choices === undefined ? {} : { choices }) });
  const texts = values.map(([name, value]) => [name, JSON.stringify(value)] as const);
  return sealedChunks(variables, { format: FORMAT, formatVersion: FORMAT_VERSION, ...Object.fromEntries(texts) });
}

/** The checkpoint in the bytes of a file; throws FormatError when they are not one, or not as they were written. */
export async function decodeCheckpoint(bytes: Uint8Array): Promise<Checkpoint> {
  const { names, tensor, standing, model, settings, environment } = await openCheckpoint(sourceOf(bytes));
  const variables: Record<string, HostTensor> = {};
  for (const name of names) variables[name] = await tensor(name);
  return { model, settings, environment, state: { ...standing, variables } };
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

function parseMetadata(metadata: Readonly<Record<string, string>>): CheckpointInfo & Pick<CheckpointFile, 'standing'> {
  // engines that measure nothing have no choices
  const names = Object.keys(fields.shape).filter((name) => name !== 'choices' || metadata.choices !== undefined);
  const result = fields.safeParse(Object.fromEntries(names.map((name) => [name, jsonOf(metadata[name], name)])));
  if (result.success) {
    const { step, plateau, choices, ...info } = result.data;
    return { ...info, standing: { step, plateau, ...(choices === undefined ? {} : { choices }) } };
  }
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
