/** Pixels of a tile: which ones a shape concerns, how far they are from it, how much of each it covers. Knows shapes, and no towns. */
import { type Bounds, grown, type Rect, type Shape } from './geometry.ts';

/** The square that every tile shows, however many pixels it has: so many metres, around the origin. */
export const TILE_METRES = 200;

/** The bounds of a tile. */
export const EVERYWHERE: Bounds = {
  left: -TILE_METRES / 2,
  right: TILE_METRES / 2,
  top: -TILE_METRES / 2,
  bottom: TILE_METRES / 2,
};

/** The pixels of a tile: `size` rows of `size`, each `pixel` metres wide. */
export interface Grid {
  readonly size: number;
  readonly pixel: number;
}

/** The pixels of a tile of `size` x `size`. */
export function gridOf(size: number): Grid {
  return { size, pixel: TILE_METRES / size };
}

/** Where a row or column has its middle, in metres. */
function middleOf({ pixel }: Grid, index: number): number {
  return (index + 0.5) * pixel - TILE_METRES / 2;
}

/** Visits the pixels with a middle within bounds: where each is in a plane of the picture, and where in the world. */
export function visit(grid: Grid, bounds: Bounds, each: (at: number, x: number, y: number) => void): void {
  const { size, pixel } = grid;
  const first = (metres: number) => Math.max(0, Math.ceil((metres + TILE_METRES / 2) / pixel - 0.5));
  const last = (metres: number) => Math.min(size - 1, Math.floor((metres + TILE_METRES / 2) / pixel - 0.5));
  const [left, right] = [first(bounds.left), last(bounds.right)];
  const [top, bottom] = [first(bounds.top), last(bounds.bottom)];
  for (let row = top; row <= bottom; row++) {
    const y = middleOf(grid, row);
    for (let column = left; column <= right; column++) each(row * size + column, middleOf(grid, column), y);
  }
}

/** Signed distances of all pixels to the union of shapes, in metres, `reach` for those that are further away. */
export function distanceField(grid: Grid, shapes: readonly Shape[], reach: number): Float32Array {
  const field = new Float32Array(grid.size * grid.size).fill(reach);
  for (const shape of shapes) {
    visit(grid, grown(shape.bounds, reach), (at, x, y) => {
      const distance = shape.distance(x, y);
      if (distance < (field[at] ?? 0)) field[at] = distance;
    });
  }
  return field;
}

/** The share of a pixel that something covers whose edge is at a signed distance of its middle. */
export function coverage(distance: number, pixel: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance / pixel));
}

/** A rectangle that is no thinner than a pixel, and how opaque it is to be to count as much as the thin one. */
export function widened(rect: Rect, { pixel }: Grid): { readonly rect: Rect; readonly opacity: number } {
  const along = Math.max(rect.along, pixel / 2);
  const across = Math.max(rect.across, pixel / 2);
  return { rect: { ...rect, along, across }, opacity: (rect.along / along) * (rect.across / across) };
}
