/** What the label maps of the synthetic town tell apart. Knows nothing of how a town looks in its other pictures. */

/** A colour, or linear combination of colours, in 8-bit sRGB samples. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A class of the label maps. */
export interface TownClass {
  readonly index: number;
  readonly name: string;
  /** The colour that its pixels have in a label map. */
  readonly rgb: Rgb;
}

/** Names of the classes, by index; where things of several classes lie on each other, the later one shows. */
const CLASS_NAMES = ['ground', 'grass', 'paved', 'water', 'road', 'building', 'tree'] as const;

/** The name of a class. */
export type TownClassName = (typeof CLASS_NAMES)[number];

/** The colour of each class in a label map. */
export const CLASS_COLOURS: Readonly<Record<TownClassName, Rgb>> = {
  ground: [220, 190, 130],
  grass: [120, 210, 60],
  paved: [180, 120, 200],
  water: [30, 90, 220],
  road: [90, 90, 90],
  building: [220, 50, 40],
  tree: [0, 110, 50],
};

/** The classes of the label maps; `index` is the place in this list. */
export const TOWN_CLASSES: readonly TownClass[] = CLASS_NAMES.map((name, index) => ({ index, name, rgb: CLASS_COLOURS[name] }));
