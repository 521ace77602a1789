/** docs/options.md says what the commands say. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { optionsPage } from '../../docs/options-page.ts';
import { describeValues } from '../../docs/values.ts';

it('is up to date', async () => {
  const written = readFileSync(new URL('../../../docs/options.md', import.meta.url), 'utf8');
  expect(written === (await optionsPage()), 'docs/options.md is not what the commands say: run "npm run docs"').toBe(true);
});

it('describes values', () => {
  expect(describeValues(z.enum(['a', 'b']))).toBe('`a`, `b`');
  expect(describeValues(z.literal([8, 16]))).toBe('`8`, `16`');
  expect(describeValues(z.int().min(1))).toBe('whole number from 1');
  expect(describeValues(z.int().min(2).max(9))).toBe('whole number from 2 to 9');
  expect(describeValues(z.number().gt(0))).toBe('number above 0');
  expect(describeValues(z.number().min(0).lt(1))).toBe('number from 0 below 1');
});
