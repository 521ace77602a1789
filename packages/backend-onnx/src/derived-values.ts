/**
 * What programs of a store have computed from its variables alone, until one of those changes. Knows nothing of how.
 */
import type { Tensor } from 'onnxruntime-node';
import type { Derived } from './prologue.ts';

/** Derived values by key, all of them current. */
export class DerivedValues {
  readonly #entries = new Map<string, { readonly tensor: Tensor; readonly sources: readonly string[] }>();

  /** How many there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** A value, if it was computed since its sources changed. */
  get(key: string): Tensor | undefined {
    return this.#entries.get(key)?.tensor;
  }

  /** Keeps a value that was computed from its sources as they are. */
  set({ key, sources }: Derived, tensor: Tensor): void {
    this.#entries.set(key, { tensor, sources });
  }

  /** Drops what depends on a variable, which has changed. */
  drop(variable: string): void {
    for (const [key, { sources }] of this.#entries) if (sources.includes(variable)) this.#entries.delete(key);
  }

  /** Drops everything. */
  clear(): void {
    this.#entries.clear();
  }
}
