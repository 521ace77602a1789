/** Reflection padding: mirrored without repeating the edge, and its adjoint. */
import { describe, expect, it } from 'vitest';
import { f32 } from '../../../src/tensor.ts';
import { compute, counting, elements, inner, scattered } from './compute.ts';

describe('reflectPad', () => {
  it('mirrors rows and columns around the edge', async () => {
    const result = await compute('reflectPad', [counting([1, 1, 2, 3])], { padding: [1, 0, 1, 2] });
    expect(result.shape).toEqual([1, 1, 3, 6]);
    expect(Array.from(result.data)).toEqual([5, 4, 5, 6, 5, 4, 2, 1, 2, 3, 2, 1, 5, 4, 5, 6, 5, 4]);
  });

  it('keeps pictures and channels apart', async () => {
    const result = await elements('reflectPad', [counting([2, 1, 1, 2])], { padding: [0, 0, 1, 1] });
    expect(result).toEqual([2, 1, 2, 1, 4, 3, 4, 3]);
  });
});

describe('reflectPadGrad', () => {
  it('folds mirrored cotangents onto their sources', async () => {
    const dy = f32([1, 1, 1, 5], [1, 10, 100, 1000, 10000]);
    expect(await elements('reflectPadGrad', [dy], { padding: [0, 0, 1, 1] })).toEqual([10, 1 + 100 + 10000, 1000]);
  });

  it.each([
    [1, 2, 0, 3],
    [3, 3, 3, 3],
    [0, 1, 4, 0],
  ] as const)('is the adjoint of padding %i, %i, %i, %i', async (...padding) => {
    const x = scattered([2, 3, 5, 7], 1);
    const y = await compute('reflectPad', [x], { padding });
    const dy = scattered(y.shape, 2);
    const dx = await compute('reflectPadGrad', [dy], { padding });
    expect(dx.shape).toEqual(x.shape);
    expect(inner(y, dy)).toBeCloseTo(inner(x, dx), 12);
  });
});
