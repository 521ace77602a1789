/** Tables of figures as all pages show them. */
import { escapeHtml } from './page.ts';

/** CSS of tables. */
export const TABLE_STYLE = `
.table { overflow-x: auto; margin: 0 0 1rem; } table { border-collapse: collapse; }
th, td { text-align: left; font-weight: 400; padding: .3rem 1.25rem .3rem 0; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { font-size: .85rem; color: var(--quiet); border: 0; text-align: right; } thead th:first-child { text-align: left; }
td { text-align: right; font-variant-numeric: tabular-nums; }
td.best { font-weight: 700; }
`;

/** A cell: text, or text that is the best of its column. */
export type Cell = string | { readonly best: string };

/** A table whose rows begin with what they are of. */
export function tableHtml({
  head,
  rows,
}: {
  readonly head?: readonly string[] | undefined;
  readonly rows: readonly (readonly Cell[])[];
}): string {
  const heads =
    head === undefined ? '' : `<thead><tr>${head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead>\n`;
  const body = rows.map(
    ([first = '', ...cells]) => `<tr><th scope="row">${escapeHtml(textOf(first))}</th>${cells.map(cellHtml).join('')}</tr>`,
  );
  return `<div class="table" tabindex="0"><table>\n${heads}<tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}

/** What a cell says. */
export function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.best;
}

function cellHtml(cell: Cell): string {
  return typeof cell === 'string' ? `<td>${escapeHtml(cell)}</td>` : `<td class="best">${escapeHtml(cell.best)}</td>`;
}
