/** The generated sections of docs/backends.md: which engine has which op, how exactly, and how fast. Knows nothing of how that is found out. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isComposite } from '@cyclegan/core';
import { OP_CASES, type TestedOp } from '@cyclegan/core/testing';
import { table } from '../docs/markdown.ts';
import { ENGINES } from './engines.ts';
import type { OpRow } from './protocol.ts';
import { composedByProvider } from './report-text.ts';
import type { EngineReport } from './suite.ts';
import { resultOf, scientific } from './verdict.ts';

const PAGE = fileURLToPath(new URL('../../docs/backends.md', import.meta.url));

/** The ops of the table, in its order. */
export const TABLE_OPS: readonly TestedOp[] = [...new Set(OP_CASES.map(({ op }) => op))];

/** Writes the generated sections. */
export async function writeBackendsPage(reports: readonly EngineReport[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const withEngines = replaceSection(page, 'engines', enginesTable(reports));
  await writeFile(PAGE, replaceSection(withEngines, 'ops', opsTable(reports)));
  console.log('docs/backends.md is written.');
}

/** A page with other text between the markers of a section; throws when it has no such section. */
export function replaceSection(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- parity: ${name} -->\n`, `\n<!-- end of parity: ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/backends.md has no section between ${begin.trim()} and ${end.trim()}.`);
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`;
}

/** The text of a section of the page. */
export function sectionOf(page: string, name: string): string {
  const begin = `<!-- parity: ${name} -->\n`;
  return page.slice(page.indexOf(begin) + begin.length, page.indexOf(`\n<!-- end of parity: ${name} -->`));
}

function reportOf(name: string, reports: readonly EngineReport[]): EngineReport | undefined {
  return reports.find((report) => report.name === name);
}

function enginesTable(reports: readonly EngineReport[]): string {
  const rows = ENGINES.map(({ name }) => {
    const report = reportOf(name, reports);
    const rows = report && resultOf(report, 'ops')?.rows;
    const elsewhere = rows === undefined ? [] : [...composedByProvider(rows)].map(([op, operators]) => `${op} (${operators.join(', ')})`);
    const differences = new Set((rows ?? []).flatMap(({ case: title, known }) => (known === undefined ? [] : [`${title}: ${known}`])));
    return [
      name,
      report?.introduction?.description ?? `not measured${report?.why ? `: ${report.why}` : ''}`,
      elsewhere.join(', '),
      [...differences].join('; '),
    ];
  });
  return table(['engine', 'measured on', 'computed by another processor', 'known differences'], rows);
}

function opsTable(reports: readonly EngineReport[]): string {
  const cells = ENGINES.map(({ name }) => cellsOf(reportOf(name, reports)));
  return table(
    ['op', ...ENGINES.map(({ name }) => name)],
    TABLE_OPS.map((op) => [op, ...cells.map((cell) => cell(op))]),
  );
}

/** The cells of an engine's column. */
function cellsOf(report: EngineReport | undefined): (op: TestedOp) => string {
  const rows = (report && resultOf(report, 'ops')?.rows) ?? [];
  const { introduction } = report ?? {};
  const elsewhere = composedByProvider(rows);
  const natives: ReadonlySet<string> = new Set(introduction?.composites);
  const composed: ReadonlySet<string> = new Set(introduction?.composed);
  return (op) => {
    const forward = rows.filter((row) => row.op === op && row.kind === 'forward');
    if (forward.length === 0) return '-';
    const native = isComposite(op) ? natives.has(op) : !composed.has(op);
    return `${native && !elsewhere.has(op) ? 'native' : 'composed'}, ${figures(forward)}`;
  };
}

function figures(rows: readonly OpRow[]): string {
  const errors = rows.filter(({ known }) => known === undefined).map(({ error }) => error);
  const times = rows.map(({ milliseconds = 0 }) => milliseconds).sort((a, b) => a - b);
  return `${scientific(Math.max(...errors))}, ${(times[Math.floor(times.length / 2)] ?? 0).toFixed(2)} ms`;
}
