/** What fcn and segmentation share: true classes from label pictures, how missing pairs and void pixels are told, and the table of scores. */
import {
  type BootstrapOptions,
  type ClassMap,
  nearestClasses,
  type Palette,
  type SegmentationOptions,
  type SegmentationResult,
} from '@cyclegan/eval';
import type { EvaluationOptions } from './evaluation.ts';
import type { PictureSet } from './picture-set.ts';
import type { Ranked } from './shown-pictures.ts';
import { figure, percent, type Table, withInterval } from './table.ts';

/** A share of void pixels from which on the palette is likely to be the wrong one. */
const MUCH_VOID = 0.5;

/** How scores are made, as options say. */
export function segmentationOptions(palette: Palette, { absent, seed, resamples }: EvaluationOptions): SegmentationOptions {
  return { palette, absent, bootstrap: { seed, resamples } };
}

/** How intervals are found, as options say. */
export function bootstrapOptions({ seed, resamples }: EvaluationOptions): BootstrapOptions {
  return { seed, resamples };
}

/** The classes of a label picture. */
export async function trueClasses(
  labels: PictureSet,
  name: string,
  palette: Palette,
  { voidDistance }: EvaluationOptions,
): Promise<ClassMap> {
  return nearestClasses(await labels.read(name), palette, voidDistance === 'none' ? {} : { voidDistance });
}

/** The rules by which pixels were scored, in words. */
export function rulesInWords({ absent, voidDistance }: EvaluationOptions): string {
  const absence = absent === 'zero' ? 'classes absent from the labels count 0' : 'classes absent from the labels are left out';
  const distance = voidDistance === 'none' ? '' : ` and those farther than ${voidDistance} from every colour`;
  return `${absence}, label pixels of void colours${distance} are left out`;
}

/** Options that had a say, for results. */
export function scoringOptions({ absent, voidDistance, seed, resamples }: EvaluationOptions): Record<string, unknown> {
  return { absent, voidDistance, seed, resamples, interval: 'bootstrap percentile, 95 %' };
}

/** What is odd about labels and pairs, in words. */
export function labelWarnings({ ignored }: SegmentationResult, palette: Palette): string[] {
  if (ignored <= MUCH_VOID) return [];
  return [`${percent(ignored)} of the label pixels are void, far from every colour of the palette ${palette.name}: check --palette.`];
}

/** A warning about pictures that have no counterpart. */
export function aloneWarnings(alone: number): string[] {
  return alone === 0
    ? []
    : [
        `${alone} ${alone === 1 ? 'picture has no counterpart of its name and was' : 'pictures have no counterparts of their names and were'} left out.`,
      ];
}

/** The three numbers of some results, a row each. */
export function scoresTable(results: Readonly<Record<string, SegmentationResult>>): Table {
  const rows = Object.entries(results).map(([name, { perPixel, perClass, iou }]) => [
    name,
    ...[perPixel, perClass, iou].map(({ value, interval }) => withInterval(value, interval)),
  ]);
  return { head: ['', 'per-pixel accuracy', 'per-class accuracy', 'class IoU'], rows };
}

/** Each class of a result. */
export function classesTable({ classes }: SegmentationResult): Table {
  const total = classes.reduce((sum, { truth }) => sum + truth, 0);
  const rows = classes.map(({ name, truth, accuracy, iou }) => [name, percent(truth / total), figure(accuracy), figure(iou)]);
  return { head: ['class', 'of the labels', 'accuracy', 'IoU'], rows };
}

/** Pictures by their share of right pixels. */
export function rankedByPixels({ pictures }: SegmentationResult): Ranked[] {
  return pictures.map(({ name, perPixel }) => ({ name, score: perPixel, note: `${percent(perPixel)} of its pixels right` }));
}
