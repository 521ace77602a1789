/** Runs side by side, as in the paper's tables: a row for each, a column for each figure, and how much they differ from one of them. */
import type { BootstrapOptions, Estimate, Interval } from '@cyclegan/eval';
import { differenceOf, type SummaryFigure } from './figures.ts';
import type { ShownRow } from './shown-pictures.ts';

/** A run, and what came of evaluating it. */
export interface ComparedRun {
  readonly name: string;
  readonly figures: readonly SummaryFigure[];
  readonly pictures: readonly ShownRow[];
}

/** A column. */
export type ComparedColumn = Pick<SummaryFigure, 'name' | 'better' | 'digits'>;

/** A figure of a run. */
export interface ComparedValue {
  readonly value: number;
  readonly interval?: Interval | undefined;
  /** The best of its column, or as good. */
  readonly best: boolean;
  /** To the baseline, which itself has none. */
  readonly difference?: Pick<Estimate, 'mean'> & Partial<Estimate>;
}

/** All of it. */
export interface Comparison {
  /** The run that differences are to. */
  readonly baseline: string;
  readonly columns: readonly ComparedColumn[];
  /** A value for each column; undefined where a run has no such figure. */
  readonly rows: readonly { readonly name: string; readonly values: readonly (ComparedValue | undefined)[] }[];
}

/** Compares runs by the figures that any of them has. */
export function compareRuns(runs: readonly ComparedRun[], baseline: string, bootstrap: BootstrapOptions): Comparison {
  const columns = new Map<string, ComparedColumn>();
  for (const { figures } of runs)
    for (const { name, better, digits } of figures) if (!columns.has(name)) columns.set(name, { name, better, digits });
  const found = runs.map(({ figures }) => new Map(figures.map((figure) => [figure.name, figure])));
  const basis = runs.findIndex(({ name }) => name === baseline);
  const valueIn = (row: number, { name, better }: ComparedColumn): ComparedValue | undefined => {
    const figure = found[row]?.get(name);
    if (figure === undefined) return undefined;
    const all = found.map((figures) => figures.get(name)?.value ?? Number.NaN).filter((value) => !Number.isNaN(value));
    const base = row === basis ? undefined : found[basis]?.get(name);
    return {
      value: figure.value,
      interval: figure.interval,
      best: figure.value === (better === 'higher' ? Math.max(...all) : Math.min(...all)),
      ...(base === undefined ? {} : { difference: differenceOf(figure, base, bootstrap) }),
    };
  };
  return {
    baseline,
    columns: [...columns.values()],
    rows: runs.map(({ name }, row) => ({ name, values: [...columns.values()].map((column) => valueIn(row, column)) })),
  };
}

/** The same places in each run: what was translated, what each run made of it, and what is real. */
export function picturesSideBySide(runs: readonly ComparedRun[]): ShownRow[] {
  const gather = (name: string, rows: readonly ShownRow[], about: string): ShownRow => ({
    name,
    note: '',
    pictures: rows.flatMap((row) =>
      row.pictures.filter((each) => each.about === about).map(({ picture }) => ({ about: row.name, picture })),
    ),
  });
  const first = runs[0]?.pictures ?? [];
  const rows = [
    gather('input', first, 'input'),
    ...runs.map(({ name, pictures }) => gather(name, pictures, 'generated')),
    gather('real', first, 'real'),
  ];
  return rows.filter(({ pictures }) => pictures.length > 0);
}
