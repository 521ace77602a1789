/** How far translations are from the truth, as a table for a terminal. */
import type { Direction } from '@cyclegan/core';
import type { Distance, Distances, Results } from './translate-tests.ts';

/** What is compared with the truth, in words. */
export const ROWS: readonly (readonly [name: keyof Distances, about: string])[] = [
  ['translated', 'the translation'],
  ['untranslated', 'the picture untranslated'],
  ['constant', 'the best single colour'],
];

/** How it is compared, in words. */
export const MEASURES: Readonly<Record<keyof Distance, string>> = { pixels: 'pixel by pixel', blocks: 'blocks of 8 x 8' };

/** What stands side by side. */
export const COLUMNS: readonly { readonly direction: Direction; readonly measure: keyof Distance; readonly about: string }[] = [
  { direction: 'AtoB', measure: 'pixels', about: 'aerial to map' },
  { direction: 'BtoA', measure: 'pixels', about: 'map to aerial' },
  { direction: 'AtoB', measure: 'blocks', about: 'aerial to map' },
  { direction: 'BtoA', measure: 'blocks', about: 'map to aerial' },
];

const [FIRST, WIDTH] = [26, 16];

/** The table, its lines ready to print. */
export function distanceTable(results: Results): string {
  const line = (first: string, cells: readonly string[]) => `  ${first.padEnd(FIRST)}${cells.map((cell) => cell.padStart(WIDTH)).join('')}`;
  const rows = ROWS.map(([name, about]) =>
    line(
      about,
      COLUMNS.map(({ direction, measure }) => results[direction].distances[name][measure].mean.toFixed(1)),
    ),
  );
  const heads = [COLUMNS.map(({ about }) => about), COLUMNS.map(({ measure }) => MEASURES[measure])].map((cells) => line('', cells));
  return ['Mean difference to the true picture of the place, 0 to 255:', ...heads, ...rows].join('\n');
}
