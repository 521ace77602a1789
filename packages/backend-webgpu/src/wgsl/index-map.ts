/**
 * Positions of elements as WGSL expressions: a place in memory and coordinates, each made from the other where it is asked for. Knows shapes
 * and no operation.
 */
import { type Shape, sizeOf, stridesOf } from '@cyclegan/core';
import type { Code } from './code.ts';
import type { Width } from './types.ts';

/** A position in a tensor of some shape; at width 4 the first of four neighbours. */
export class Index {
  readonly shape: Shape;
  readonly width: Width;
  readonly #code: Code;
  readonly #place: string | undefined;
  readonly #coordinates: readonly string[] | undefined;

  private constructor(
    code: Code,
    shape: Shape,
    { place, coordinates, width }: { place?: string; coordinates?: readonly string[]; width: Width },
  ) {
    this.#code = code;
    this.shape = shape;
    this.width = width;
    this.#place = place;
    this.#coordinates = coordinates;
  }

  /** The element at `place` in row-major order. */
  static at(code: Code, shape: Shape, place: string, width: Width = 1): Index {
    return new Index(code, shape, { place: sizeOf(shape) === 1 ? '0u' : place, width });
  }

  /** The element of some coordinates, which are u32. */
  static of(code: Code, shape: Shape, coordinates: readonly string[]): Index {
    return new Index(code, shape, { coordinates: coordinates.map((each, axis) => (shape[axis] === 1 ? '0u' : each)), width: 1 });
  }

  /** What tells it from others. */
  get key(): string {
    return `${this.width} ${this.#place ?? this.#coordinates?.join(',')}`;
  }

  /** The place in row-major order. */
  get place(): string {
    return (
      this.#place ?? this.#code.let(sumOf((this.#coordinates ?? []).map((each, axis) => times(each, stridesOf(this.shape)[axis] ?? 1))))
    );
  }

  /** The place in memory that is read by fours. */
  get quad(): string {
    return this.#code.let(this.place.startsWith('4u * ') ? this.place.slice('4u * '.length) : `${this.place} / 4u`);
  }

  /** The coordinate along an axis. */
  coordinate(axis: number): string {
    if (this.shape[axis] === 1) return '0u';
    return this.#coordinates?.[axis] ?? this.#code.let(part(this.place, this.shape, { from: axis, to: axis + 1 }));
  }

  /** All coordinates. */
  get coordinates(): string[] {
    return this.shape.map((_, axis) => this.coordinate(axis));
  }

  /** The same elements in the same order under another shape. */
  reshaped(shape: Shape): Index {
    return Index.at(this.#code, shape, this.place, this.width);
  }

  /** The element of a tensor of `operand` that is stretched to this shape; one for all four where it is the same. */
  stretched(operand: Shape): Index {
    if (sizeOf(operand) === sizeOf(this.shape)) {
      const lead = this.shape.length - operand.length;
      if (this.#coordinates === undefined) return Index.at(this.#code, operand, this.place, this.width);
      return Index.of(
        this.#code,
        operand,
        operand.map((_, axis) => this.coordinate(axis + lead)),
      );
    }
    const runs = keptRuns(this.shape, operand);
    const width = this.width === 1 || lanesOf(this.shape, operand) === 'same' ? 1 : 4;
    if (this.#coordinates !== undefined) {
      const lead = this.shape.length - operand.length;
      return Index.of(
        this.#code,
        operand,
        operand.map((extent, axis) => (extent === 1 ? '0u' : this.coordinate(axis + lead))),
      );
    }
    const parts = runs.map(({ from, to, stride }) => times(part(this.place, this.shape, { from, to }), stride));
    return Index.at(this.#code, operand, parts.length === 0 ? '0u' : this.#code.let(sumOf(parts)), width);
  }
}

/** Axes `from` up to `to` of a shape that an operand has as well, and how far apart their elements lie in it. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

/** The axes along which an operand is not stretched, neighbours together. */
function keptRuns(shape: Shape, operand: Shape): Run[] {
  const lead = shape.length - operand.length;
  const strides = stridesOf(operand);
  const runs: Run[] = [];
  let open = false;
  for (let axis = 0; axis < shape.length; axis++) {
    const [extent = 1, own = 1] = [shape[axis], axis < lead ? 1 : operand[axis - lead]];
    if (extent === 1) continue;
    const last = runs.at(-1);
    if (own === 1) open = false;
    else if (open && last !== undefined) runs[runs.length - 1] = { ...last, to: axis + 1, stride: strides[axis - lead] ?? 1 };
    else runs.push({ from: axis, to: axis + 1, stride: strides[axis - lead] ?? 1 });
    if (own !== 1) open = true;
  }
  return runs;
}

/** What four neighbours of a shape read of an operand stretched to it: four neighbours, the same element, or neither. */
export function lanesOf(shape: Shape, operand: Shape): 'neighbours' | 'same' | undefined {
  const lead = shape.length - operand.length;
  const isKept = (axis: number) => axis >= lead && operand[axis - lead] === shape[axis];
  let axis = shape.length - 1;
  while (axis >= 0 && shape[axis] === 1) axis--;
  const kept = isKept(axis);
  let extent = 1;
  for (; axis >= 0 && (shape[axis] === 1 || isKept(axis) === kept); axis--) extent *= shape[axis] ?? 1;
  if (extent % 4 !== 0) return undefined;
  return kept ? 'neighbours' : 'same';
}

/** The coordinate along axes `from` up to `to` taken together. */
function part(place: string, shape: Shape, { from, to }: Pick<Run, 'from' | 'to'>): string {
  const [before, extent, after] = [sizeOf(shape.slice(0, from)), sizeOf(shape.slice(from, to)), sizeOf(shape.slice(to))];
  const divided = after === 1 ? place : `${bracketed(place)} / ${after}u`;
  return before === 1 ? divided : `${after === 1 ? bracketed(divided) : `(${divided})`} % ${extent}u`;
}

function times(expression: string, factor: number): string {
  if (expression === '0u') return '0u';
  return factor === 1 ? expression : `${bracketed(expression)} * ${factor}u`;
}

function sumOf(parts: readonly string[]): string {
  const terms = parts.filter((each) => each !== '0u');
  return terms.length === 0 ? '0u' : terms.join(' + ');
}

function bracketed(expression: string): string {
  return /^\w+$/.test(expression) ? expression : `(${expression})`;
}
