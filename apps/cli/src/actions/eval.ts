/** What `cyclegan eval` does: opens what is evaluated, or one run after the other, and tells and writes what each metric makes of it. */
import { join } from 'node:path';
import { EXIT, UsageError } from '../errors.ts';
import type { ComparedRun } from '../evaluate/comparison.ts';
import type { EvaluationOptions, UpperBounds } from '../evaluate/evaluation.ts';
import { METRIC_TITLES, type Metric } from '../evaluate/metric-names.ts';
import { openSources } from '../evaluate/sources.ts';
import { blockLines } from '../evaluate/table.ts';
import { evaluateForComparison, tellComparison } from '../evaluate/write-comparison.ts';
import { writeEvaluations } from '../evaluate/write-evaluation.ts';
import { kindOfPath } from '../files.ts';
import { findRun } from '../runs/run-folder.ts';
import { note, warn } from '../terminal/messages.ts';

/** What was asked for. */
export interface EvalCall extends EvaluationOptions {
  readonly metric: readonly Metric[];
  readonly out?: string;
  /** Runs to evaluate alike, in place of one. */
  readonly compare?: readonly string[];
}

/** Evaluates by one metric after the other; the exit status. Throws UsageError for a contradiction, RunError for what cannot be evaluated. */
export async function evaluateAll({ metric: metrics, out, compare, ...options }: EvalCall): Promise<number> {
  if (compare !== undefined) return compareAll(metrics, compare, { ...options, ...(out === undefined ? {} : { out }) });
  const sources = await openSources(options);
  try {
    const folder = out ?? (await defaultOut(options));
    await checkFolder(folder);
    for await (const { blocks, warnings, json, page } of writeEvaluations(metrics, { sources, options, folder, shown: 'extremes' })) {
      for (const warning of warnings) warn(warning);
      process.stdout.write(`${blockLines(blocks).join('\n')}\n${json}\n${page}\n`);
    }
  } finally {
    await sources.dispose();
  }
  return EXIT.done;
}

/** The same of several runs, and all of them side by side. */
async function compareAll(
  metrics: readonly Metric[],
  runs: readonly string[],
  { out = 'evaluation', ...options }: Omit<EvalCall, 'metric' | 'compare'>,
): Promise<number> {
  if (options.run !== undefined || options.generated !== undefined)
    throw new UsageError('--compare names the runs itself: leave out --run and --generated.');
  if (new Set(runs).size !== runs.length || runs.length < 2)
    throw new UsageError('--compare RUN RUN ...: give two runs or more, each once.');
  await checkFolder(out);
  const compared: ComparedRun[] = [];
  const upperBounds: UpperBounds = new Map();
  for (const run of runs) {
    note(`${run}:`);
    const folder = await defaultOut({ ...options, run });
    compared.push(await evaluateForComparison(run, metrics, { options: { ...options, run }, upperBounds, folder }));
  }
  const texts = { title: `${metrics.map((metric) => METRIC_TITLES[metric]).join(', ')} of ${runs.length} runs`, about: [] };
  await tellComparison(out, compared, { texts, options });
  return EXIT.done;
}

async function checkFolder(out: string): Promise<void> {
  if ((await kindOfPath(out)) === 'file') throw new UsageError(`--out ${out}: expected a folder, got a file.`);
}

async function defaultOut({ run, runsDir }: EvaluationOptions): Promise<string> {
  if (run === undefined || (await kindOfPath(run)) === 'file') return 'evaluation';
  return join((await findRun(runsDir, run)).path, 'evaluation');
}
