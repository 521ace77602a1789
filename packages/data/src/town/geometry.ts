/**
 * Plane geometry in metres: shapes, and signed distances to them, negative inside. Only arithmetic and square roots, which are the same
 * bits on every machine, unlike sines. Knows nothing of towns and pixels.
 */

/** A point, or a direction of length 1. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An upright rectangle that holds something. */
export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A line segment with round ends, or a disc where both ends are one. */
export interface Stroke {
  readonly from: Point;
  readonly to: Point;
  readonly radius: number;
}

/** A rectangle in any direction: `along` and `across` are half its length and width. */
export interface Rect {
  readonly centre: Point;
  readonly heading: Point;
  readonly along: number;
  readonly across: number;
}

/** A half plane: where `normal . point <= offset`. */
interface Side {
  readonly normal: Point;
  readonly offset: number;
}

/** What can be drawn: where it lies, and the signed distance to it (for corners of polygons a lower bound of it). */
export interface Shape {
  readonly bounds: Bounds;
  distance(x: number, y: number): number;
}

/** The disc around a point. */
export function disc(centre: Point, radius: number): Stroke {
  return { from: centre, to: centre, radius };
}

/** A stroke as a shape. */
export function strokeShape({ from, to, radius }: Stroke): Shape {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const lengthSquared = dx * dx + dy * dy;
  const perLength = lengthSquared > 0 ? 1 / lengthSquared : 0;
  return {
    bounds: grown(boundsOf([from, to]), radius),
    distance(x, y) {
      const px = x - from.x;
      const py = y - from.y;
      const share = Math.min(1, Math.max(0, (px * dx + py * dy) * perLength));
      return length(px - share * dx, py - share * dy) - radius;
    },
  };
}

/** A rectangle as a shape. */
export function rectShape(rect: Rect): Shape {
  return convexShape(sidesOf(rect), boundsOf(cornersOf(rect)));
}

/** The convex polygon with these corners, in the order of increasing angles from x to y. */
export function polygonShape(corners: readonly Point[]): Shape {
  const sides = corners.map((corner, index): Side => {
    const next = corners[(index + 1) % corners.length] ?? corner;
    const { x, y } = direction(corner, next);
    const normal = { x: y, y: -x };
    return { normal, offset: dot(normal, corner) };
  });
  return convexShape(sides, boundsOf(corners));
}

/** What a rectangle passes over when it is shifted: its shadow on the ground, the place it stands on included. */
export function sweptShape(rect: Rect, shift: Point): Shape {
  const corners = cornersOf(rect);
  const { x, y } = direction({ x: 0, y: 0 }, shift);
  const flanks = [
    { x: -y, y: x },
    { x: y, y: -x },
  ].map((normal) => ({ normal, offset: Math.max(...corners.map((corner) => dot(normal, corner))) }));
  const sides = sidesOf(rect).map(({ normal, offset }) => ({ normal, offset: offset + Math.max(0, dot(normal, shift)) }));
  return convexShape([...sides, ...flanks], boundsOf([...corners, ...corners.map((corner) => add(corner, shift))]));
}

/** The corners of a rectangle, one after the other. */
export function cornersOf({ centre, heading, along, across }: Rect): Point[] {
  const corner = (a: number, b: number) => ({
    x: centre.x + a * heading.x - b * heading.y,
    y: centre.y + a * heading.y + b * heading.x,
  });
  return [corner(-along, -across), corner(along, -across), corner(along, across), corner(-along, across)];
}

/** The direction from one point to another. */
export function direction(from: Point, to: Point): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const norm = length(dx, dy);
  return { x: dx / norm, y: dy / norm };
}

/** The sum of two vectors, the second one times `factor`. */
export function add(a: Point, b: Point, factor = 1): Point {
  return { x: a.x + factor * b.x, y: a.y + factor * b.y };
}

/** The scalar product. */
export function dot(a: Point, b: Point): number {
  return a.x * b.x + a.y * b.y;
}

/** The length of a vector. */
export function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** The direction a quarter turn further, from x to y. */
export function quarterTurn({ x, y }: Point): Point {
  return { x: -y, y: x };
}

/** Bounds with a margin around them. */
export function grown({ left, right, top, bottom }: Bounds, margin: number): Bounds {
  return { left: left - margin, right: right + margin, top: top - margin, bottom: bottom + margin };
}

function boundsOf(points: readonly Point[]): Bounds {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function sidesOf({ centre, heading, along, across }: Rect): Side[] {
  const aside = quarterTurn(heading);
  const side = (normal: Point, reach: number): Side => ({ normal, offset: dot(normal, centre) + reach });
  const opposite = ({ x, y }: Point): Point => ({ x: -x, y: -y });
  return [side(heading, along), side(opposite(heading), along), side(aside, across), side(opposite(aside), across)];
}

function convexShape(sides: readonly Side[], bounds: Bounds): Shape {
  return {
    bounds,
    distance(x, y) {
      let largest = Number.NEGATIVE_INFINITY;
      for (const { normal, offset } of sides) {
        const distance = normal.x * x + normal.y * y - offset;
        if (distance > largest) largest = distance;
      }
      return largest;
    },
  };
}
