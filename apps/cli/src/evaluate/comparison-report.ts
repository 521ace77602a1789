/** A comparison told: in a terminal, as a page, and as JSON. */
import pc from 'picocolors';
import { escapeHtml, page } from '../pages/page.ts';
import { type Cell, TABLE_STYLE, tableHtml } from '../pages/table.ts';
import { showsColours } from '../terminal/abilities.ts';
import type { ComparedColumn, ComparedValue, Comparison } from './comparison.ts';
import { VERSIONS } from './evaluation.ts';
import { figureHtml, PICTURES_STYLE } from './evaluation-page.ts';
import type { ShownRow } from './shown-pictures.ts';
import { blockLines, difference, figure, withInterval } from './table.ts';

/** Figures that others published for the rows, to stand beside ours: a name for each column, values by the names of rows. */
export interface Published {
  readonly about: string;
  readonly columns: readonly string[];
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** What is told, beside the figures. */
export interface ComparisonTexts {
  readonly title: string;
  /** Sentences below the title. */
  readonly about: readonly string[];
  readonly published?: Published | undefined;
  readonly pictures: readonly ShownRow[];
}

/** Lines for a terminal, the best of each column in bold, or with a star where there is no bold. */
export function comparisonLines(comparison: Comparison, { title, about, published }: ComparisonTexts): string[] {
  const bold = showsColours(process.stdout) ? pc.createColors(true).bold : (text: string) => `${text}*`;
  const told = (cell: Cell) => (typeof cell === 'string' ? cell : bold(cell.best));
  const tables = [figuresTable(comparison, published), ...differencesTable(comparison)];
  return [title, ...about, '', ...blockLines(tables.map(({ head, rows }) => ({ head, rows: rows.map((row) => row.map(told)) })))];
}

/** The page as HTML. */
export async function comparisonPage(comparison: Comparison, { title, about, published, pictures }: ComparisonTexts): Promise<string> {
  const rows = await Promise.all(
    pictures.map(async ({ name, pictures: shown }) => {
      const figures = await Promise.all(shown.map((each) => figureHtml(each.about, each.picture)));
      return `<h3>${escapeHtml(name)}</h3>\n<div class="row">\n${figures.join('\n')}\n</div>`;
    }),
  );
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...about.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    tableHtml(figuresTable(comparison, published)),
    ...differencesTable(comparison).map(tableHtml),
    ...(rows.length > 0 ? ['<h2>Pictures</h2>', ...rows] : []),
  ];
  return page({ title, body: body.join('\n'), style: TABLE_STYLE + PICTURES_STYLE });
}

/** The text of a JSON file. */
export function comparisonJson(comparison: Comparison, { title, about, published }: ComparisonTexts): string {
  const content = { format: 'cyclegan-comparison', formatVersion: 1, title, about, versions: VERSIONS, ...comparison, published };
  return `${JSON.stringify(content, undefined, 1)}\n`;
}

interface CellTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

function figuresTable({ columns, rows }: Comparison, published?: Published): CellTable {
  const others = published?.columns.map((name) => `${name}, ${published.about}`) ?? [];
  return {
    head: ['', ...columns.map(({ name }) => name), ...others],
    rows: rows.map(({ name, values }) => [
      name,
      ...values.map((value, at) => valueCell(value, columns[at])),
      ...(published?.values[name]?.map((value) => figure(value, 2)) ?? []),
    ]),
  };
}

function valueCell(found: ComparedValue | undefined, column: ComparedColumn | undefined): Cell {
  if (found === undefined) return '-';
  const { value, interval, best } = found;
  const text = interval === undefined ? figure(value, column?.digits) : withInterval(value, interval, column?.digits);
  return best ? { best: text } : text;
}

/** How much the others differ from the baseline. */
function differencesTable({ columns, rows, baseline }: Comparison): CellTable[] {
  const others = rows.filter(({ name }) => name !== baseline);
  const cells = (values: readonly (ComparedValue | undefined)[]) =>
    values.map((value, at) => (value?.difference === undefined ? '-' : difference(value.difference, columns[at]?.digits ?? 3)));
  return [
    {
      head: [`difference to ${baseline}`, ...columns.map(({ name }) => name)],
      rows: others.map(({ name, values }) => [name, ...cells(values)]),
    },
  ];
}
