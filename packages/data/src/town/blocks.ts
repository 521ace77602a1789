/** What stands on a block: houses with gardens, apartments around a yard, commerce with parking, a park, a square. All lengths in metres. */
import { parkingRow } from './cars.ts';
import type { Rgb } from './classes.ts';
import type { Draws } from './draws.ts';
import { add, cornersOf, direction, disc, length, type Point, quarterTurn, type Rect, rectShape, strokeShape } from './geometry.ts';
import type { Block } from './streets.ts';
import type { Building, Site } from './town.ts';

/** Whether nothing else lies within so many metres of a point; what the plan of streets knows of. */
export type IsFree = (point: Point, margin: number) => boolean;

/** A block that is being built on. */
interface Lot {
  readonly block: Block;
  readonly draws: Draws;
  readonly isFree: IsFree;
  readonly site: Site;
}

const TILES: readonly [Rgb, ...Rgb[]] = [
  [168, 90, 70],
  [150, 80, 66],
  [176, 112, 86],
  [122, 96, 82],
  [104, 102, 106],
  [88, 94, 106],
];
const FLAT_ROOFS: readonly [Rgb, ...Rgb[]] = [
  [186, 184, 182],
  [170, 168, 166],
  [198, 194, 188],
  [150, 146, 144],
  [180, 166, 150],
];
const LEAVES: readonly [Rgb, ...Rgb[]] = [
  [54, 84, 42],
  [64, 94, 46],
  [46, 74, 44],
  [76, 100, 50],
];

/** Land uses, each as often as it is chosen in relation to the others. */
const USES = [houses, houses, houses, houses, houses, apartments, apartments, commerce, park, park, square] as const;

/** Builds on a block whatever the draws decide. */
export function buildOn(block: Block, { draws, isFree }: Pick<Lot, 'draws' | 'isFree'>): Site {
  const site: Site = { grass: [], paved: [], water: [], lines: [], cars: [], buildings: [], trees: [] };
  const use = block.depth < 24 ? park : draws.pick(USES);
  use({ block, draws, isFree, site });
  return site;
}

/** Rows of houses along both long sides, gardens between them. */
function houses(lot: Lot): void {
  const { block, draws } = lot;
  const tiles = [draws.pick(TILES), draws.pick(TILES), draws.pick(TILES)] as const;
  const rows = block.depth > 38 ? [0, 1] : [0];
  for (const row of rows) {
    const width = draws.between(14, 18);
    for (let a = 2 + width / 2; a + width / 2 < block.length - 1; a += width) {
      const setback = draws.between(4, 7);
      const rect = rectOn(block, {
        a,
        b: row === 0 ? setback + 5 : block.depth - setback - 5,
        along: draws.between(5, 6.4),
        across: draws.between(4.5, 5.6),
      });
      const house = {
        rect,
        height: draws.between(5, 7),
        roof: draws.pick(['gable', 'gable', 'hip'] as const),
        colour: draws.pick(tiles),
      } as const;
      if (!raise(lot, house)) continue;
      if (draws.chance(0.35)) raise(lot, wingOf(house, draws));
    }
  }
  const gardens = (block.length * block.depth) / 170;
  for (let tree = 0; tree < gardens; tree++) plant(lot, [draws.between(2, block.length - 2), draws.between(2, block.depth - 2)], [1.6, 3]);
}

/** A lower part at a right angle. */
function wingOf({ rect, height, colour }: Building, draws: Draws): Building {
  const side = draws.pick([-1, 1]);
  const aside = quarterTurn(rect.heading);
  const centre = add(add(rect.centre, rect.heading, draws.pick([-0.4, 0.4]) * rect.along), aside, side * rect.across * 0.9);
  return { rect: { centre, heading: aside, along: rect.across * 0.7, across: 2.6 }, height: height - 1.5, roof: 'gable', colour };
}

/** Slabs along the edge of a block, and a lawn in its yard. */
function apartments(lot: Lot): void {
  const { block, draws, site } = lot;
  const { length: long, depth } = block;
  const roof = draws.pick(['hip', 'flat'] as const);
  const colour = draws.pick(roof === 'hip' ? TILES : FLAT_ROOFS);
  const height = draws.between(10, 18);
  const raiseSlab = (slab: Placement) => raise(lot, { rect: rectOn(block, slab), height, roof, colour });
  const slabs = Math.max(1, Math.floor((long - 4) / draws.between(26, 42)));
  const slab = (long - 6) / slabs;
  for (let index = 0; index < slabs; index++) {
    const a = 3 + slab * (index + 0.5);
    for (const b of depth > 36 ? [9, depth - 9] : [9]) raiseSlab({ a, b, along: slab / 2 - 2.5, across: draws.between(5.2, 6.4) });
  }
  if (depth < 42) {
    plantRow(lot, depth - 4);
    return;
  }
  site.grass.push(rectShape(rectOn(block, { a: long / 2, b: depth / 2, along: long / 2 - 5, across: depth / 2 - 17 })));
  for (let tree = 0; tree < long / 7; tree++) plant(lot, [draws.between(6, long - 6), draws.between(18, depth - 18)], [2, 3.6]);
}

/** A hall with a flat roof, and a parking lot. */
function commerce(lot: Lot): void {
  const { block, draws, site } = lot;
  const { length: long, depth } = block;
  site.paved.push(rectShape(rectOn(block, { a: long / 2, b: depth / 2, along: long / 2 - 1, across: depth / 2 - 1 })));
  const share = draws.between(0.4, 0.6);
  const hall = { a: (long * share) / 2 + 1, b: depth / 2, along: (long * share) / 2 - 4, across: depth / 2 - 5 };
  raise(lot, { rect: rectOn(block, hall), height: draws.between(7, 12), roof: 'flat', colour: draws.pick(FLAT_ROOFS) });
  const [from, to] = [long * share + 4, long - 5];
  for (let b = 5.5; b < depth - 4; b += draws.pick([5.4, 11])) {
    if (!lot.isFree(block.at((from + to) / 2, b), (to - from) / 2)) continue;
    const row = parkingRow(draws, block.at(from, b), block.at(to, b));
    site.cars.push(...row.cars);
    site.lines.push(...row.lines);
  }
  plantRow(lot, 2.5);
}

/** Lawns and trees, paths through them, perhaps a pond. */
function park(lot: Lot): void {
  const { block, draws, site } = lot;
  const { length: long, depth } = block;
  site.grass.push(block.land);
  layPaths(lot);
  const shore = { a: long * draws.pick([0.25, 0.75]), b: depth * draws.between(0.4, 0.6), radius: draws.between(6, 0.24 * depth) };
  const [from, to] = [block.at(shore.a - shore.radius * 0.7, shore.b), block.at(shore.a + shore.radius * 0.7, shore.b + 2)];
  const pond = draws.chance(0.5) && depth > 30 && [from, to].every((point) => lot.isFree(point, shore.radius + 6));
  if (pond) site.water.push(strokeShape({ from, to, radius: shore.radius }));
  const isDry = (a: number, b: number) => !pond || length(a - shore.a, b - shore.b) > 1.7 * shore.radius + 4;
  const groves = Math.ceil((long * depth) / 500);
  for (let grove = 0; grove < groves; grove++) {
    const [a, b] = [draws.between(0, long), draws.between(0, depth)];
    for (let tree = draws.whole(1, 7); tree > 0; tree--) {
      const [treeA, treeB] = [a + draws.between(-9, 9), b + draws.between(-9, 9)];
      if (isDry(treeA, treeB)) plant(lot, [treeA, treeB], [2.2, 4.2]);
    }
  }
}

/** Three paths from the edges of a block that meet in it. */
function layPaths({ block, draws, site }: Lot): void {
  const { length: long, depth } = block;
  const from = block.at(long * draws.between(0.35, 0.65), depth * draws.between(0.3, 0.7));
  const ends = [
    block.at(-4, depth * draws.between(0, 1)),
    block.at(long + 4, depth * draws.between(0, 1)),
    block.at(long * draws.between(0.3, 0.7), depth + 4),
  ];
  site.paved.push(...ends.map((to) => strokeShape({ from, to, radius: 1.7 })));
}

/** Pavement with rows of trees, a large building at one end, and a fountain. */
function square(lot: Lot): void {
  const { block, draws, site } = lot;
  const { length: long, depth } = block;
  site.paved.push(block.land);
  const end = draws.between(0.25, 0.4) * long;
  const hall = rectOn(block, { a: end / 2 + 4, b: depth / 2, along: end / 2, across: depth * 0.3 });
  raise(lot, { rect: hall, height: draws.between(12, 16), roof: 'hip', colour: draws.pick(TILES) });
  const fountain = block.at((long + end) / 2 + 2, depth / 2);
  if (lot.isFree(fountain, 12)) site.water.push(strokeShape(disc(fountain, draws.between(4, 6))));
  for (const b of [4, depth - 4]) plantRow(lot, b);
}

function plantRow(lot: Lot, b: number): void {
  const { block, draws } = lot;
  const spacing = draws.between(7, 10);
  for (let a = 4; a < block.length - 3; a += spacing) plant(lot, [a, b], [2.2, 3]);
}

/** Where a rectangle is on a block, and half of how large. */
interface Placement {
  readonly a: number;
  readonly b: number;
  readonly along: number;
  readonly across: number;
}

/** A rectangle in the direction that the block has there. */
function rectOn({ at }: Block, { a, b, along, across }: Placement): Rect {
  return { centre: at(a, b), heading: direction(at(a - 1, b), at(a + 1, b)), along, across };
}

/** Adds a building unless something is in its way; whether it did. */
function raise({ site, isFree }: Lot, building: Building): boolean {
  const { rect } = building;
  const free = [rect.centre, ...cornersOf(rect)].every((point) => isFree(point, 3)) && isFree(rect.centre, rect.across);
  if (free) site.buildings.push(building);
  return free;
}

/** Plants a tree on a block unless something is in its way. */
function plant({ block, draws, site, isFree }: Lot, [a, b]: readonly [number, number], radii: readonly [number, number]): void {
  const centre = block.at(a, b);
  const radius = draws.between(...radii);
  const colour = draws.pick(LEAVES);
  const inside = a > 1 && b > 1 && a < block.length - 1 && b < block.depth - 1;
  const clear = site.buildings.every(({ rect }) => rectShape(rect).distance(centre.x, centre.y) > radius * 0.6);
  if (inside && clear && isFree(centre, radius)) site.trees.push({ centre, radius, colour });
}
