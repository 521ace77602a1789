/** The geometry that the three pictures of a place share: how far each pixel is from what. Knows no colours. */
import { disc, rectShape, strokeShape } from './geometry.ts';
import type { Noise } from './noise.ts';
import { distanceField, EVERYWHERE, type Grid, visit } from './raster.ts';
import type { Town } from './town.ts';

/** Signed distances in metres, negative inside, cut off some metres outside. */
export interface Fields {
  readonly grass: Float32Array;
  readonly paved: Float32Array;
  readonly water: Float32Array;
  readonly streets: Float32Array;
  readonly avenues: Float32Array;
  /** Streets and avenues. */
  readonly roads: Float32Array;
  readonly buildings: Float32Array;
  readonly trees: Float32Array;
}

/** Beyond which distances do not matter, besides a pixel. */
const REACH = 4;
/** How far and how finely the noise moves banks. */
const BANK = { metres: 2.2, grain: 19 };

/** Measures a place. */
export function fieldsOf(town: Town, grid: Grid, noise: Noise): Fields {
  const reach = REACH + grid.pixel;
  const streets = distanceField(grid, town.streets, reach);
  const avenues = distanceField(grid, town.avenues, reach);
  const trees = town.trees.map(({ centre, radius }) => strokeShape(disc(centre, radius)));
  const water = distanceField(grid, town.water, reach);
  visit(grid, EVERYWHERE, (at, x, y) => {
    const distance = water[at] ?? reach;
    if (distance < reach) water[at] = distance + BANK.metres * noise(x, y, BANK.grain);
  });
  return {
    grass: distanceField(grid, town.grass, reach),
    paved: distanceField(grid, town.paved, reach),
    water,
    streets,
    avenues,
    roads: streets.map((distance, at) => Math.min(distance, avenues[at] ?? reach)),
    buildings: distanceField(
      grid,
      town.buildings.map(({ rect }) => rectShape(rect)),
      reach,
    ),
    trees: distanceField(grid, trees, reach),
  };
}
