/** Tables in Markdown whose columns line up as plain text, too. */

/** A table; columns of numbers, or of nothing, are set to the right. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = header.map((title, at) => {
    const cells = rows.map((row) => row[at] ?? '');
    const width = Math.max(3, ...[title, ...cells].map(({ length }) => length));
    return { width, right: cells.every((cell) => cell === '' || /^\d/.test(cell)) };
  });
  const line = (cells: readonly string[]) =>
    `| ${columns.map(({ width, right }, at) => (right ? (cells[at] ?? '').padStart(width) : (cells[at] ?? '').padEnd(width))).join(' | ')} |`;
  const rule = `|${columns.map(({ width, right }) => (right ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/** A number with about three digits, and none of a whole one lost. */
export function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
