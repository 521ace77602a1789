/** Pictures of classes: one class a pixel, or void. Made from label pictures by the nearest colour, and sampled at other sizes. */
import type { Pixels } from '../pixels.ts';
import type { Palette } from './palette.ts';

/** The value of pixels that belong to no class and are not scored. */
export const VOID = 255;

/** The class of each pixel, rows from the top. */
export interface ClassMap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What is no class. */
export interface NearestClassOptions {
  /** Pixels farther than this (Euclidean, in samples of 0 to 255) from the colours of all classes are void; without it none is. */
  readonly voidDistance?: number | undefined;
}

/**
 * The class of the nearest colour for each pixel of a label picture, the first of those equally near; void where that is one of the palette's
 * void colours. Gray counts as red, green and blue.
 */
export function nearestClasses(picture: Pixels, palette: Palette, { voidDistance }: NearestClassOptions = {}): ClassMap {
  const { width, height, channels, data } = picture;
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const farthest = voidDistance === undefined ? Number.POSITIVE_INFINITY : voidDistance ** 2;
  const colours = [...palette.classes.map(({ rgb }) => rgb), ...(palette.voidColours ?? [])];
  const classes = new Uint8Array(width * height);
  for (let at = 0; at < classes.length; at++) {
    const first = at * channels;
    const found = nearest(colours, [data[first] ?? 0, data[first + green] ?? 0, data[first + blue] ?? 0], farthest);
    classes[at] = found < palette.classes.length ? found : VOID;
  }
  return { width, height, data: classes };
}

/** The class of the nearest class colour for each pixel of a generated label picture, which has no void to hide in. */
export function generatedClasses(picture: Pixels, palette: Palette): ClassMap {
  return nearestClasses(picture, { ...palette, voidColours: [] });
}

type Colour = readonly [number, number, number];

function nearest(colours: readonly Colour[], [red, green, blue]: Colour, farthest: number): number {
  let found = VOID;
  let least = Number.POSITIVE_INFINITY;
  for (let each = 0; each < colours.length; each++) {
    const [r, g, b] = colours[each] ?? [0, 0, 0];
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
    if (distance < least && distance <= farthest) {
      least = distance;
      found = each;
    }
  }
  return found;
}

/** How many pixels of a class map are void. */
export function countVoid({ data }: ClassMap): number {
  let count = 0;
  for (const value of data) if (value === VOID) count++;
  return count;
}

/** A class map in another size: each pixel takes the class of the pixel that its centre falls into. */
export function resampleClasses(map: ClassMap, { width, height }: Pick<ClassMap, 'width' | 'height'>): ClassMap {
  if (map.width === width && map.height === height) return map;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = centreOf(y, height, map.height) * map.width;
    for (let x = 0; x < width; x++) data[y * width + x] = map.data[row + centreOf(x, width, map.width)] ?? 0;
  }
  return { width, height, data };
}

function centreOf(position: number, to: number, from: number): number {
  return Math.min(from - 1, Math.floor(((position + 0.5) * from) / to));
}

/** The most likely class of each pixel, from classes x height x width scores that begin at `start` in `scores`; the first of equals. */
export function mostLikelyClasses(
  scores: ArrayLike<number>,
  {
    classes,
    width,
    height,
    start = 0,
  }: { readonly classes: number; readonly width: number; readonly height: number; readonly start?: number },
): ClassMap {
  const plane = width * height;
  const data = new Uint8Array(plane);
  const best = new Float64Array(plane).fill(Number.NEGATIVE_INFINITY);
  for (let each = 0; each < classes; each++) {
    const first = start + each * plane;
    for (let at = 0; at < plane; at++) {
      const score = scores[first + at] ?? 0;
      if (score > (best[at] ?? 0)) {
        best[at] = score;
        data[at] = each;
      }
    }
  }
  return { width, height, data };
}
