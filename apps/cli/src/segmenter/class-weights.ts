/** How much each class counts in training, so that rare ones are learnt too. */
import { type Palette, VOID } from '@cyclegan/eval';
import { RunError } from '../errors.ts';
import type { PairBatches } from './pair-batches.ts';

/** A share of void pixels from which on the palette, or the domain, is the wrong one. */
const MUCH_VOID = 0.5;

/** Pairs that are looked at to tell the palette. */
const LOOKED_AT = 16;

/** How many pixels of each class the first `count` label pictures have; throws RunError where most are far from every colour of the palette. */
export async function countClasses(batches: PairBatches, palette: Palette, count: number): Promise<readonly number[]> {
  const counts = new Array<number>(palette.classes.length).fill(0);
  let [pixels, empty] = [0, 0];
  for (let number = 0; number < count; number++) {
    const { classes } = await batches.pair(number);
    for (const each of classes) {
      if (each === VOID) empty++;
      else counts[each] = (counts[each] ?? 0) + 1;
    }
    pixels += classes.length;
  }
  if (empty > MUCH_VOID * pixels)
    throw new RunError(
      `${Math.round((100 * empty) / pixels)} % of the label pixels are far from every colour of the palette ${palette.name}: give the --palette of the label pictures, and --photos with the domain of the photos.`,
    );
  return counts;
}

/** Weights by median frequency (Eigen and Fergus 2015): the median of all classes' pixels over those of the class; 0 for a class that never shows. */
export function balancedWeights(counts: readonly number[]): number[] {
  const present = counts.filter((count) => count > 0).sort((a, b) => a - b);
  const median = present[Math.floor(present.length / 2)] ?? 0;
  return counts.map((count) => (count === 0 ? 0 : median / count));
}

/** The weights that settings ask for, or undefined; throws as `countClasses`. */
export async function classWeights(
  batches: PairBatches,
  palette: Palette,
  { pairs, balance }: { readonly pairs: number; readonly balance: boolean },
): Promise<readonly number[] | undefined> {
  const counts = await countClasses(batches, palette, balance ? pairs : Math.min(pairs, LOOKED_AT));
  return balance ? balancedWeights(counts) : undefined;
}
