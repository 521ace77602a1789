/** The scores of many predicted class maps, picture by picture and together. Takes what comes and does not ask where from. */
import { type ClassMap, countVoid } from '../segmentation/class-map.ts';
import { type Confusion, confusionOf, sumConfusions } from '../segmentation/confusion.ts';
import type { Palette } from '../segmentation/palette.ts';
import { type Absent, type ClassScore, type SegmentationScores, segmentationScores } from '../segmentation/segmentation-scores.ts';
import { type BootstrapOptions, bootstrapIntervals, type Interval } from '../statistics/bootstrap.ts';

/** A prediction and the truth, of one size. */
export interface PredictedMap {
  readonly name: string;
  readonly predicted: ClassMap;
  readonly truth: ClassMap;
}

/** A figure of all pictures together, and its interval over pictures. */
export interface Figure {
  readonly value: number;
  readonly interval: Interval;
}

/** How one picture fared. */
export interface ScoredPicture extends SegmentationScores {
  readonly name: string;
  /** Share of its pixels that are void in the truth. */
  readonly ignored: number;
  /** classes x classes counts, a row for each true class: what all scores of any group of pictures follow from. */
  readonly confusion: readonly number[];
}

/** How all of them fared. */
export interface SegmentationResult {
  readonly absent: Absent;
  readonly perPixel: Figure;
  readonly perClass: Figure;
  readonly iou: Figure;
  readonly classes: readonly (ClassScore & { readonly name: string })[];
  /** A row for each true class, a column for each predicted one. */
  readonly confusion: readonly (readonly number[])[];
  /** Share of all pixels that are void in the truth. */
  readonly ignored: number;
  readonly pictures: readonly ScoredPicture[];
}

/** How scores are made. */
export interface SegmentationOptions {
  readonly palette: Palette;
  readonly absent?: Absent;
  readonly bootstrap?: BootstrapOptions;
}

/** Scores predictions as they come; throws MetricError for a map of another size, or a class that is none of the palette's. */
export async function scoreSegmentations(
  maps: AsyncIterable<PredictedMap> | Iterable<PredictedMap>,
  { palette, absent = 'zero', bootstrap = {} }: SegmentationOptions,
): Promise<SegmentationResult> {
  const confusions: Confusion[] = [];
  const pictures: ScoredPicture[] = [];
  let [pixels, ignored] = [0, 0];
  for await (const { name, predicted, truth } of maps) {
    const confusion = confusionOf(truth, predicted, palette.classes.length);
    const { perPixel, perClass, iou } = segmentationScores(confusion, { absent });
    const empty = countVoid(truth);
    confusions.push(confusion);
    pictures.push({ name, perPixel, perClass, iou, ignored: empty / truth.data.length, confusion: [...confusion.counts] });
    pixels += truth.data.length;
    ignored += empty;
  }
  const total = sumConfusions(confusions);
  const scores = segmentationScores(total, { absent });
  const statistics = (chosen: Uint32Array) => segmentationScores(sumConfusions(confusions, chosen), { absent });
  const intervals = bootstrapIntervals(confusions.length, ['perPixel', 'perClass', 'iou'], statistics, bootstrap);
  const figure = (name: keyof SegmentationScores): Figure => ({ value: scores[name], interval: intervals[name] });
  return {
    absent,
    perPixel: figure('perPixel'),
    perClass: figure('perClass'),
    iou: figure('iou'),
    classes: scores.classes.map((score, at) => ({ name: palette.classes[at]?.name ?? '', ...score })),
    confusion: rowsOf(total),
    ignored: ignored / pixels,
    pictures,
  };
}

function rowsOf({ classes, counts }: Confusion): number[][] {
  return Array.from({ length: classes }, (_, row) => [...counts.slice(row * classes, (row + 1) * classes)]);
}
