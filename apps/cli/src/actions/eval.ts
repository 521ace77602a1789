/** What `cyclegan eval` does: opens what is evaluated, and tells and writes what each metric makes of it. */
import { join } from 'node:path';
import { EXIT, UsageError } from '../errors.ts';
import { type EvaluationOptions, evaluationJson } from '../evaluate/evaluation.ts';
import { evaluate, type Metric } from '../evaluate/metrics.ts';
import { openSources } from '../evaluate/sources.ts';
import { kindOfPath, writeFileAtomic } from '../files.ts';
import { findRun } from '../runs/run-folder.ts';
import { CountProgress } from '../terminal/count-progress.ts';
import { warn } from '../terminal/messages.ts';

/** What was asked for. */
export interface EvalCall extends EvaluationOptions {
  readonly metric: readonly Metric[];
  readonly out?: string;
}

/** Evaluates by one metric after the other; the exit status. Throws UsageError for a contradiction, RunError for what cannot be evaluated. */
export async function evaluateAll({ metric: metrics, out, ...options }: EvalCall): Promise<number> {
  const sources = await openSources(options);
  try {
    const folder = out ?? (await defaultOut(options));
    if ((await kindOfPath(folder)) === 'file') throw new UsageError(`--out ${folder}: expected a folder, got a file.`);
    for (const metric of metrics) {
      const progress = new CountProgress(undefined, 'pictures');
      const outcome = await evaluate(metric, { sources, options, advance: () => progress.advance() }).finally(() => progress.end());
      const path = join(folder, `${metric}.json`);
      await writeFileAtomic(path, [Buffer.from(evaluationJson(metric, sources, outcome))]);
      for (const warning of outcome.warnings) warn(warning);
      process.stdout.write(`${outcome.table.join('\n')}\n${path}\n`);
    }
  } finally {
    await sources.dispose();
  }
  return EXIT.done;
}

async function defaultOut({ run, runsDir }: EvaluationOptions): Promise<string> {
  if (run === undefined || (await kindOfPath(run)) === 'file') return 'evaluation';
  return join((await findRun(runsDir, run)).path, 'evaluation');
}
