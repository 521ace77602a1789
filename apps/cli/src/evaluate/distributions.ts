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
import { meanFigure, type SummaryFigure } from './figures.ts';
import { type Judge, openJudge } from './judge.ts';
import { bootstrapOptions } from './label-maps.ts';
import { readNetworkDescription } from './network-description.ts';
import type { PictureSet } from './picture-set.ts';
import { besideEachOther, type ShownRow } from './shown-pictures.ts';
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
type Measured = Pick<Outcome, 'options' | 'results' | 'figures' | 'blocks' | 'warnings'>;

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
      blocks: [
        `${counts.generated} generated and ${counts.real} real pictures, ${both.real.features.width} features (${judge.output}):`,
        ...measured.blocks,
      ],
      pictures: await shownRows(evaluated, { generated, real }),
    };
  } finally {
    await judge.dispose();
  }
}

/** How many pictures of each side a page shows. */
const SIDE_BY_SIDE = 8;

/** Some of each side, which are no pairs. */
async function shownRows({ shown }: Evaluated, sets: Readonly<Record<string, PictureSet>>): Promise<ShownRow[]> {
  const rows: ShownRow[] = [];
  for (const [about, set] of shown === undefined ? [] : Object.entries(sets)) {
    const names = set.names.slice(0, SIDE_BY_SIDE);
    const pictures = await Promise.all(names.map((name) => besideEachOther(name, { [name]: set })));
    rows.push({ name: about, note: set.about, pictures: pictures.flat() });
  }
  return rows;
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
    figures: [{ name: 'FID', better: 'lower', digits: 2, value }],
    blocks: [`FID ${figure(value, 2)} (means ${figure(means, 2)}, covariances ${figure(covariances, 2)})`],
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
    figures: [{ name: 'KID', better: 'lower', digits: 5, value: mean }],
    blocks: [`KID ${figure(mean, 5)}, deviation ${figure(deviation, 5)} over ${results.subsets} subsets of ${results.subsetSize} pictures`],
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
    figures: [
      flagFigure('precision', generated.names, found.generatedOnReal, precision),
      flagFigure('recall', real.names, found.realOnGenerated, recall),
    ],
    blocks: [
      `precision ${withInterval(precision.value, precision.interval)}, recall ${withInterval(recall.value, recall.interval)} (${neighbours} neighbours)`,
    ],
    warnings: [],
  };
}

/** A share and its interval. */
interface Share {
  readonly value: number;
  readonly interval: Interval;
}

/** A share as a figure that runs are compared by. */
export function flagFigure(name: string, pictures: readonly string[], flags: readonly boolean[], { interval }: Share): SummaryFigure {
  return { ...meanFigure({ name, better: 'higher', digits: 3 }, pictures, flags.map(Number)), interval };
}

/** A share of flags that are set, and its interval. */
export function shareOf(flags: readonly boolean[], options: EvaluationOptions): Share {
  const { mean, interval } = estimateMean(flags.map(Number), bootstrapOptions(options));
  return { value: mean, interval };
}
