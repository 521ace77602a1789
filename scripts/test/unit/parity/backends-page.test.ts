/** docs/backends.md has a row for each op and a column for each engine. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { replaceSection, sectionOf, TABLE_OPS } from '../../../parity/backends-page.ts';
import { ENGINES } from '../../../parity/engines.ts';

const page = readFileSync(new URL('../../../../docs/backends.md', import.meta.url), 'utf8');

/** The cells of a table, without the line under its headings. */
function cellsOf(section: string): string[][] {
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  const cells = lines.map((line) => line.slice(2, -2).split(' | '));
  return cells.filter((_, at) => at !== 1);
}

describe('docs/backends.md', () => {
  const [headings, ...rows] = cellsOf(sectionOf(page, 'ops'));

  it('has all engines, in order: run "npm run parity -- --docs" where it has not', () => {
    expect(headings).toEqual(['op', ...ENGINES.map(({ name }) => name)]);
    const [, ...engines] = cellsOf(sectionOf(page, 'engines'));
    expect(engines.map(([name]) => name)).toEqual(ENGINES.map(({ name }) => name));
  });

  it('has all ops, in order: run "npm run parity -- --docs" where it has not', () => {
    expect(rows.map(([op]) => op)).toEqual(TABLE_OPS);
  });

  it('says of every measured op whether it is native', () => {
    const cells = rows.flatMap(([, ...rest]) => rest);
    expect(cells.filter((cell) => !/^(-|(native|composed), (0|\d\.\de[+-]\d+), \d+\.\d\d ms)$/.test(cell))).toEqual([]);
    expect(cells.some((cell) => cell.startsWith('native'))).toBe(true);
  });
});

describe('replaceSection', () => {
  const text = 'before\n<!-- parity: a -->\n\nold\n\n<!-- end of parity: a -->\nafter';

  it('changes what is between the markers alone', () => {
    const changed = replaceSection(text, 'a', 'new');
    expect(changed).toBe(text.replace('old', 'new'));
    expect(sectionOf(changed, 'a').trim()).toBe('new');
  });

  it('names the markers that are missing', () => {
    expect(() => replaceSection(text, 'b', 'new')).toThrow('<!-- parity: b -->');
  });
});
