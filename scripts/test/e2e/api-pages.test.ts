/** docs/api/ shows what the built packages declare. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { apiPages } from '../../docs/api-pages.ts';

it('is up to date', () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const stale = [...apiPages()].filter(([path, text]) => read(path) !== text).map(([path]) => path);
  expect(stale, 'these pages are not what the packages declare: run "npm run docs"').toEqual([]);
});
