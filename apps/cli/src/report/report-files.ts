/** The files of a report: a page that is written once, and beside it the data, which the open page fetches again and again. */
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onDisk } from '../disk.ts';
import { writeFileAtomic } from '../files.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import type { ReportData } from './report-data.ts';
import { reportPage } from './report-page.ts';

/** The page. */
export function reportOf(folder: RunFolder): string {
  return folder.file('report.html');
}

/** Its data: a script, because a page from the disk may load scripts, and nothing else. */
export function reportDataOf(folder: RunFolder): string {
  return folder.file('report/data.js');
}

/** What a run is called in its report. */
export function nameOf(folder: RunFolder): string {
  return basename(resolve(folder.path));
}

/** Replaces the page; throws RunError when the file system refuses. */
export async function writeReportPage(folder: RunFolder): Promise<void> {
  // the build leaves both beside this file
  const read = (name: string) => {
    const path = fileURLToPath(new URL(name, import.meta.url));
    return onDisk(path, 'read', () => readFile(path, 'utf8'));
  };
  const html = reportPage({ name: nameOf(folder), script: await read('page.js'), style: await read('page.css') });
  await writeFileAtomic(reportOf(folder), [Buffer.from(html)]);
}

/** Replaces the data; throws RunError when the file system refuses. */
export async function writeReportData(folder: RunFolder, data: ReportData): Promise<void> {
  await writeFileAtomic(reportDataOf(folder), [Buffer.from(`window.cycleganReport?.(${JSON.stringify(data)});\n`)]);
}
