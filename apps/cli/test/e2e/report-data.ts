/** The data of reports as tests read and change them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportData } from '../../src/report/report-data.ts';

/** Where the data of a run's report lie. */
function dataFile(folder: string, name: string): string {
  return join(folder, 'runs', name, 'report', 'data.js');
}

/** The data of a run's report, by calling what it calls. */
export async function reportOf(folder: string, name: string): Promise<ReportData> {
  const told: ReportData[] = [];
  const page = { cycleganReport: (data: ReportData) => told.push(data) };
  new Function('window', await readFile(dataFile(folder, name), 'utf8'))(page);
  const [data] = told;
  if (data === undefined) throw new Error('the data tell nothing.');
  return data;
}

/** Replaces the data of a run's report. */
export async function tellReport(folder: string, name: string, data: ReportData): Promise<void> {
  await writeFile(dataFile(folder, name), `window.cycleganReport?.(${JSON.stringify(data)});\n`);
}
