/** Which places of the town a data set shows. Two domains never show the same place in training; tests show each place in both. */

const PURPOSES = ['trainA', 'trainB', 'test'] as const;

/** What a place is shown for. */
export type TownPurpose = (typeof PURPOSES)[number];

/** The place of number `index` for a purpose. Each purpose has every third place, so that a larger data set begins with the smaller one. */
export function townPlace(purpose: TownPurpose, index: number): number {
  return PURPOSES.length * index + PURPOSES.indexOf(purpose);
}
