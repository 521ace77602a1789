/** Matrix products, with and without batch axes. */
import { describe, expect, it } from 'vitest';
import { f32 } from '../../../src/tensor.ts';
import { compute, counting, elements } from './compute.ts';

describe('matmul', () => {
  it('multiplies matrices that are not square', async () => {
    expect(await elements('matmul', [counting([2, 3]), counting([3, 2])], {})).toEqual([22, 28, 49, 64]);
  });

  it('broadcasts batch axes', async () => {
    const swap = f32([2, 2], [0, 1, 1, 0]);
    const swapped = await compute('matmul', [counting([2, 2, 2]), swap], {});
    expect(swapped.shape).toEqual([2, 2, 2]);
    expect(Array.from(swapped.data)).toEqual([2, 1, 4, 3, 6, 5, 8, 7]);

    const rows = f32([2, 1, 1, 2], [1, 0, 0, 1]);
    const columns = f32([1, 3, 2, 1], [1, 2, 3, 4, 5, 6]);
    const products = await compute('matmul', [rows, columns], {});
    expect(products.shape).toEqual([2, 3, 1, 1]);
    expect(Array.from(products.data)).toEqual([1, 3, 5, 2, 4, 6]);
  });
});
