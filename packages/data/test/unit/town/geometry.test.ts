import { describe, expect, it } from 'vitest';
import { polygonShape, rectShape, type Shape, strokeShape, sweptShape } from '../../../src/town/geometry.ts';
import { coverage, distanceField, gridOf, TILE_METRES, widened } from '../../../src/town/raster.ts';

const [origin, east] = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
];
const rect = { centre: { x: 1, y: 2 }, heading: { x: 0.6, y: 0.8 }, along: 5, across: 2 };

/** The area of a shape, by the coverage of small pixels. */
function areaOf(shape: Shape): number {
  const grid = gridOf(1000);
  const covered = distanceField(grid, [shape], grid.pixel).reduce((sum, distance) => sum + coverage(distance, grid.pixel), 0);
  return covered * grid.pixel * grid.pixel;
}

describe('shapes', () => {
  it('measure the distance to a segment with round ends, and to a disc', () => {
    const stroke = strokeShape({ from: origin, to: { x: 10, y: 0 }, radius: 2 });
    expect([stroke.distance(5, 3), stroke.distance(13, 4), stroke.distance(-3, 0), stroke.distance(5, 0)]).toEqual([1, 3, 1, -2]);
    expect(strokeShape({ from: east, to: east, radius: 1 }).distance(4, 4)).toBe(4);
  });

  it('measure the distance to a turned rectangle', () => {
    const shape = rectShape(rect);
    expect(shape.distance(1, 2)).toBeCloseTo(-2, 12);
    expect(shape.distance(1 + 0.6 * 8, 2 + 0.8 * 8)).toBeCloseTo(3, 12);
    expect(shape.distance(1 - 0.8 * 6, 2 + 0.6 * 6)).toBeCloseTo(4, 12);
  });

  it('cover the areas that they have', () => {
    expect(areaOf(rectShape(rect))).toBeCloseTo(40, 0);
    expect(areaOf(strokeShape({ from: origin, to: origin, radius: 10 }))).toBeCloseTo(Math.PI * 100, 0);
    expect(areaOf(polygonShape([origin, { x: 20, y: 0 }, { x: 30, y: 10 }, { x: 0, y: 10 }]))).toBeCloseTo(250, 0);
  });

  it('sweep a rectangle over what lies on its way', () => {
    // 10 x 4, shifted by 3 and 6 along its own axes: itself, the flank of 10 x 6, and that of 4 x 3
    const shift = { x: 0.6 * 3 - 0.8 * 6, y: 0.8 * 3 + 0.6 * 6 };
    expect(areaOf(sweptShape(rect, shift))).toBeCloseTo(40 + 60 + 12, 0);
  });

  it('that are thinner than a pixel count no more than they are', () => {
    const thin = { centre: origin, heading: east, along: 20, across: 0.25 };
    for (const size of [64, 100, 256]) {
      const grid = gridOf(size);
      const { rect: wide, opacity } = widened(thin, grid);
      const field = distanceField(grid, [rectShape(wide)], grid.pixel);
      const covered = field.reduce((sum, distance) => sum + opacity * coverage(distance, grid.pixel), 0) * grid.pixel ** 2;
      expect(covered).toBeGreaterThan(0.85 * 20);
      expect(covered).toBeLessThan(1.15 * 20);
    }
    expect(TILE_METRES / 64).toBeGreaterThan(2 * thin.across);
  });
});
