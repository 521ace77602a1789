/** The key of a study, which says what its page does not: which pictures are real. */
import { join } from 'node:path';
import { z } from 'zod';
import { RunError } from '../errors.ts';
import { kindOfPath, writeFileAtomic } from '../files.ts';
import { readJson } from './json-file.ts';

const name = z.string().min(1);

const pairSchema = z.strictObject({ real: name, generated: name, files: z.strictObject({ real: name, generated: name }) });

const keySchema = z.strictObject({
  version: z.literal(1),
  study: name,
  /** What is compared, in words. */
  about: z.string(),
  /** Where the pictures came from. */
  inputs: z.record(z.string(), z.unknown()),
  seed: z.int().min(0),
  seconds: z.number().positive(),
  /** How many pairs everybody judges. */
  trials: z.int().min(1),
  practice: z.array(pairSchema),
  pairs: z.array(pairSchema).min(1),
});

/** What is known of a study. */
export type StudyKey = z.output<typeof keySchema>;

/** Where the key of a study lies. */
export function keyOf(folder: string): string {
  return join(folder, 'key.json');
}

/** Writes it; throws RunError when the file system refuses. */
export async function writeKey(folder: string, key: StudyKey): Promise<void> {
  await writeFileAtomic(keyOf(folder), [Buffer.from(`${JSON.stringify(key, undefined, 2)}\n`)]);
}

/** Reads it; throws RunError, with the remedy, when there is none or when it is not as it was written. */
export async function readKey(folder: string): Promise<StudyKey> {
  const path = keyOf(folder);
  if ((await kindOfPath(path)) !== 'file')
    throw new RunError(`${folder} holds no study: there is no key.json; give its folder with --out.`);
  return readJson(path, keySchema, 'undo what was changed in it');
}
