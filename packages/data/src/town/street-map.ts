/** The street map of a place, in the manner of web maps: flat colours with outlines. Knows nothing of light and texture. */
import type { Picture } from '../picture.ts';
import { Canvas } from './canvas.ts';
import type { Rgb } from './classes.ts';
import type { Fields } from './fields.ts';
import type { Grid } from './raster.ts';

/** The colours of the street map. */
export const MAP_COLOURS = {
  ground: [242, 238, 230],
  grass: [203, 230, 180],
  grassEdge: [180, 212, 156],
  paved: [224, 219, 232],
  pavedEdge: [203, 197, 214],
  water: [158, 204, 236],
  waterEdge: [122, 176, 216],
  casing: [172, 168, 164],
  street: [255, 255, 255],
  avenue: [252, 214, 112],
  building: [204, 198, 194],
  buildingEdge: [160, 152, 148],
  tree: [150, 202, 132],
  treeEdge: [118, 178, 104],
} as const satisfies Record<string, Rgb>;

const OUTLINE = 0.9;
const CASING = 1.3;

/** Draws the street map. */
export function drawStreetMap(fields: Fields, grid: Grid): Picture {
  const canvas = new Canvas(grid);
  const outlined = (field: Float32Array, fill: Rgb, edge: Rgb) => {
    canvas.paint(field, edge);
    canvas.paint(field, fill, OUTLINE);
  };
  canvas.fill(MAP_COLOURS.ground);
  outlined(fields.grass, MAP_COLOURS.grass, MAP_COLOURS.grassEdge);
  outlined(fields.paved, MAP_COLOURS.paved, MAP_COLOURS.pavedEdge);
  outlined(fields.water, MAP_COLOURS.water, MAP_COLOURS.waterEdge);
  canvas.paint(fields.roads, MAP_COLOURS.casing);
  canvas.paint(fields.streets, MAP_COLOURS.street, CASING);
  canvas.paint(fields.avenues, MAP_COLOURS.avenue, CASING);
  outlined(fields.buildings, MAP_COLOURS.building, MAP_COLOURS.buildingEdge);
  outlined(fields.trees, MAP_COLOURS.tree, MAP_COLOURS.treeEdge);
  return canvas.picture();
}
