/** Pictures that a page of results shows: which ones, and what stands beside them. */
import type { Picture } from '@cyclegan/data';
import type { ClassMap, Palette } from '@cyclegan/eval';
import type { PictureSet } from './picture-set.ts';

/** A picture with what it is: `input`, `generated` and `real` of all metrics that have these, whatever else stands beside them. */
export interface ShownPicture {
  readonly about: string;
  readonly picture: Picture;
}

/** One place of the test pictures: what it was made of, what was made, and what else there is to see. */
export interface ShownRow {
  readonly name: string;
  /** What there is to say of it, such as its score. */
  readonly note: string;
  readonly pictures: readonly ShownPicture[];
}

/** Which places: the best and the worst, or the first ones, which are the same for every run. */
export type Shown = 'extremes' | 'first';

/** How many of each end, and how many of the first. */
const [EXTREMES, FIRST] = [4, 6];

/** A scored picture. */
export interface Ranked {
  readonly name: string;
  /** Higher is better. */
  readonly score: number;
  readonly note: string;
}

/** Those to show, the best first, each told what it is. */
export function chosenRows(ranked: readonly Ranked[], shown: Shown): Pick<ShownRow, 'name' | 'note'>[] {
  if (shown === 'first') return ranked.slice(0, FIRST).map(({ name, note }) => ({ name, note }));
  const order = [...ranked].sort((one, other) => other.score - one.score);
  if (order.length <= 2 * EXTREMES) return order.map(({ name, note }) => ({ name, note }));
  const told = (which: string) => (one: Ranked) => ({ name: one.name, note: `${which}: ${one.note}` });
  return [...order.slice(0, EXTREMES).map(told('best')), ...order.slice(-EXTREMES).map(told('worst'))];
}

/** Sets of pictures side by side, those that have a picture of the name. */
export async function besideEachOther(name: string, sets: Readonly<Record<string, PictureSet | undefined>>): Promise<ShownPicture[]> {
  const pictures: ShownPicture[] = [];
  for (const [about, set] of Object.entries(sets))
    if (set?.names.includes(name) === true) pictures.push({ about, picture: await set.read(name) });
  return pictures;
}

/** A class map in the colours of its palette; void is black. */
export function paintClasses({ width, height, data }: ClassMap, { classes }: Palette): Picture {
  const colours = new Uint8Array(data.length * 3);
  for (let at = 0; at < data.length; at++) colours.set(classes[data[at] ?? 0]?.rgb ?? [0, 0, 0], at * 3);
  return { width, height, channels: 3, data: colours };
}
