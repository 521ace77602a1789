/** Evaluates by one metric after the other, and writes what came out: JSON for programs, and a page. */
import { join } from 'node:path';
import { writeFileAtomic } from '../files.ts';
import { CountProgress } from '../terminal/count-progress.ts';
import { type EvaluationOptions, evaluationJson, type Outcome, type UpperBounds } from './evaluation.ts';
import { evaluationPage } from './evaluation-page.ts';
import { METRIC_TITLES, type Metric } from './metric-names.ts';
import { evaluate } from './metrics.ts';
import type { Shown } from './shown-pictures.ts';
import type { Sources } from './sources.ts';

/** What is evaluated, and where results go. */
export interface WriteOptions {
  readonly sources: Sources;
  readonly options: EvaluationOptions;
  readonly folder: string;
  readonly shown: Shown;
  /** Shared by evaluations that are compared. */
  readonly upperBounds?: UpperBounds;
}

/** What a metric made of it, and the files that say so. */
export interface WrittenOutcome extends Outcome {
  readonly metric: Metric;
  readonly json: string;
  readonly page: string;
}

/** Evaluates and writes; one outcome at a time, as they come. */
export async function* writeEvaluations(
  metrics: readonly Metric[],
  { sources, options, folder, shown, upperBounds }: WriteOptions,
): AsyncGenerator<WrittenOutcome> {
  for (const metric of metrics) {
    const progress = new CountProgress(undefined, 'pictures');
    const evaluated = { sources, options, shown, upperBounds, advance: () => progress.advance() };
    const outcome = await evaluate(metric, evaluated).finally(() => progress.end());
    const [json, page] = [join(folder, `${metric}.json`), join(folder, `${metric}.html`)];
    await writeFileAtomic(json, [Buffer.from(evaluationJson(metric, sources, outcome))]);
    const title = `${METRIC_TITLES[metric]} of ${options.run ?? options.generated ?? 'pictures'}`;
    await writeFileAtomic(page, [Buffer.from(await evaluationPage({ title, inputs: sources.inputs }, outcome))]);
    yield { ...outcome, metric, json, page };
  }
}
