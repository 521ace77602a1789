/** What a schema accepts, in words. */
import { z } from 'zod';
import { code } from './markdown.ts';

/** In words, which values fit a schema. */
export function describeValues(schema: z.ZodType): string {
  return describe(z.toJSONSchema(schema, { unrepresentable: 'any' }));
}

function describe(schema: z.core.JSONSchema.BaseSchema): string {
  const { type, enum: values, const: only, anyOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (anyOf !== undefined) return anyOf.map((each) => (typeof each === 'object' ? describe(each) : '')).join(', ');
  if (values !== undefined) return values.map((value) => code(String(value))).join(', ');
  if (only !== undefined) return code(String(only));
  if (type === 'boolean') return `${code('true')}, ${code('false')}`;
  const what = type === 'integer' ? 'whole number' : 'number';
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? [] : [`to ${maximum}`];
  const least = minimum === undefined ? [] : [`from ${minimum}`];
  const above = exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`];
  const below = exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`];
  return [what, ...least, ...above, ...most, ...below].join(' ');
}
