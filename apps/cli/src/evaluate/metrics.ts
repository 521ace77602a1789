/** The metrics by name, each loaded when it is asked for. */
import type { Evaluated, Outcome } from './evaluation.ts';

/** Names for `--metric`. */
export const METRICS = ['fcn', 'segmentation', 'maps', 'fid', 'kid', 'precision-recall', 'class-change'] as const;

/** See METRICS. */
export type Metric = (typeof METRICS)[number];

/** Evaluates by one metric; throws UsageError when an option that it needs is missing. */
export async function evaluate(metric: Metric, evaluated: Evaluated): Promise<Outcome> {
  switch (metric) {
    case 'fcn':
      return (await import('./fcn.ts')).evaluateFcn(evaluated);
    case 'segmentation':
      return (await import('./segmentation.ts')).evaluateSegmentation(evaluated);
    case 'maps':
      return (await import('./maps.ts')).evaluateMaps(evaluated);
    case 'fid':
    case 'kid':
    case 'precision-recall':
      return (await import('./distributions.ts')).evaluateDistributions(metric, evaluated);
    case 'class-change':
      return (await import('./class-change.ts')).evaluateClassChange(evaluated);
  }
}
