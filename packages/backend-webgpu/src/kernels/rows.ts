/** What reductions have in common: where the elements of rows are, and how the threads of a workgroup share them. */
import type { Shape } from '@cyclegan/core';
import type { Value } from '../ir/operation.ts';
import { type RowShape, rowShape } from '../ir/rows.ts';
import type { Code } from '../wgsl/code.ts';
import { Index } from '../wgsl/index-map.ts';
import type { Width } from '../wgsl/types.ts';
import type { KernelLimits } from './kernel.ts';

/** A tensor as rows, and the positions of their elements. */
export class Rows implements Pick<RowShape, 'count' | 'length' | 'contiguous'> {
  readonly shape: Shape;
  readonly count: number;
  readonly length: number;
  readonly contiguous: boolean;
  readonly #kept: Shape;
  readonly #reduced: Shape;

  constructor({ shape }: Value, axes: readonly number[]) {
    const { kept, reduced, count, length, contiguous } = rowShape(shape, axes);
    this.shape = shape;
    this.#kept = kept;
    this.#reduced = reduced;
    this.count = count;
    this.length = length;
    this.contiguous = contiguous;
  }

  /** Element `at` of row `row`; at width 4, four from element 4 `at` on. */
  index(code: Code, { row, at, width }: { readonly row: string; readonly at: string; readonly width: Width }): Index {
    if (this.contiguous) {
      const first = this.count === 1 ? '' : `${row} * ${this.length / width}u + `;
      return width === 4
        ? Index.at(code, this.shape, `4u * ${code.let(`${first}${at}`)}`, 4)
        : Index.at(code, this.shape, code.let(`${first}${at}`));
    }
    const [kept, reduced] = [Index.at(code, this.#kept, row), Index.at(code, this.#reduced, at)];
    return Index.of(
      code,
      this.shape,
      this.shape.map((_, axis) => ((this.#kept[axis] ?? 1) > 1 ? kept.coordinate(axis) : reduced.coordinate(axis))),
    );
  }
}

const FEWEST_THREADS = 32;
const MOST_THREADS = 256;

/** Threads of a workgroup that reduces a row of `length` steps: a power of two. */
export function threadsFor(length: number, { invocationsPerWorkgroup }: KernelLimits): number {
  let threads = FEWEST_THREADS;
  while (threads < Math.min(length, MOST_THREADS, invocationsPerWorkgroup)) threads *= 2;
  return threads;
}

/** The loop over a row by the threads of a workgroup: `r` counts its elements, or fours of them. */
export function rowLoop(
  code: Code,
  { steps, threads, body }: { readonly steps: number; readonly threads: number; readonly body: () => void },
): void {
  code.line(`for (var r = lane; r < ${steps}u; r += ${threads}u) {\n${code.block(body)}\n}`);
}
