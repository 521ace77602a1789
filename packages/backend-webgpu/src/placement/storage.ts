/** Where values lie while a program runs, as a plan: buffers are made of it later. */
import type { HostData, TensorType } from '@cyclegan/core';

/** A piece of memory. Two values that share one are never there at the same time, or are the same. */
export type Storage =
  /** For some kernels only. */
  | { readonly kind: 'temporary'; readonly bytes: number }
  | { readonly kind: 'feed'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'variable'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'constant'; readonly type: TensorType; readonly data: HostData; readonly bytes: number }
  /** Several variables one after the other. */
  | { readonly kind: 'slab'; readonly names: readonly string[]; readonly bytes: number }
  /** Gradients laid out as the variables of a slab. */
  | { readonly kind: 'gradients'; readonly bytes: number }
  /** One of them. */
  | { readonly kind: 'gradient'; readonly of: Storage; readonly offset: number; readonly bytes: number };

/** Every binding starts at a multiple of this: the default of WebGPU's minStorageBufferOffsetAlignment, and its largest value. */
export const ALIGNMENT = 256;

/** `bytes` up to the next place where a binding can start. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Where pieces of some sizes start when they lie one after the other, and what they take together. */
export function layout(sizes: readonly number[]): { readonly offsets: readonly number[]; readonly bytes: number } {
  const offsets: number[] = [];
  let bytes = 0;
  for (const size of sizes) {
    offsets.push(bytes);
    bytes += aligned(size);
  }
  return { offsets, bytes };
}
