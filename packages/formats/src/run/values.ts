/** Schemas of single values, whose messages say what is expected. Knows no settings. */
import { z } from 'zod';

/** A whole number from `least` on. */
export function wholeNumber(least: number) {
  const error = `Expected a whole number of at least ${least}.`;
  return z.int({ error }).min(least, { error });
}

/** A number from `least` on. */
export function numberFrom(least: number) {
  const error = `Expected a number of at least ${least}.`;
  return z.number({ error }).min(least, { error });
}

/** A number above `bound`. */
export function numberAbove(bound: number) {
  const error = `Expected a number above ${bound}.`;
  return z.number({ error }).gt(bound, { error });
}

/** How the messages about names begin. */
export const ONE_OF = 'Expected one of';

/** One of some names. */
export function oneOf<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return z.enum(values, { error: `${ONE_OF} ${values.join(', ')}.` });
}

/** One of some numbers. */
export function oneOfNumbers<const Values extends readonly [number, ...number[]]>(...values: Values) {
  return z.literal(values, { error: `Expected one of ${values.join(', ')}.` });
}
