/** JSON files of known shape. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { onDisk } from '../disk.ts';
import { RunError } from '../errors.ts';

/** A JSON file that fits a schema; throws RunError, naming the file and the remedy, when it does not. */
export async function readJson<T>(path: string, schema: z.ZodType<T>, remedy: string): Promise<T> {
  const text = await onDisk(path, 'read', () => readFile(path, 'utf8'));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new RunError(`${path} is no JSON: ${remedy}.`);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RunError(`${path} is not as expected (${issue?.path.join('.') || 'the whole'}: ${issue?.message}): ${remedy}.`);
}
