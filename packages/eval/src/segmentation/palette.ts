/** Palettes: which colour of a label picture means which class. Data, and a reader of their JSON; knows no pictures. */
import { TOWN_CLASSES } from '@cyclegan/data/town';
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
}

type ColourTable = Readonly<Record<string, Rgb>>;

function palette(name: string, colours: ColourTable): Palette {
  return { name, classes: Object.entries(colours).map(([each, rgb]) => ({ name: each, rgb })) };
}

/** The 19 classes that Cityscapes is scored on, in the order of their train ids; everything else in its label pictures is void. */
export const CITYSCAPES_PALETTE: Palette = palette('cityscapes', {
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

/** The 12 classes of the CMP facade data set. */
export const FACADES_PALETTE: Palette = palette('facades', {
  background: [0, 0, 170],
  facade: [0, 0, 255],
  window: [0, 85, 255],
  door: [0, 170, 255],
  cornice: [0, 255, 255],
  sill: [85, 255, 170],
  balcony: [170, 255, 85],
  blind: [255, 255, 0],
  deco: [255, 170, 0],
  molding: [255, 85, 0],
  pillar: [255, 0, 0],
  shop: [170, 0, 0],
});

/** The classes of the synthetic town's label maps. */
export const TOWN_PALETTE: Palette = { name: 'town', classes: TOWN_CLASSES.map(({ name, rgb }) => ({ name, rgb })) };

/** Palettes by name. */
export const PALETTES = { cityscapes: CITYSCAPES_PALETTE, facades: FACADES_PALETTE, town: TOWN_PALETTE } as const;

/** Class maps hold a byte a pixel, one value of which is void. */
const MOST_CLASSES = 255;

const sample = z.int().min(0).max(255);
const paletteSchema = z.object({
  classes: z
    .array(z.object({ name: z.string().min(1), rgb: z.tuple([sample, sample, sample]) }))
    .min(2)
    .max(MOST_CLASSES),
});

/**
 * The palette in the text of a JSON file, `{ "classes": [{ "name": "road", "rgb": [128, 64, 128] }, ...] }`, as `cyclegan synth` writes
 * it; other keys are ignored. Throws MetricError, beginning with `name`, when it is not that, or two classes share a name or colour.
 */
export function parsePalette(text: string, name: string): Palette {
  const parsed = paletteSchema.safeParse(parseJson(text, name));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new MetricError(
      `${name}: expected {"classes": [{"name": "road", "rgb": [128, 64, 128]}, ...]} with 2 to ${MOST_CLASSES} classes; ${issue?.path.join('.')}: ${issue?.message}.`,
    );
  }
  const { classes } = parsed.data;
  for (const [what, keys] of [
    ['name', classes.map((each) => each.name)],
    ['colour', classes.map(({ rgb }) => rgb.join(', '))],
  ] as const) {
    const twice = keys.find((key, at) => keys.indexOf(key) !== at);
    if (twice !== undefined) throw new MetricError(`${name}: two classes have the ${what} ${twice}; give each its own.`);
  }
  return { name, classes };
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MetricError(`${name}: it is not JSON (${error instanceof Error ? error.message : error}).`, { cause: error });
  }
}
