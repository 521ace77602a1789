/** Curves of a run of any length in few points: neighbours are merged when there are too many. Knows neither losses nor files. */
import type { Curves, Values } from './report-data.ts';

/** Up to how many points a curve has; half as many right after merging. */
export const MOST_POINTS = 1000;

/** Values of several steps. */
interface Merged {
  readonly count: number;
  readonly sum: number;
  readonly low: number;
  readonly high: number;
}

interface Point {
  /** The last step that it stands for. */
  readonly step: number;
  /** How many steps it stands for. */
  readonly steps: number;
  readonly of: ReadonlyMap<string, Merged>;
}

/** Takes the values of one step after the other. */
export class CurvePoints {
  #points: Point[] = [];
  /** How many steps a point stands for; the last may stand for fewer. */
  #width = 1;

  /** Adds a step; values that are no finite number leave a gap. */
  add(step: number, values: Readonly<Record<string, number>>): void {
    const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
    const of = new Map(finite.map(([name, value]) => [name, { count: 1, sum: value, low: value, high: value }]));
    const point = { step, steps: 1, of };
    const last = this.#points.at(-1);
    if (last !== undefined && last.steps < this.#width) this.#points[this.#points.length - 1] = joined(last, point);
    else this.#points.push(point);
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
    this.#points = this.#points.reduce<Point[]>((merged, point, at) => {
      const before = at % 2 === 1 ? merged.pop() : undefined;
      merged.push(before === undefined ? point : joined(before, point));
      return merged;
    }, []);
  }
}

function joined(left: Point, right: Point): Point {
  const names = new Set([...left.of.keys(), ...right.of.keys()]);
  const of = new Map<string, Merged>();
  for (const name of names) {
    const [one, other] = [left.of.get(name), right.of.get(name)];
    const merged = one === undefined || other === undefined ? (one ?? other) : both(one, other);
    if (merged !== undefined) of.set(name, merged);
  }
  return { step: right.step, steps: left.steps + right.steps, of };
}

function both(one: Merged, other: Merged): Merged {
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    low: Math.min(one.low, other.low),
    high: Math.max(one.high, other.high),
  };
}

function shortened(merged: Merged | undefined, pick: (merged: Merged) => number): number | null {
  return merged === undefined ? null : Number(pick(merged).toPrecision(4));
}
