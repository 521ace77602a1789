/** What metrics are called. */
import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../suggest.ts';

/** Names for `--metric`. */
export const METRICS = ['fcn', 'segmentation', 'maps', 'fid', 'kid', 'precision-recall', 'class-change'] as const;

/** See METRICS. */
export type Metric = (typeof METRICS)[number];

/** What they are called in titles. */
export const METRIC_TITLES: Readonly<Record<Metric, string>> = {
  fcn: 'FCN score',
  segmentation: 'Segmentation',
  maps: 'Distance to the true pictures',
  fid: 'FID',
  kid: 'KID',
  'precision-recall': 'Precision and recall',
  'class-change': 'Class-change rate',
};

/** Names with commas between them, each once; throws InvalidArgumentError for a name that is none. */
export function parseMetrics(text: string): readonly Metric[] {
  const metrics = text.split(',').map((word) => {
    const metric = METRICS.find((each) => each === word.trim());
    if (metric === undefined) throw new InvalidArgumentError(`Expected some of ${METRICS.join(', ')}${didYouMean(word, METRICS) || '.'}`);
    return metric;
  });
  return [...new Set(metrics)];
}
