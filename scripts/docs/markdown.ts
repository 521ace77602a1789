/** Markdown, as GitHub shows it. Knows nothing of what is written. */

/** A table; a column that is empty in all rows is left out. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const wanted = headings.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const line = (cells: readonly string[]) => `| ${cells.filter((_, column) => wanted[column]).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map((row) => line(row.map(cell)))].join('\n');
}

/** Code within a sentence. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** A block of code. */
export function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
