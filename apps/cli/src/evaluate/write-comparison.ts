/** Runs evaluated to be compared, and the comparison told and written. */
import { join } from 'node:path';
import { writeFileAtomic } from '../files.ts';
import { warn } from '../terminal/messages.ts';
import { type ComparedRun, compareRuns, picturesSideBySide } from './comparison.ts';
import { type ComparisonTexts, comparisonJson, comparisonLines, comparisonPage } from './comparison-report.ts';
import type { EvaluationOptions, UpperBounds } from './evaluation.ts';
import type { SummaryFigure } from './figures.ts';
import type { Metric } from './metric-names.ts';
import type { ShownRow } from './shown-pictures.ts';
import { openSources } from './sources.ts';
import { writeEvaluations } from './write-evaluation.ts';

/** What a run that is compared is evaluated with, and where its own results go. */
export interface ComparedEvaluation {
  readonly options: EvaluationOptions;
  readonly folder: string;
  /** One for all runs. */
  readonly upperBounds: UpperBounds;
}

/** Evaluates a run by all metrics, and writes its own results; the pictures are those of the first metric that shows any. */
export async function evaluateForComparison(
  name: string,
  metrics: readonly Metric[],
  { options, folder, upperBounds }: ComparedEvaluation,
): Promise<ComparedRun> {
  const sources = await openSources(options);
  try {
    const figures: SummaryFigure[] = [];
    let pictures: readonly ShownRow[] = [];
    for await (const outcome of writeEvaluations(metrics, { sources, options, folder, upperBounds, shown: 'first' })) {
      for (const warning of outcome.warnings) warn(`${name}: ${warning}`);
      figures.push(...outcome.figures.map((each) => (metrics.length === 1 ? each : { ...each, name: `${outcome.metric}: ${each.name}` })));
      if (pictures.length === 0) pictures = outcome.pictures;
    }
    return { name, figures, pictures };
  } finally {
    await sources.dispose();
  }
}

/** What is told of a comparison. */
export interface Telling {
  readonly texts: Omit<ComparisonTexts, 'pictures'>;
  readonly options: Pick<EvaluationOptions, 'seed' | 'resamples'>;
  /** The run that the others' differences are to; the first unless given. */
  readonly baseline?: string;
}

/** Prints a comparison, and writes comparison.json and comparison.html to `folder`. */
export async function tellComparison(
  folder: string,
  runs: readonly ComparedRun[],
  { texts, options: { seed, resamples }, baseline = runs[0]?.name ?? '' }: Telling,
): Promise<void> {
  const comparison = compareRuns(runs, baseline, { seed, resamples });
  const all = { ...texts, pictures: picturesSideBySide(runs) };
  const [json, page] = [join(folder, 'comparison.json'), join(folder, 'comparison.html')];
  await writeFileAtomic(json, [Buffer.from(comparisonJson(comparison, all))]);
  await writeFileAtomic(page, [Buffer.from(await comparisonPage(comparison, all))]);
  process.stdout.write(`${comparisonLines(comparison, all).join('\n')}\n${json}\n${page}\n`);
}
