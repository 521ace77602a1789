/** Palettes: which colour of a label picture means which class. Data, and a reader of their JSON; knows no pictures. */
import { MAP_COLOURS, TOWN_CLASSES } from '@cyclegan/data/town';
import { z } from 'zod';
import { MetricError } from '../pixels.ts';

/** A colour in samples of 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A class of a palette. */
export interface PaletteClass {
  readonly name: string;
  readonly rgb: Rgb;
}

/** The classes of label pictures; a class's number is its place in the list. */
export interface Palette {
  readonly name: string;
  readonly classes: readonly PaletteClass[];
  /** Colours of what is not scored: pixels nearest to one of them are void. */
  readonly voidColours?: readonly Rgb[] | undefined;
}

type ColourTable = Readonly<Record<string, Rgb>>;

function palette(name: string, colours: ColourTable): Palette {
  return { name, classes: Object.entries(colours).map(([each, rgb]) => ({ name: each, rgb })) };
}

/** What Cityscapes does not score, in the order of its list: unlabeled and static, dynamic, ground, parking, rail track, guard rail, bridge, tunnel, caravan, trailer. */
const CITYSCAPES_VOID: readonly Rgb[] = [
  [0, 0, 0],
  [111, 74, 0],
  [81, 0, 81],
  [250, 170, 160],
  [230, 150, 140],
  [180, 165, 180],
  [150, 100, 100],
  [150, 120, 90],
  [0, 0, 90],
  [0, 0, 110],
];

const CITYSCAPES_CLASSES = palette('cityscapes', {
  road: [128, 64, 128],
  sidewalk: [244, 35, 232],
  building: [70, 70, 70],
  wall: [102, 102, 156],
  fence: [190, 153, 153],
  pole: [153, 153, 153],
  'traffic light': [250, 170, 30],
  'traffic sign': [220, 220, 0],
  vegetation: [107, 142, 35],
  terrain: [152, 251, 152],
  sky: [70, 130, 180],
  person: [220, 20, 60],
  rider: [255, 0, 0],
  car: [0, 0, 142],
  truck: [0, 0, 70],
  bus: [0, 60, 100],
  train: [0, 80, 100],
  motorcycle: [0, 0, 230],
  bicycle: [119, 11, 32],
});

/** The 19 classes that Cityscapes is scored on, in the order of their train ids, and the colours of what is not scored. */
export const CITYSCAPES_PALETTE: Palette = { ...CITYSCAPES_CLASSES, voidColours: CITYSCAPES_VOID };

/** The 12 classes of the CMP facade data set, in the colours of its pictures as the paper's authors give them out. */
export const FACADES_PALETTE: Palette = palette('facades', {
  background: [0, 0, 223],
  facade: [0, 48, 255],
  window: [0, 128, 255],
  door: [0, 207, 255],
  cornice: [32, 255, 223],
  sill: [112, 255, 143],
  balcony: [191, 255, 64],
  blind: [255, 239, 0],
  deco: [255, 159, 0],
  molding: [255, 80, 0],
  pillar: [255, 0, 0],
  shop: [175, 0, 0],
});

/** What the colours of the paper's map data set mean most often: these six cover nine tenths of it. */
export const MAPS_PALETTE: Palette = palette('maps', {
  land: [233, 228, 222],
  building: [243, 240, 233],
  water: [177, 208, 254],
  park: [203, 223, 172],
  road: [255, 255, 251],
  highway: [251, 158, 37],
});

/** The classes of the synthetic town's label maps. */
export const TOWN_PALETTE: Palette = { name: 'town', classes: TOWN_CLASSES.map(({ name, rgb }) => ({ name, rgb })) };

const { ground, grass, paved, water, street, avenue, building, tree } = MAP_COLOURS;

/** The fillings of the synthetic town's street maps; outlines count as what they are nearest to. */
export const TOWN_MAP_PALETTE: Palette = palette('town-map', { ground, grass, paved, water, street, avenue, building, tree });

/** Palettes by name. */
export const PALETTES = {
  cityscapes: CITYSCAPES_PALETTE,
  facades: FACADES_PALETTE,
  maps: MAPS_PALETTE,
  town: TOWN_PALETTE,
  'town-map': TOWN_MAP_PALETTE,
} as const;

/** Class maps hold a byte a pixel, one value of which is void. */
const MOST_CLASSES = 255;

const sample = z.int().min(0).max(255);
const rgb = z.tuple([sample, sample, sample]);
const paletteSchema = z.object({
  classes: z
    .array(z.object({ name: z.string().min(1), rgb }))
    .min(2)
    .max(MOST_CLASSES),
  void: z.array(rgb).optional(),
});

/**
 * The palette in the text of a JSON file, `{ "classes": [{ "name": "road", "rgb": [128, 64, 128] }, ...] }`, as `cyclegan synth` writes
 * it, and `"void": [[0, 0, 0], ...]` with colours that are not scored; other keys are ignored. Throws MetricError, beginning with `name`, when it is not that, or two share a name or colour.
 */
export function parsePalette(text: string, name: string): Palette {
  const parsed = paletteSchema.safeParse(parseJson(text, name));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new MetricError(
      `${name}: expected {"classes": [{"name": "road", "rgb": [128, 64, 128]}, ...]} with 2 to ${MOST_CLASSES} classes; ${issue?.path.join('.')}: ${issue?.message}.`,
    );
  }
  const { classes, void: voidColours } = parsed.data;
  for (const [what, keys] of [
    ['name', classes.map((each) => each.name)],
    ['colour', [...classes.map((each) => each.rgb), ...(voidColours ?? [])].map((colour) => colour.join(', '))],
  ] as const) {
    const twice = keys.find((key, at) => keys.indexOf(key) !== at);
    if (twice !== undefined) throw new MetricError(`${name}: two have the ${what} ${twice}; give each its own.`);
  }
  return { name, classes, ...(voidColours === undefined ? {} : { voidColours }) };
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MetricError(`${name}: it is not JSON (${error instanceof Error ? error.message : error}).`, { cause: error });
  }
}
