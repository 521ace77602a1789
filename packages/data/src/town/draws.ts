/** Random choices for one place, drawn one after the other from a stream of their own. Knows nothing of towns. */
import { randomStream } from '@cyclegan/core';

/** Which place of which world. */
export interface PlaceKey {
  readonly seed: number;
  readonly place: number;
}

/** A sequence of random choices: a function of the place and the purpose alone. */
export class Draws {
  readonly #uniform: (index: number) => number;
  #next = 0;

  constructor({ seed, place }: PlaceKey, purpose: string) {
    const stream = randomStream(seed, `town/${purpose}`);
    this.#uniform = (index) => stream.uniform(place, index);
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.#uniform(this.#next++);
  }

  /** True with a probability. */
  chance(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  /** One of the choices. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.whole(0, choices.length - 1)] ?? choices[0];
  }
}
