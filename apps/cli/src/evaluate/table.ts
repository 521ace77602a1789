/** Tables of figures for a terminal. */
import type { Interval } from '@cyclegan/eval';

/** Lines of a table: the first column to the left, the others to the right, a space or two between them. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
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
