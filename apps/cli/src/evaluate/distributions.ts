/** FID, KID, precision and recall: features of generated pictures beside those of real ones, which need not be pairs. */
import {
  collectFeatures,
  estimateMean,
  frechetDistance,
  type Interval,
  kernelDistance,
  type NamedFeatures,
  precisionRecall,
} from '@cyclegan/eval';
import { UsageError } from '../errors.ts';
import type { Evaluated, EvaluationOptions, Outcome } from './evaluation.ts';
import { networkFacts, readEach } from './fcn.ts';
import { type Judge, openJudge } from './judge.ts';
import { bootstrapOptions } from './label-maps.ts';
import { readNetworkDescription } from './network-description.ts';
import type { PictureSet } from './picture-set.ts';
import { chosenSet } from './sources.ts';
import { figure, withInterval } from './table.ts';

/** Metrics of distributions. */
export type DistributionMetric = 'fid' | 'kid' | 'precision-recall';

/** Features of both sides. */
interface Both {
  readonly real: NamedFeatures;
  readonly generated: NamedFeatures;
}

/** What a metric makes of features. */
type Measured = Pick<Outcome, 'options' | 'results' | 'table' | 'warnings'>;

const MEASURES: Readonly<Record<DistributionMetric, (both: Both, options: EvaluationOptions) => Measured>> = {
  fid: measureFid,
  kid: measureKid,
  'precision-recall': measurePrecisionRecall,
};

/** Measures a set of pictures; throws UsageError when --features or --real is missing. */
export async function evaluateDistributions(metric: DistributionMetric, evaluated: Evaluated): Promise<Outcome> {
  const { sources, options } = evaluated;
  if (options.features === undefined)
    throw new UsageError('--features FILE is needed: the ONNX file of a network whose features are compared.');
  const description = await readNetworkDescription('--features', options.features);
  const direction = options.direction ?? 'AtoB';
  const { generated, target } = await sources.translations(direction);
  const real = await chosenSet('--real', options.real, target, 'real pictures to compare with');
  const judge = await openJudge(description, { task: 'features', ...options });
  try {
    const both = { real: await rowsOf(real, judge, evaluated), generated: await rowsOf(generated, judge, evaluated) };
    const measured = MEASURES[metric](both, options);
    const counts = { real: both.real.names.length, generated: both.generated.names.length };
    return {
      ...measured,
      inputs: { generated: generated.about, real: real.about, features: networkFacts(judge) },
      options: { ...measured.options, direction, interpolation: judge.input.interpolation, batch: judge.batch },
      results: { pictures: counts, features: both.real.features.width, ...measured.results },
      table: [
        `${counts.generated} generated and ${counts.real} real pictures, ${both.real.features.width} features (${judge.output}):`,
        ...measured.table,
      ],
    };
  } finally {
    await judge.dispose();
  }
}

/** A row of a network's output for each picture of a set. */
export function rowsOf(set: PictureSet, judge: Judge, { advance }: Evaluated): Promise<NamedFeatures> {
  const network: Judge['run'] = async (pictures) => {
    const rows = await judge.run(pictures);
    for (const _ of pictures) advance();
    return rows;
  };
  return collectFeatures(readEach(set, set.names), network, { batch: judge.batch });
}

function measureFid({ real, generated }: Both): Measured {
  const { warnings, ...results } = frechetDistance({ real: real.features, generated: generated.features });
  const { value, means, covariances } = results;
  return {
    options: {},
    results,
    table: [`FID ${figure(value, 2)} (means ${figure(means, 2)}, covariances ${figure(covariances, 2)})`],
    warnings: warnings.map(({ message }) => message),
  };
}

function measureKid({ real, generated }: Both, { subsets, subsetSize, seed }: EvaluationOptions): Measured {
  const compared = { real: real.features, generated: generated.features };
  const results = kernelDistance(compared, { subsets, seed, ...(subsetSize === undefined ? {} : { subsetSize }) });
  const { mean, deviation } = results;
  return {
    options: { seed },
    results,
    table: [`KID ${figure(mean, 5)}, deviation ${figure(deviation, 5)} over ${results.subsets} subsets of ${results.subsetSize} pictures`],
    warnings: [],
  };
}

function measurePrecisionRecall({ real, generated }: Both, options: EvaluationOptions): Measured {
  const { neighbours } = options;
  const found = precisionRecall({ real: real.features, generated: generated.features }, { neighbours });
  const precision = shareOf(found.generatedOnReal, options);
  const recall = shareOf(found.realOnGenerated, options);
  const perPicture = (names: readonly string[], flags: readonly boolean[]) =>
    names.map((name, at) => ({ name, onManifold: flags[at] ?? false }));
  return {
    options: {
      neighbours,
      seed: options.seed,
      resamples: options.resamples,
      interval: 'bootstrap percentile, 95 %, manifolds as they are',
    },
    results: {
      precision,
      recall,
      generated: perPicture(generated.names, found.generatedOnReal),
      real: perPicture(real.names, found.realOnGenerated),
    },
    table: [
      `precision ${withInterval(precision.value, precision.interval)}, recall ${withInterval(recall.value, recall.interval)} (${neighbours} neighbours)`,
    ],
    warnings: [],
  };
}

/** A share of flags that are set, and its interval. */
export function shareOf(flags: readonly boolean[], options: EvaluationOptions): { readonly value: number; readonly interval: Interval } {
  const { mean, interval } = estimateMean(flags.map(Number), bootstrapOptions(options));
  return { value: mean, interval };
}
