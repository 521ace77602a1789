/** Mutations have to fit the sources: the code that they break must stand where they look for it, once. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MUTATIONS } from '../../mutate/mutations.ts';

it.each(MUTATIONS)('fits the sources: $name', ({ file, find }) => {
  const source = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
  expect(source.split(find)).toHaveLength(2);
});
