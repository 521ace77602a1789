/** What `cyclegan export` does. */
import { basename, dirname, join } from 'node:path';
import { createOnnxBackend } from '@cyclegan/backend-onnx';
import { EXIT } from '../errors.ts';
import type { ExportFormat } from '../export/export-formats.ts';
import { type ExportJob, planExport, writeNetwork, writeOnnx } from '../export/export-run.ts';
import { kindOfPath } from '../files.ts';
import { CHECKPOINTS } from '../runs/run-folder.ts';
import { openRunWeights, type RunWeights } from '../runs/run-weights.ts';

/** What was asked for. */
export interface ExportCall {
  readonly run: string;
  readonly runsDir: string;
  readonly format: ExportFormat;
  readonly checkpoint?: number;
  readonly out?: string;
  readonly force?: boolean;
}

/** Writes a run's networks; the exit status. Throws RunError when there is nothing to write, or a file may not be replaced. */
export async function exportRun({ run, runsDir, format, out, force = false, ...options }: ExportCall): Promise<number> {
  const weights = await openRunWeights(runsDir, run, options);
  const jobs = await planExport(weights, { format, out: out ?? (await defaultOut(weights)), force });
  if (format === 'onnx') await exportOnnx(weights, jobs);
  else await exportWeights(weights, jobs);
  return EXIT.done;
}

/** In the run's folder, or beside a file. */
async function defaultOut({ path }: RunWeights): Promise<string> {
  if ((await kindOfPath(path)) === 'folder') return join(path, 'export');
  const folder = dirname(path);
  return join(basename(folder) === CHECKPOINTS ? dirname(folder) : folder, 'export');
}

async function exportOnnx(weights: RunWeights, jobs: readonly ExportJob[]): Promise<void> {
  const backend = await createOnnxBackend();
  try {
    for (const job of jobs) {
      const difference = await writeOnnx(weights, job, backend);
      process.stdout.write(`${job.path}: ${job.network}, within ${difference.toPrecision(1)} of translate (values from -1 to 1)\n`);
    }
  } finally {
    await backend.dispose();
  }
}

async function exportWeights(weights: RunWeights, jobs: readonly ExportJob[]): Promise<void> {
  for (const { network, path } of jobs) {
    await writeNetwork(weights, network, path);
    process.stdout.write(`${path}: ${network}\n`);
  }
}
