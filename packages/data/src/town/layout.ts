/** A place of the synthetic town: its plan, what stands on its blocks, its traffic. A function of (seed, place) alone. */
import { buildOn, type IsFree } from './blocks.ts';
import { avenueTraffic, parkedCars } from './cars.ts';
import { Draws, type PlaceKey } from './draws.ts';
import { type Shape, type Stroke, strokeShape } from './geometry.ts';
import { TILE_METRES } from './raster.ts';
import { type Plan, planStreets } from './streets.ts';
import type { Patch, Town } from './town.ts';

/** How far outside of the tile something still matters, by its shadow for instance. */
const MARGIN = 30;
/** Width of the green on both banks of a river. */
const BANK = 9;

/** Lays out a place. */
export function layOut(key: PlaceKey): Town {
  const plan = planStreets(new Draws(key, 'streets'));
  const isFree = freeOf([...plan.avenues, ...plan.rivers]);
  const draws = new Draws(key, 'blocks');
  const sites = plan.blocks.filter(({ land }) => isNear(land)).map((block) => buildOn(block, { draws, isFree }));
  const traffic = trafficOf(plan, new Draws(key, 'traffic'));
  const banks = plan.rivers.map((piece) => ({ ...piece, radius: piece.radius + BANK }));
  return {
    grass: [...sites.flatMap(({ grass }) => grass), ...shapesOf(banks)],
    paved: sites.flatMap(({ paved }) => paved),
    water: [...shapesOf(plan.rivers), ...sites.flatMap(({ water }) => water)],
    streets: shapesOf(plan.streets),
    avenues: shapesOf(plan.avenues),
    lines: [...sites.flatMap(({ lines }) => lines), ...traffic.flatMap(({ lines }) => lines)],
    cars: [...sites.flatMap(({ cars }) => cars), ...traffic.flatMap(({ cars }) => cars)],
    buildings: sites.flatMap(({ buildings }) => buildings),
    trees: sites.flatMap(({ trees }) => trees),
  };
}

function trafficOf({ streets, avenues }: Plan, draws: Draws): { readonly cars: Patch[]; readonly lines: Patch[] }[] {
  const density = draws.between(0.1, 0.5);
  return [
    ...streets.map((piece) => ({ cars: parkedCars(draws, piece, density), lines: [] })),
    ...avenues.map((piece) => avenueTraffic(draws, piece, density / 2)),
  ];
}

/** Tells whether a point keeps its distance to ways whose course the blocks do not follow. */
function freeOf(ways: readonly Stroke[]): IsFree {
  const shapes = shapesOf(ways);
  return ({ x, y }, margin) => shapes.every((shape) => shape.distance(x, y) > margin);
}

function shapesOf(strokes: readonly Stroke[]): Shape[] {
  return strokes.map(strokeShape).filter(isNear);
}

function isNear({ bounds }: Shape): boolean {
  const reach = TILE_METRES / 2 + MARGIN;
  return bounds.left < reach && bounds.right > -reach && bounds.top < reach && bounds.bottom > -reach;
}
