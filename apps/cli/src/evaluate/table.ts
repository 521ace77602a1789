/** What an evaluation says, in sentences and tables, and how that looks in a terminal. */
import { stripVTControlCharacters } from 'node:util';
import type { Interval } from '@cyclegan/eval';

/** Rows of cells, a name first; `head` stands above the columns. */
export interface Table {
  readonly head?: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A sentence, or a table. */
export type Block = string | Table;

/** Lines for a terminal: an empty one after each table that something follows. */
export function blockLines(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block, at) => {
    if (typeof block === 'string') return [block];
    const { head, rows } = block;
    return [...tableLines(head === undefined ? rows : [head, ...rows]), ...(at < blocks.length - 1 ? [''] : [])];
  });
}

/** Lines of a table: the first column to the left, the others to the right, two spaces between them. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => shownLength(row[column] ?? ''))));
  const padded = (cell: string, column: number) => {
    const room = ' '.repeat(Math.max(0, (widths[column] ?? 0) - shownLength(cell)));
    return column === 0 ? cell + room : room + cell;
  };
  return rows.map((row) => row.map(padded).join('  ').trimEnd());
}

/** Without colours. */
function shownLength(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

/** A difference with its sign, and its interval where there is one: `+0.012 [-0.003, +0.027]`. */
export function difference({ mean, interval }: { readonly mean: number; readonly interval?: Interval }, digits: number): string {
  const signed = (value: number) => `${value >= 0 ? '+' : ''}${figure(value, digits)}`;
  return interval === undefined ? signed(mean) : `${signed(mean)} [${signed(interval.low)}, ${signed(interval.high)}]`;
}

/** A figure with so many digits behind the point. */
export function figure(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits) : value > 0 ? 'infinite' : '-';
}

/** A figure and its interval: `0.802 [0.781, 0.822]`. */
export function withInterval(value: number, { low, high }: Interval, digits = 3): string {
  return `${figure(value, digits)} [${figure(low, digits)}, ${figure(high, digits)}]`;
}

/** A share in percent. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
