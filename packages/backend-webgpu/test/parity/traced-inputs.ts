/** Inputs of graphs that tests trace, with values to run these on. */
import type { Feeds, Tensor, Trace } from '@cyclegan/core';
import { randomTensor } from '@cyclegan/core/testing';

/** Inputs of a graph that is being traced, and random values for them in `feeds`. */
export class TracedInputs {
  readonly feeds: Record<string, Feeds[string]> = {};
  readonly #trace: Trace;

  constructor(recorder: Trace) {
    this.#trace = recorder;
  }

  of(name: string, ...shape: number[]): Tensor {
    this.feeds[name] = randomTensor(shape, name);
    return this.#trace.input(name, shape);
  }
}
