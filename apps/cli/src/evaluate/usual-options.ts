/** What `cyclegan eval` takes unless told otherwise, for those who evaluate without being asked. */
import { DEFAULT_RUNS } from '../settings/options.ts';
import type { EvaluationOptions } from './evaluation.ts';

/** The options without any source. */
export const USUAL_OPTIONS: EvaluationOptions = {
  runsDir: DEFAULT_RUNS,
  absent: 'zero',
  voidDistance: 30,
  neighbours: 3,
  subsets: 100,
  seed: 0,
  resamples: 1000,
};
