/**
 * JSON from untrusted files: plain objects checked by hand, repeated keys refused (JSON.parse would keep the last and
 * say nothing).
 */
import { FormatError } from './errors.ts';

/** A JSON object whose fields are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object with named fields: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a text that must be one JSON object without repeated keys; throws FormatError, opening with `what`. */
export function parseJsonObject(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${what} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (!isObject(value)) throw new FormatError(`${what} must be a JSON object, got ${describe(value)}.`);
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw new FormatError(`${what} has the key '${repeated}' twice.`);
  return value;
}

/** A value as an error message shows it: short JSON. */
export function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The first key that occurs twice in one object of a text already known to be JSON. */
function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  let start: number | undefined;
  let string = '';
  // one mark at a time: a pattern for whole strings would overflow the stack on long ones
  for (const { 0: mark, index } of text.matchAll(/\\.|["{}:]/g)) {
    if (mark === '"') {
      if (start !== undefined) string = text.slice(start, index + 1);
      start = start === undefined ? index : undefined;
      continue;
    }
    if (start !== undefined) continue;
    if (mark === '{') open.push(new Set());
    else if (mark === '}') open.pop();
    else {
      const key = String(JSON.parse(string));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
