/** Which variants of kernels are used, as a plain record that a run can save and start from again, so that it repeats itself bit for bit. */

import type { EngineChoices } from '@cyclegan/core';

/** By what they compute: `conv2d 1x256x66x66 ...` to `64x64`. */
type Variants = EngineChoices['variants'];

/** Choices made so far, and what to do where none was made. */
export class Choices {
  readonly #made = new Map<string, string>();

  constructor(given: Variants = {}) {
    for (const [described, variant] of Object.entries(given)) this.#made.set(described, variant);
  }

  /** Whether a choice was made among `variants`. */
  has(described: string, variants: readonly string[]): boolean {
    return variants.includes(this.#made.get(described) ?? '');
  }

  /** Makes a choice. */
  set(described: string, variant: string): void {
    this.#made.set(described, variant);
  }

  /** The variant to use, which is noted: `usual` where none of `variants` was chosen. */
  choose(described: string, variants: readonly string[], usual: string): string {
    const made = this.#made.get(described);
    const chosen = made !== undefined && (variants.includes(made) || made === usual) ? made : usual;
    this.#made.set(described, chosen);
    return chosen;
  }

  /** All of them, in alphabetical order. */
  get record(): Variants {
    return Object.fromEntries([...this.#made].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
