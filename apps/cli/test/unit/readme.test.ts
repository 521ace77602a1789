/** The README's program is the example that is type-checked. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

it('shows the type-checked example in the README', () => {
  const shown = /```ts\n([\s\S]*?)```/.exec(read('README.md'))?.[1];
  expect(shown).toBe(read('examples/train-and-translate.ts'));
});

it('keeps the example short', () => {
  expect(read('examples/train-and-translate.ts').trim().split('\n').length).toBeLessThanOrEqual(17);
});
