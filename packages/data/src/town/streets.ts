/**
 * The plan of a place: a grid of streets, turned and bent, with an avenue or a river in place of some, and the blocks between them.
 * Knows nothing of what stands on a block.
 */
import type { Draws } from './draws.ts';
import { type Point, polygonShape, type Shape, type Stroke } from './geometry.ts';
import { TILE_METRES } from './raster.ts';

/** What runs between blocks. */
type Way = 'street' | 'avenue' | 'river';

/** A way, straight on the grid but for its sway: at a constant s or t. */
interface Line {
  readonly at: number;
  readonly way: Way;
  readonly halfWidth: number;
  readonly sway: number;
  readonly phase: number;
}

/** A piece of land between ways, with coordinates of its own: `a` from 0 to `length`, the longer side, `b` from 0 to `depth`. */
export interface Block {
  readonly length: number;
  readonly depth: number;
  at(a: number, b: number): Point;
  /** The whole land, to the middle of the ways around it. */
  readonly land: Shape;
}

/** The ways of a place in short pieces, and the blocks between them. */
export interface Plan {
  readonly streets: readonly Stroke[];
  readonly avenues: readonly Stroke[];
  readonly rivers: readonly Stroke[];
  readonly blocks: readonly Block[];
}

/** How far the grid goes, so that its bent corners lie outside of the tile. */
const REACH = 0.9 * TILE_METRES;
const HALF_WIDTH: Readonly<Record<Way, readonly [number, number]>> = { street: [4.8, 5.2], avenue: [7.5, 8.5], river: [9, 16] };
const SWAY: Readonly<Record<Way, readonly [number, number]>> = { street: [0, 0], avenue: [0, 9], river: [5, 11] };
const SWAY_PERIOD = 170;
const PIECE = 9;
/** Between the end of a street and the river that it does not cross. */
const QUAY = 9;

/** From coordinates of the grid to metres of the tile. */
type Frame = (s: number, t: number) => Point;

/** Plans a place. */
export function planStreets(draws: Draws): Plan {
  const frame = drawFrame(draws);
  const ways: { s: Way[]; t: Way[] } = { s: [], t: [] };
  if (draws.chance(0.4)) ways.s.push('river');
  if (draws.chance(0.75)) ways.t.push('avenue');
  if (ways.s.length === 0 && draws.chance(0.3)) ways.s.push('avenue');
  const sLines = drawLines(draws, ways.s, [48, 66]);
  const tLines = drawLines(draws, ways.t, [66, 104]);
  const river = sLines.find(({ way }) => way === 'river');
  const plan = { streets: [] as Stroke[], avenues: [] as Stroke[], rivers: [] as Stroke[] };
  const strokesOf = { street: plan.streets, avenue: plan.avenues, river: plan.rivers };
  for (const line of sLines) strokesOf[line.way].push(...pieces(line, (along, at) => frame(at, along)));
  for (const line of tLines) {
    const bridge = line.way === 'avenue' || draws.chance(0.6);
    const isDry = (s: number, t: number) => river === undefined || Math.abs(s - positionOf(river, t)) > river.halfWidth + QUAY;
    strokesOf[line.way].push(...pieces(line, frame, bridge ? undefined : isDry));
  }
  return { ...plan, blocks: between(sLines, tLines, frame) };
}

/** A frame turned by any angle, its axes bent to parabolas. */
function drawFrame(draws: Draws): Frame {
  // a point of the unit circle without a sine
  const half = draws.between(-1, 1);
  const cosine = (1 - half * half) / (1 + half * half);
  const sine = (2 * half) / (1 + half * half);
  const bent = draws.chance(0.6);
  const [bendS, bendT] = bent ? [draws.between(-0.0012, 0.0012), draws.between(-0.0014, 0.0014)] : [0, 0];
  return (s, t) => {
    const y = t + bendT * s * s;
    const x = s + bendS * y * y;
    return { x: cosine * x - sine * y, y: sine * x + cosine * y };
  };
}

/** Parallel ways: streets, and each of the `special` ones somewhere near the middle. */
function drawLines(draws: Draws, special: readonly Way[], [least, most]: readonly [number, number]): Line[] {
  const positions: number[] = [];
  for (let at = -REACH + draws.between(0, most); at < REACH; at += draws.between(least, most)) positions.push(at);
  const nearMiddle = positions.map((_, index) => index).filter((index) => Math.abs(positions[index] ?? 0) < TILE_METRES * 0.3);
  const chosen = new Map<number, Way>();
  for (const way of special) chosen.set(nearMiddle[draws.whole(0, nearMiddle.length - 1)] ?? 0, way);
  return positions.map((at, index) => {
    const way = chosen.get(index) ?? 'street';
    return { at, way, halfWidth: draws.between(...HALF_WIDTH[way]), sway: draws.between(...SWAY[way]), phase: draws.between(0, 1) };
  });
}

/** Where a line is, so far along it. */
function positionOf({ at, sway, phase }: Line, along: number): number {
  return at + sway * wave(along / SWAY_PERIOD + phase);
}

/** Half periods of parabolas in place of a sine. */
function wave(turns: number): number {
  const half = Math.floor(2 * turns);
  const share = 2 * turns - half;
  return (half % 2 === 0 ? 4 : -4) * share * (1 - share);
}

/** A line in pieces, `place` gives where it is; only those pieces with ends that `keep` accepts. */
function pieces(
  line: Line,
  place: (along: number, at: number) => Point,
  keep: (along: number, at: number) => boolean = () => true,
): Stroke[] {
  const strokes: Stroke[] = [];
  for (let along = -REACH; along < REACH; along += PIECE) {
    const [here, there] = [positionOf(line, along), positionOf(line, along + PIECE)];
    if (!keep(along, here) || !keep(along + PIECE, there)) continue;
    strokes.push({ from: place(along, here), to: place(along + PIECE, there), radius: line.halfWidth });
  }
  return strokes;
}

/** The blocks between neighbouring lines. */
function between(sLines: readonly Line[], tLines: readonly Line[], frame: Frame): Block[] {
  return pairs(sLines).flatMap(([s0, s1]) => pairs(tLines).map(([t0, t1]) => block([s0, s1], [t0, t1], frame)));
}

function block([s0, s1]: Pair, [t0, t1]: Pair, frame: Frame): Block {
  const [left, right] = [s0.at + s0.halfWidth, s1.at - s1.halfWidth];
  const [top, bottom] = [t0.at + t0.halfWidth, t1.at - t1.halfWidth];
  const corners = [frame(s0.at, t0.at), frame(s1.at, t0.at), frame(s1.at, t1.at), frame(s0.at, t1.at)];
  const land = polygonShape(corners);
  const [width, height] = [right - left, bottom - top];
  return width > height
    ? { length: width, depth: height, land, at: (a, b) => frame(left + a, top + b) }
    : { length: height, depth: width, land, at: (a, b) => frame(right - b, top + a) };
}

type Pair = readonly [Line, Line];

function pairs(lines: readonly Line[]): Pair[] {
  return lines.flatMap((line, index): Pair[] => {
    const next = lines[index + 1];
    return next === undefined ? [] : [[line, next]];
  });
}
