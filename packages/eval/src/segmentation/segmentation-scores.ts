/** The paper's three numbers for segmentations (section 5.1.1, tables 2 to 5), from a confusion matrix. */
import type { Confusion } from './confusion.ts';

/** What classes that the truth never shows count in means over classes: 0, as in the published script, or nothing. */
export type Absent = 'zero' | 'ignore';

/** How one class fared. */
export interface ClassScore {
  /** Pixels of the class in the truth, and in the prediction where the truth is not void. */
  readonly truth: number;
  readonly predicted: number;
  /** Share of the class's true pixels that were found; 0 when there are none. */
  readonly accuracy: number;
  /** Intersection over union of true and predicted pixels; 0 when there are none. */
  readonly iou: number;
}

/** Scores between 0 and 1. */
export interface SegmentationScores {
  /** Share of pixels whose class is right. */
  readonly perPixel: number;
  /** Mean over classes of the share of their pixels that is right. */
  readonly perClass: number;
  /** Mean over classes of intersection over union. */
  readonly iou: number;
}

/** Scores with the table that they are means of. */
export interface SegmentationTable extends SegmentationScores {
  readonly classes: readonly ClassScore[];
}

/** The scores of a confusion matrix; NaN where nothing was counted, or `absent` is 'ignore' and no class is there. */
export function segmentationScores(confusion: Confusion, { absent = 'zero' }: { readonly absent?: Absent } = {}): SegmentationTable {
  const classes = classScores(confusion);
  const counted = absent === 'zero' ? classes : classes.filter(({ truth }) => truth > 0);
  const total = classes.reduce((sum, { truth }) => sum + truth, 0);
  const right = classes.reduce((sum, _, each) => sum + diagonal(confusion, each), 0);
  return {
    perPixel: right / total,
    perClass: total === 0 ? Number.NaN : mean(counted.map(({ accuracy }) => accuracy)),
    iou: total === 0 ? Number.NaN : mean(counted.map(({ iou }) => iou)),
    classes,
  };
}

function classScores(confusion: Confusion): ClassScore[] {
  const { classes, counts } = confusion;
  const [truth, predicted] = [new Float64Array(classes), new Float64Array(classes)];
  for (let row = 0; row < classes; row++) {
    for (let column = 0; column < classes; column++) {
      const count = counts[row * classes + column] ?? 0;
      truth[row] = (truth[row] ?? 0) + count;
      predicted[column] = (predicted[column] ?? 0) + count;
    }
  }
  return Array.from({ length: classes }, (_, each) => {
    const [right, inTruth, inPrediction] = [diagonal(confusion, each), truth[each] ?? 0, predicted[each] ?? 0];
    return {
      truth: inTruth,
      predicted: inPrediction,
      accuracy: inTruth === 0 ? 0 : right / inTruth,
      iou: inTruth === 0 ? 0 : right / (inTruth + inPrediction - right),
    };
  });
}

function diagonal({ classes, counts }: Confusion, each: number): number {
  return counts[each * classes + each] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
