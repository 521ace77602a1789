/** Kernels that move elements, leaves, and the ops whose position is a tensor. */
import { describe, expect, it } from 'vitest';
import { bool, f32, i32 } from '../../../src/tensor.ts';
import { compute, counting, elements, inner, scattered } from './compute.ts';

describe('reshape, transpose and broadcast', () => {
  it('reshapes in row-major order', async () => {
    expect(await compute('reshape', [counting([2, 3])], { shape: [3, 1, 2] })).toEqual({ ...counting([3, 1, 2]) });
  });

  it('transposes two and three axes', async () => {
    expect(await elements('transpose', [counting([2, 3])], { permutation: [1, 0] })).toEqual([1, 4, 2, 5, 3, 6]);
    const rotated = await compute('transpose', [counting([2, 2, 3])], { permutation: [2, 0, 1] });
    expect(rotated.shape).toEqual([3, 2, 2]);
    expect(Array.from(rotated.data)).toEqual([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12]);
  });

  it('stretches extents of 1 and adds leading axes', async () => {
    expect(await elements('broadcast', [f32([2, 1], [1, 2])], { shape: [2, 2, 2] })).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
    expect(await elements('broadcast', [i32([], [7])], { shape: [3] })).toEqual([7, 7, 7]);
  });
});

describe('concat', () => {
  it('joins along an inner axis', async () => {
    expect(await elements('concat', [counting([2, 1]), counting([2, 2])], { axis: 1 })).toEqual([1, 1, 2, 2, 3, 4]);
  });

  it('joins more tensors than any other op takes', async () => {
    const parts = [1, 2, 3, 4, 5].map((value) => f32([1], [value]));
    expect(await elements('concat', parts, { axis: 0 })).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('slice and pad', () => {
  it('takes every second element below the limit', async () => {
    expect(await elements('slice', [counting([7])], { starts: [1], limits: [6], steps: [2] })).toEqual([2, 4, 6]);
    expect(await elements('slice', [counting([3, 4])], { starts: [0, 1], limits: [3, 4], steps: [2, 2] })).toEqual([2, 4, 10, 12]);
  });

  it('pads before, after and between', async () => {
    const params = { low: [1], high: [2], interior: [1], value: -1 };
    expect(await elements('pad', [counting([3])], params)).toEqual([-1, 1, -1, 2, -1, 3, -1, -1]);
    expect(await elements('pad', [counting([1, 2])], { low: [1, 0], high: [0, 1], interior: [0, 0], value: 0 })).toEqual([
      0, 0, 0, 1, 2, 0,
    ]);
  });

  it('crops with negative padding, through interior elements too', async () => {
    expect(await elements('pad', [counting([5])], { low: [-1], high: [-2], interior: [0], value: 0 })).toEqual([2, 3]);
    expect(await elements('pad', [counting([3])], { low: [-1], high: [-1], interior: [1], value: 9 })).toEqual([9, 2, 9]);
    expect(await elements('pad', [counting([2])], { low: [-1], high: [-2], interior: [2], value: 9 })).toEqual([9]);
  });

  it('crops each row of a picture on its own', async () => {
    const params = { low: [0, -1], high: [0, -1], interior: [0, 1], value: 9 };
    expect(await elements('pad', [counting([2, 3])], params)).toEqual([9, 2, 9, 9, 5, 9]);
  });

  it('crops one side while it pads the other', async () => {
    expect(await elements('pad', [counting([3])], { low: [-2], high: [2], interior: [0], value: 0 })).toEqual([3, 0, 0]);
  });

  it('makes slice and pad each other’s adjoints', async () => {
    const x = scattered([4, 7], 1);
    const dy = scattered([2, 3], 2);
    const sliced = await compute('slice', [x], { starts: [1, 0], limits: [3, 6], steps: [1, 2] });
    const padded = await compute('pad', [dy], { low: [1, 0], high: [1, 2], interior: [0, 1], value: 0 });
    expect(padded.shape).toEqual(x.shape);
    expect(inner(sliced, dy)).toBeCloseTo(inner(x, padded), 14);
  });

  it('moves booleans as well', async () => {
    const mask = bool([3], [true, false, true]);
    expect((await compute('slice', [mask], { starts: [1], limits: [3], steps: [1] })).data).toEqual(Uint8Array.of(0, 1));
  });
});

describe('dynamicSlice and dynamicUpdate', () => {
  const x = counting([4, 2]);

  it.each([
    [0, [1, 2, 3, 4]],
    [1, [3, 4, 5, 6]],
    [9, [5, 6, 7, 8]],
    [-3, [1, 2, 3, 4]],
  ])('reads two entries at index %i, clamped', async (index, expected) => {
    expect(await elements('dynamicSlice', [x, i32([], [index])], { size: 2 })).toEqual(expected);
  });

  it.each([
    [2, [1, 2, 3, 4, -1, -2, 7, 8]],
    [9, [1, 2, 3, 4, 5, 6, -1, -2]],
    [-9, [-1, -2, 3, 4, 5, 6, 7, 8]],
  ])('replaces an entry at index %i, clamped', async (index, expected) => {
    expect(await elements('dynamicUpdate', [x, f32([1, 2], [-1, -2]), i32([], [index])], {})).toEqual(expected);
  });
});

describe('leaves', () => {
  it('counts with iota', async () => {
    expect((await compute('iota', [], { length: 4, dtype: 'i32' })).data).toEqual(Int32Array.of(0, 1, 2, 3));
    expect((await compute('iota', [], { length: 3, dtype: 'f32' })).data).toEqual(Float64Array.of(0, 1, 2));
  });

  it('widens constants', async () => {
    const result = await compute('constant', [], { shape: [2], dtype: 'f32', data: Float32Array.of(0.5, 0.1) });
    expect(result.data).toEqual(Float64Array.of(0.5, Math.fround(0.1)));
  });
});
