/** The label map of a place: the colour of one class for each pixel, nothing in between. */
import type { Picture } from '../picture.ts';
import { CLASS_COLOURS, type Rgb } from './classes.ts';
import type { Fields } from './fields.ts';
import type { Grid } from './raster.ts';

/** Draws the label map. */
export function drawLabelMap(fields: Fields, { size }: Grid): Picture {
  const data = new Uint8Array(3 * size * size);
  for (let at = 0; at < size * size; at++) data.set(CLASS_COLOURS.ground, 3 * at);
  const lay = (field: Float32Array, colour: Rgb) => {
    for (let at = 0; at < field.length; at++) if ((field[at] ?? 0) < 0) data.set(colour, 3 * at);
  };
  lay(fields.grass, CLASS_COLOURS.grass);
  lay(fields.paved, CLASS_COLOURS.paved);
  lay(fields.water, CLASS_COLOURS.water);
  lay(fields.roads, CLASS_COLOURS.road);
  lay(fields.buildings, CLASS_COLOURS.building);
  lay(fields.trees, CLASS_COLOURS.tree);
  return { width: size, height: size, channels: 3, data };
}
