/** How often which class was taken for which. Counts alone; scores are made of them elsewhere. */
import { MetricError } from '../pixels.ts';
import { type ClassMap, VOID } from './class-map.ts';

/** Pixels by true and predicted class. */
export interface Confusion {
  readonly classes: number;
  /** classes x classes counts; a row for each true class, a column for each predicted one. */
  readonly counts: Uint32Array | Float64Array;
  /** Pixels left out because the truth is void. */
  readonly ignored: number;
}

/** Counts a prediction; throws MetricError when the maps differ in size, or a class is none of `classes`. */
export function confusionOf(truth: ClassMap, predicted: ClassMap, classes: number): Confusion {
  if (truth.width !== predicted.width || truth.height !== predicted.height)
    throw new MetricError(
      `confusion matrix: expected class maps of one size, got ${truth.width}x${truth.height} and ${predicted.width}x${predicted.height}; resample one of them.`,
    );
  const counts = new Uint32Array(classes * classes);
  let ignored = 0;
  for (let at = 0; at < truth.data.length; at++) {
    const row = truth.data[at] ?? VOID;
    if (row === VOID) {
      ignored++;
      continue;
    }
    const column = predicted.data[at] ?? VOID;
    if (row >= classes || column >= classes)
      throw new MetricError(`confusion matrix: class ${Math.max(row, column)} is none of ${classes}; both need the same palette.`);
    const cell = row * classes + column;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return { classes, counts, ignored };
}

/** The counts of several predictions together; those of `chosen`, which may repeat, when it is given. */
export function sumConfusions(confusions: readonly Confusion[], chosen?: ArrayLike<number>): Confusion {
  const classes = confusions[0]?.classes ?? 0;
  const counts = new Float64Array(classes * classes);
  let ignored = 0;
  const length = chosen?.length ?? confusions.length;
  for (let at = 0; at < length; at++) {
    const confusion = confusions[chosen?.[at] ?? at];
    if (confusion === undefined) continue;
    for (let cell = 0; cell < counts.length; cell++) counts[cell] = (counts[cell] ?? 0) + (confusion.counts[cell] ?? 0);
    ignored += confusion.ignored;
  }
  return { classes, counts, ignored };
}
