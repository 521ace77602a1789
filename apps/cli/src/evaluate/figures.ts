/** The few numbers of an evaluation that runs are compared by, each with what its intervals are drawn from. */
import {
  type BootstrapOptions,
  bootstrapInterval,
  type Confusion,
  type Estimate,
  type Interval,
  type PictureMeasure,
  type PictureResult,
  type SegmentationResult,
  segmentationScores,
  sumConfusions,
} from '@cyclegan/eval';

/** A number that sums up an evaluation. */
export interface SummaryFigure {
  /** Its own among the figures of a metric. */
  readonly name: string;
  readonly better: 'higher' | 'lower';
  /** Behind the point. */
  readonly digits: number;
  readonly value: number;
  readonly interval?: Interval | undefined;
  /** Where it is one of pictures: their names, and what it is of some of them, by their places in that list. */
  readonly over?: { readonly pictures: readonly string[]; of(chosen: ArrayLike<number>): number } | undefined;
}

const SCORES = [
  ['perPixel', 'per-pixel accuracy'],
  ['perClass', 'per-class accuracy'],
  ['iou', 'class IoU'],
] as const;

/** The paper's three numbers (tables 2 to 5). */
export function segmentationFigures({ absent, pictures, ...result }: SegmentationResult): SummaryFigure[] {
  const classes = result.classes.length;
  const confusions = pictures.map(({ confusion }): Confusion => ({ classes, counts: Float64Array.from(confusion), ignored: 0 }));
  const names = pictures.map(({ name }) => name);
  return SCORES.map(([key, name]) => ({
    name,
    better: 'higher',
    digits: 3,
    ...result[key],
    over: { pictures: names, of: (chosen) => segmentationScores(sumConfusions(confusions, chosen), { absent })[key] },
  }));
}

const MEASURES: readonly (readonly [PictureMeasure, string, SummaryFigure['better'], number])[] = [
  ['l1', 'L1', 'lower', 2],
  ['psnr', 'PSNR', 'higher', 2],
  ['ssim', 'SSIM', 'higher', 3],
  ['within10', 'within 10', 'higher', 3],
  ['classes', 'same class', 'higher', 3],
];

/** Means over pairs, in one direction that `about` names. */
export function pictureFigures(about: string, { means, pictures }: PictureResult): SummaryFigure[] {
  const names = pictures.map(({ name }) => name);
  return MEASURES.flatMap(([measure, name, better, digits]): SummaryFigure[] => {
    const estimate = means[measure];
    if (estimate === undefined) return [];
    const values = pictures.map(({ [measure]: value = Number.NaN }) => value);
    return [
      { ...meanFigure({ name: `${about}, ${name}`, better, digits }, names, values), value: estimate.mean, interval: estimate.interval },
    ];
  });
}

/** A figure that is the mean of a value for each picture. */
export function meanFigure(
  about: Pick<SummaryFigure, 'name' | 'better' | 'digits'>,
  pictures: readonly string[],
  values: readonly number[],
): SummaryFigure {
  const of = (chosen: ArrayLike<number>) => {
    let sum = 0;
    for (let at = 0; at < chosen.length; at++) sum += values[chosen[at] ?? 0] ?? 0;
    return sum / chosen.length;
  };
  return { ...about, value: of(Uint32Array.from(values, (_, at) => at)), over: { pictures, of } };
}

/**
 * How much larger a figure is than another of the same kind, and the interval of that: both are drawn on the same pictures, so that these' own difficulty
 * drops out. The interval is missing where they are not of the same pictures.
 */
export function differenceOf(
  figure: SummaryFigure,
  from: SummaryFigure,
  bootstrap: BootstrapOptions,
): Pick<Estimate, 'mean'> & Partial<Estimate> {
  const mean = figure.value - from.value;
  const [one, other] = [figure.over, from.over];
  if (one === undefined || other === undefined || one.pictures.join('\n') !== other.pictures.join('\n')) return { mean };
  return { mean, interval: bootstrapInterval(one.pictures.length, (chosen) => one.of(chosen) - other.of(chosen), bootstrap) };
}
