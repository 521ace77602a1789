/**
 * What the values of options and arguments may be, for those who have to know it beside commander: the completion of shells and the
 * reference page. Knows nothing of what they mean.
 */
import { Argument, type Option } from 'commander';
import { z } from 'zod';

const SCHEMAS = new WeakMap<Option | Argument, z.ZodType>();

/** Keeps the schema of what an option or argument takes, which is returned. */
export function withSchema<T extends Option | Argument>(taker: T, schema: z.ZodType): T {
  SCHEMAS.set(taker, schema);
  return taker;
}

/** The schema of what an option or argument takes, where there is one. */
export function schemaOf(taker: Option | Argument): z.ZodType | undefined {
  return SCHEMAS.get(taker);
}

/** Which values an option takes beside the value of another. */
export interface Narrowing {
  /** The other option, such as `--backend`. */
  readonly by: string;
  values(other: string): readonly string[];
}

const NARROWINGS = new WeakMap<Option, Narrowing>();

/** Keeps the narrowing of an option, which is returned. */
export function withNarrowing(option: Option, narrowing: Narrowing): Option {
  NARROWINGS.set(option, narrowing);
  return option;
}

/** The narrowing of an option, where there is one. */
export function narrowingOf(option: Option): Narrowing | undefined {
  return NARROWINGS.get(option);
}

/** An argument that takes one of some names, which its help leaves to another place. */
export function argumentOf(flags: string, about: string, names: readonly string[]): Argument {
  return withSchema(new Argument(flags, about), z.enum(names as [string, ...string[]]));
}

/** The values of an option or argument where they can be counted, as they are typed; else none. */
export function namedValues(taker: Option | Argument): readonly string[] {
  const schema = schemaOf(taker);
  return taker.argChoices ?? (schema === undefined ? [] : namesIn(schema));
}

/** The values that fit a schema where they can be counted, as they are typed; else none. */
export function namesIn(schema: z.ZodType): readonly string[] {
  return valuesIn(z.toJSONSchema(schema, { unrepresentable: 'any' })).map(String);
}

function valuesIn({ enum: values, const: only, anyOf = [] }: z.core.JSONSchema.BaseSchema): readonly unknown[] {
  if (values !== undefined) return values;
  if (only !== undefined) return [only];
  return anyOf.flatMap((schema) => (typeof schema === 'object' ? valuesIn(schema) : []));
}
