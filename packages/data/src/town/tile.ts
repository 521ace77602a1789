/** A tile of the synthetic town in three pictures of one place; made of arithmetic alone, so that it runs anywhere. */
import { type Picture, PictureError } from '../picture.ts';
import { drawAerial } from './aerial.ts';
import { fieldsOf } from './fields.ts';
import { drawLabelMap } from './label-map.ts';
import { layOut } from './layout.ts';
import { noiseOf } from './noise.ts';
import { gridOf } from './raster.ts';
import { drawStreetMap } from './street-map.ts';

/** Sizes that tiles are made in, in pixels. */
export const TOWN_SIZES = { least: 16, most: 1024 } as const;

/** Which tile. */
export interface TownTileOptions {
  readonly seed: number;
  readonly place: number;
  readonly size: number;
}

/** A place in three pictures of the same geometry, in RGB of 8 bits. */
export interface TownTile {
  readonly aerial: Picture;
  readonly map: Picture;
  /** In the colours of TOWN_CLASSES, nothing in between. */
  readonly labels: Picture;
}

/**
 * The tile of a place, `size` x `size` pixels that show the same 200 x 200 metres whatever the size. A function of its options alone:
 * `seed` and `place` are integers from 0 to 2^53 - 1. Throws PictureError for a size below 16 or above 1024, RangeError for another seed
 * or place.
 *
 * @example
 * const { aerial, map } = townTile({ seed: 0, place: 7, size: 256 });
 */
export function townTile({ seed, place, size }: TownTileOptions): TownTile {
  if (!Number.isInteger(size) || size < TOWN_SIZES.least || size > TOWN_SIZES.most)
    throw new PictureError(`size: expected a whole number of pixels from ${TOWN_SIZES.least} to ${TOWN_SIZES.most}, got ${size}.`);
  if (!Number.isSafeInteger(place) || place < 0) throw new RangeError(`place: expected an integer from 0 to 2^53 - 1, got ${place}.`);
  const key = { seed, place };
  const grid = gridOf(size);
  const noise = noiseOf(key);
  const town = layOut(key);
  const fields = fieldsOf(town, grid, noise);
  return { aerial: drawAerial(key, { town, fields, noise, grid }), map: drawStreetMap(fields, grid), labels: drawLabelMap(fields, grid) };
}
