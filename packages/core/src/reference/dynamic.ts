/** Reading and replacing entries of axis 0 at an index that is itself a tensor, clamped so that the entries fit. */
import { sizeOf } from '../tensor.ts';
import type { Kernels, Value } from './value.ts';

/** Kernels of the ops whose position is a tensor. */
export const dynamicKernels: Kernels<'dynamicSlice' | 'dynamicUpdate'> = {
  dynamicSlice: ({ inputs: [x, index], params: { size } }) => {
    const entry = sizeOf(x.shape.slice(1));
    const start = clampedIndex(index, x, size) * entry;
    return x.data.slice(start, start + size * entry);
  },

  dynamicUpdate: ({ inputs: [x, update, index] }) => {
    const result = x.data.slice();
    const start = clampedIndex(index, x, update.shape[0] ?? 1);
    result.set(update.data, start * sizeOf(x.shape.slice(1)));
    return result;
  },
};

function clampedIndex(index: Value, { shape: [extent = 1] }: Value, size: number): number {
  return Math.max(0, Math.min(extent - size, index.data[0] ?? 0));
}
