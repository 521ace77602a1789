/**
 * Strided views: how an array is walked along the axes of a shape. Broadcasting, transposing, slicing, padding and reducing
 * are all walks over two or three views side by side. Knows offsets and strides, not elements.
 */
import { type Shape, stridesOf } from '../tensor.ts';
import type { Elements } from './value.ts';

/** Where the first element lies, and how far the next one is along each axis; stride 0 repeats an element. */
export interface View {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Receives a run of `length` elements: view v has them at offsets[v], offsets[v] + steps[v] ... The arrays are reused. */
export type VisitRun = (length: number, offsets: readonly number[], steps: readonly number[]) => void;

/** The row-major view of a whole tensor. */
export function wholeView(shape: Shape): View {
  return { offset: 0, strides: stridesOf(shape) };
}

/** The view of a tensor of `shape` stretched to `target`, as NumPy broadcasts. */
export function stretchedView(shape: Shape, target: Shape): View {
  const strides = stridesOf(shape);
  const leading = target.length - shape.length;
  return { offset: 0, strides: target.map((_, axis) => ((shape[axis - leading] ?? 1) === 1 ? 0 : (strides[axis - leading] ?? 0))) };
}

/** Walks the views side by side over all elements of `shape` in row-major order, in runs as long as the strides allow. */
export function forEachRun(shape: Shape, views: readonly View[], visit: VisitRun): void {
  const axes = mergeAxes(shape, views);
  const inner = axes.pop() ?? { extent: 1, strides: views.map(() => 0) };
  const offsets = views.map(({ offset }) => offset);
  const walk = (depth: number): void => {
    const axis = axes[depth];
    if (axis === undefined) {
      visit(inner.extent, offsets, inner.strides);
      return;
    }
    for (let i = 0; i < axis.extent; i++) {
      walk(depth + 1);
      for (let v = 0; v < offsets.length; v++) offsets[v]! += axis.strides[v]!;
    }
    for (let v = 0; v < offsets.length; v++) offsets[v]! -= axis.extent * axis.strides[v]!;
  };
  walk(0);
}

/** Copies the elements of one view to another. */
export function copyView(shape: Shape, from: { data: Elements; view: View }, to: { data: Elements; view: View }): void {
  const source = from.data;
  const target = to.data;
  forEachRun(shape, [from.view, to.view], (length, offsets, steps) => {
    const s = offsets[0]!;
    const t = offsets[1]!;
    const sStep = steps[0]!;
    const tStep = steps[1]!;
    for (let i = 0; i < length; i++) target[t + i * tStep] = source[s + i * sStep]!;
  });
}

interface Axis {
  readonly extent: number;
  readonly strides: readonly number[];
}

/** The axes of a walk without those of extent 1, neighbours merged where every view steps through them evenly. */
function mergeAxes(shape: Shape, views: readonly View[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((extent, at) => {
    if (extent === 1) return;
    const strides = views.map((view) => view.strides[at] ?? 0);
    const outer = axes.at(-1);
    if (outer?.strides.every((stride, v) => stride === extent * (strides[v] ?? 0))) {
      axes[axes.length - 1] = { extent: outer.extent * extent, strides };
    } else {
      axes.push({ extent, strides });
    }
  });
  return axes;
}
