/**
 * Writes the generated pages of docs/: `npm run docs`. `-- --check` writes nothing and exits 1 when a page is not what would be written.
 * The pages on the library show the declarations in dist, so build first.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { apiPages } from './docs/api-pages.ts';
import { optionsPage } from './docs/options-page.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const pages = new Map([['docs/options.md', await optionsPage()], ...apiPages()]);
const stale = [...pages].filter(([path, text]) => textAt(path) !== text).map(([path]) => path);

if (values.check) {
  for (const path of stale) console.error(`${path} is not what the sources say: run "npm run docs".`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const path of stale) write(path, pages.get(path) ?? '');
  console.log(stale.length === 0 ? 'docs/ is up to date.' : `Written: ${stale.join(', ')}`);
}

function urlOf(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(urlOf(path), 'utf8');
  } catch {
    return undefined;
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(fileURLToPath(urlOf(path))), { recursive: true });
  writeFileSync(urlOf(path), text);
}
