/** What a report knows of a run's earlier steps when the run goes on: read again from its files, as far as they can be read. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { namesIn, onDisk, readOr } from '../disk.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { CurvePoints } from './curve-points.ts';
import type { ReportData } from './report-data.ts';
import { reportDataOf } from './report-files.ts';
import { SampleGroups } from './sample-groups.ts';

/** What came before. */
export interface Earlier {
  readonly points: CurvePoints;
  readonly samples: SampleGroups;
  readonly warnings: ReportData['warnings'];
}

const numbers = z.record(z.string(), z.number());

const metricsSchema = z.object({ step: z.int(), learningRate: z.number(), losses: numbers, seconds: z.number(), rssMb: z.number() });

const textsSchema = z.record(z.string(), z.string());

/** What is taken over from the report of before. */
const reportSchema = z.object({
  samples: z.array(
    z.object({
      grid: z.string(),
      pictures: z.array(
        z.object({
          side: z.enum(['A', 'B']),
          name: z.string().exactOptional(),
          from: z.enum(['test', 'train', 'last batch']),
          paths: textsSchema,
        }),
      ),
      steps: z.array(z.int()),
      scores: z.array(z.array(numbers)).exactOptional(),
    }),
  ),
  warnings: z
    .object({ step: z.int(), list: z.array(z.object({ title: z.string(), why: z.string(), remedies: z.array(z.string()) })) })
    .exactOptional(),
});

/** Reads what is known of the steps up to `step`; throws RunError when the file system refuses. */
export async function earlierRun(folder: RunFolder, step: number): Promise<Earlier> {
  const points = await pointsUpTo(folder.metrics, step);
  const told = await readReport(folder);
  if (told === undefined) return { points, samples: await gridsUpTo(folder, step), warnings: undefined };
  const { samples, warnings } = told;
  return { points, samples: SampleGroups.upTo(step, samples), warnings: warnings && warnings.step <= step ? warnings : undefined };
}

/** The values that curves are drawn of. */
export function curveValues(
  metrics: Pick<z.output<typeof metricsSchema>, 'learningRate' | 'losses' | 'seconds' | 'rssMb'>,
): Record<string, number> {
  const { learningRate, losses, seconds, rssMb } = metrics;
  return { ...losses, learningRate, seconds, memory: rssMb };
}

async function pointsUpTo(path: string, step: number): Promise<CurvePoints> {
  const points = new CurvePoints();
  await onDisk(path, 'read', async () => {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      const { success, data } = metricsSchema.safeParse(parsed(line));
      if (success && data.step <= step) points.add(data.step, curveValues(data));
    }
  });
  return points;
}

async function readReport(folder: RunFolder): Promise<z.output<typeof reportSchema> | undefined> {
  const path = reportDataOf(folder);
  const text = await readOr(path, '', () => readFile(path, 'utf8'));
  const data = /^[^(]*\((.*)\);\s*$/s.exec(text)?.[1] ?? '';
  return reportSchema.safeParse(parsed(data)).data;
}

/** The grids that lie in the run's folder: a run of before there were reports has nothing else. */
async function gridsUpTo(folder: RunFolder, step: number): Promise<SampleGroups> {
  const path = folder.file('samples');
  const names = await namesIn(path);
  const samples = new SampleGroups();
  for (const name of names.sort()) {
    const found = Number(/^step-(\d+)\.png$/.exec(name)?.[1] ?? Number.NaN);
    if (found <= step) samples.add({ step: found, grid: `samples/${name}`, pictures: [] });
  }
  return samples;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
