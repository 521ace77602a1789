/** Curves of a run of any length in few points: neighbours are merged when there are too many. Knows neither losses nor files. */
import type { Curves, Values } from './report-data.ts';

/** Up to how many points a curve has; half as many right after merging. */
export const MOST_POINTS = 1000;

/** Values of several steps: added to in place, because there are many. */
interface Merged {
  count: number;
  sum: number;
  low: number;
  high: number;
}

interface Point {
  /** The last step that it stands for. */
  step: number;
  /** How many steps it stands for. */
  steps: number;
  readonly of: Map<string, Merged>;
}

/** Takes the values of one step after the other. */
export class CurvePoints {
  #points: Point[] = [];
  /** How many steps a point stands for; the last may stand for fewer. */
  #width = 1;

  /** Adds a step; values that are no finite number leave a gap. */
  add(step: number, values: Readonly<Record<string, number>>): void {
    let point = this.#points.at(-1);
    if (point === undefined || point.steps >= this.#width) {
      point = { step, steps: 0, of: new Map() };
      this.#points.push(point);
    }
    point.step = step;
    point.steps++;
    for (const name in values) {
      const value = values[name];
      if (value !== undefined && Number.isFinite(value)) include(point.of, name, { count: 1, sum: value, low: value, high: value });
    }
    if (this.#points.length > MOST_POINTS) this.#halve();
  }

  /** What was added so far, to four digits. */
  get curves(): Curves {
    const points = this.#points;
    const names = new Set(points.flatMap(({ of }) => [...of.keys()]));
    const curve = (name: string) => {
      const values = (pick: (merged: Merged) => number): Values => points.map(({ of }) => shortened(of.get(name), pick));
      const mean = values(({ sum, count }) => sum / count);
      if (this.#width === 1) return { mean };
      return { mean, low: values(({ low }) => low), high: values(({ high }) => high) };
    };
    return { steps: points.map(({ step }) => step), of: Object.fromEntries([...names].map((name) => [name, curve(name)])) };
  }

  #halve(): void {
    this.#width *= 2;
    this.#points = this.#points.filter((point, at, points) => {
      const before = at % 2 === 1 ? points[at - 1] : undefined;
      if (before === undefined) return true;
      before.step = point.step;
      before.steps += point.steps;
      for (const [name, merged] of point.of) include(before.of, name, merged);
      return false;
    });
  }
}

/** Adds values to those of a curve. */
function include(of: Map<string, Merged>, name: string, values: Merged): void {
  const merged = of.get(name);
  if (merged === undefined) {
    of.set(name, values);
    return;
  }
  merged.count += values.count;
  merged.sum += values.sum;
  merged.low = Math.min(merged.low, values.low);
  merged.high = Math.max(merged.high, values.high);
}

function shortened(merged: Merged | undefined, pick: (merged: Merged) => number): number | null {
  return merged === undefined ? null : Number(pick(merged).toPrecision(4));
}
