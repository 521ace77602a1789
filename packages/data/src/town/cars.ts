/** Cars, and what is painted on roads and parking lots for them. */
import type { Rgb } from './classes.ts';
import type { Draws } from './draws.ts';
import { add, direction, length, type Point, quarterTurn, type Stroke } from './geometry.ts';
import type { Patch } from './town.ts';

const CAR_COLOURS: readonly [Rgb, ...Rgb[]] = [
  [238, 240, 242],
  [178, 182, 188],
  [38, 40, 46],
  [158, 38, 34],
  [44, 70, 130],
  [112, 116, 122],
];
const WHITE: Rgb = [228, 228, 222];
/** From the middle of a parked car to the edge of the road, the sidewalk included. */
const PARKED = 2.4;

/** A car that faces `heading`. */
function drawCar(draws: Draws, centre: Point, heading: Point): Patch {
  return { rect: { centre, heading, along: draws.between(2, 2.4), across: 0.95 }, colour: draws.pick(CAR_COLOURS) };
}

/** A painted line of a length. */
function paintedLine(centre: Point, heading: Point, metres: number): Patch {
  return { rect: { centre, heading, along: metres / 2, across: 0.2 }, colour: WHITE };
}

/** Cars parked on both sides of a piece of a street, here and there. */
export function parkedCars(draws: Draws, piece: Stroke, frequency: number): Patch[] {
  const { middle, heading, aside } = axesOf(piece);
  return [-1, 1]
    .filter(() => draws.chance(frequency))
    .map((side) => drawCar(draws, add(middle, aside, side * (piece.radius - PARKED)), heading));
}

/** Cars under way on a piece of an avenue, on the right of the dashed line in its middle. */
export function avenueTraffic(draws: Draws, piece: Stroke, frequency: number): { readonly cars: Patch[]; readonly lines: Patch[] } {
  const { middle, heading, aside } = axesOf(piece);
  const lanes = [-1, 1].filter(() => draws.chance(frequency));
  return {
    cars: lanes.map((side) => drawCar(draws, add(add(middle, aside, side * 0.42 * piece.radius), heading, draws.between(-2, 2)), heading)),
    lines: [paintedLine(middle, heading, 4.5)],
  };
}

/** A row of parking spaces, some of them taken, from one point to another; cars stand across it. */
export function parkingRow(draws: Draws, from: Point, to: Point): { readonly cars: Patch[]; readonly lines: Patch[] } {
  const along = direction(from, to);
  const heading = quarterTurn(along);
  const spaces = Math.floor(length(to.x - from.x, to.y - from.y) / 2.9);
  const taken = draws.between(0.3, 0.9);
  const cars: Patch[] = [];
  const lines: Patch[] = [];
  for (let space = 0; space < spaces; space++) {
    lines.push(paintedLine(add(from, along, 2.9 * space), heading, 5));
    if (draws.chance(taken)) cars.push(drawCar(draws, add(from, along, 2.9 * (space + 0.5)), heading));
  }
  return { cars, lines };
}

function axesOf({ from, to }: Stroke): { readonly middle: Point; readonly heading: Point; readonly aside: Point } {
  const heading = direction(from, to);
  return { middle: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, heading, aside: quarterTurn(heading) };
}
