/** The metrics, each loaded when it is asked for. */
import type { Evaluated, Outcome } from './evaluation.ts';
import type { Metric } from './metric-names.ts';

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
