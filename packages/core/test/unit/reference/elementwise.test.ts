/** Elementwise kernels: values worked out by hand, kinks, extremes, integers and broadcasting. */
import { describe, expect, it } from 'vitest';
import { bool, f32, i32 } from '../../../src/tensor.ts';
import { compute, counting, elements } from './compute.ts';

const x = f32([5], Float64Array.of(-2, -0.5, 0, 0.5, 2));

describe('functions of one tensor', () => {
  it.each([
    ['neg', [2, 0.5, -0, -0.5, -2]],
    ['abs', [2, 0.5, 0, 0.5, 2]],
    ['sign', [-1, -1, 0, 1, 1]],
    ['square', [4, 0.25, 0, 0.25, 4]],
    ['relu', [0, 0, 0, 0.5, 2]],
    ['exp', [0.1353352832366127, 0.6065306597126334, 1, 1.6487212707001282, 7.38905609893065]],
    ['tanh', [-0.9640275800758169, -0.46211715726000974, 0, 0.46211715726000974, 0.9640275800758169]],
    ['sigmoid', [0.11920292202211755, 0.3775406687981454, 0.5, 0.6224593312018546, 0.8807970779778823]],
    ['softplus', [0.1269280110429726, 0.4740769841801067, Math.LN2, 0.9740769841801067, 2.1269280110429727]],
  ] as const)('computes %s', async (op, expected) => {
    const result = await elements(op, [x], {});
    expected.forEach((value, index) => {
      expect(result[index]).toBeCloseTo(value, 14);
    });
  });

  it('computes sqrt, rsqrt and log of positive numbers', async () => {
    const positive = f32([3], Float64Array.of(0.25, 1, 4));
    expect(await elements('sqrt', [positive], {})).toEqual([0.5, 1, 2]);
    expect(await elements('rsqrt', [positive], {})).toEqual([2, 1, 0.5]);
    expect(await elements('log', [positive], {})).toEqual([-2 * Math.LN2, 0, 2 * Math.LN2]);
  });

  it('scales what leakyRelu finds at or below zero', async () => {
    expect(await elements('leakyRelu', [x], { slope: 0.2 })).toEqual([-0.4, -0.1, 0, 0.5, 2]);
  });

  it('does not overflow in softplus and sigmoid', async () => {
    const large = f32([2], Float64Array.of(-1000, 1000));
    expect(await elements('softplus', [large], {})).toEqual([0, 1000]);
    expect(await elements('sigmoid', [large], {})).toEqual([0, 1]);
  });

  it('lets NaN through', async () => {
    const nan = f32([1], Float64Array.of(Number.NaN));
    expect(await elements('relu', [nan], {})).toEqual([Number.NaN]);
    expect(await elements('max', [nan, f32([1], [0])], {})).toEqual([Number.NaN]);
  });

  it('keeps f64 precision in f32 graphs', async () => {
    const third = await compute('div', [f32([1], [1]), f32([1], [3])], {});
    expect(third.dtype).toBe('f32');
    expect(third.data).toEqual(Float64Array.of(1 / 3));
  });
});

describe('cast', () => {
  it('truncates towards zero to i32, tests for non-zero to bool, and gives 0 or 1 from bool', async () => {
    expect(await elements('cast', [f32([4], [-1.7, -0.2, 0.9, 2.5])], { dtype: 'i32' })).toEqual([-1, 0, 0, 2]);
    expect(await elements('cast', [f32([4], [-1.7, -0, 0.25, 256])], { dtype: 'bool' })).toEqual([1, 0, 1, 1]);
    expect(await elements('cast', [i32([2], [0, 256])], { dtype: 'bool' })).toEqual([0, 1]);
    expect((await compute('cast', [bool([2], [true, false])], { dtype: 'f32' })).data).toEqual(Float64Array.of(1, 0));
  });
});

describe('functions of two tensors', () => {
  const a = f32([3], [1, -4, 9]);
  const b = f32([3], [2, 4, -3]);

  it.each([
    ['add', [3, 0, 6]],
    ['sub', [-1, -8, 12]],
    ['mul', [2, -16, -27]],
    ['div', [0.5, -1, -3]],
    ['min', [1, -4, -3]],
    ['max', [2, 4, 9]],
  ] as const)('computes %s', async (op, expected) => {
    expect(await elements(op, [a, b], {})).toEqual(expected);
  });

  it.each([
    ['eq', [0, 1, 0]],
    ['ne', [1, 0, 1]],
    ['lt', [1, 0, 0]],
    ['le', [1, 1, 0]],
    ['gt', [0, 0, 1]],
    ['ge', [0, 1, 1]],
  ] as const)('compares with %s', async (relation, expected) => {
    const result = await compute('compare', [f32([3], [1, 2, 3]), f32([3], [2, 2, 2])], { relation });
    expect(result.dtype).toBe('bool');
    expect(result.data).toEqual(Uint8Array.from(expected));
  });

  it('computes integers as integers', async () => {
    expect((await compute('div', [i32([2], [7, -7]), i32([2], [2, 2])], {})).data).toEqual(Int32Array.of(3, -3));
    expect(await elements('add', [i32([1], [2 ** 31 - 1]), i32([1], [1])], {})).toEqual([-(2 ** 31)]);
  });
});

describe('broadcasting', () => {
  it('stretches extents of 1 and adds leading axes', async () => {
    const column = f32([2, 1], [10, 20]);
    expect(await elements('add', [column, counting([3])], {})).toEqual([11, 12, 13, 21, 22, 23]);
    expect(await elements('sub', [counting([2, 1, 2]), counting([2, 1])], {})).toEqual([0, 1, -1, 0, 2, 3, 1, 2]);
  });

  it('adds a bias per channel', async () => {
    const bias = f32([1, 2, 1, 1], [100, 200]);
    expect(await elements('add', [counting([2, 2, 1, 2]), bias], {})).toEqual([101, 102, 203, 204, 105, 106, 207, 208]);
  });

  it('selects along three stretched operands', async () => {
    const condition = bool([2, 1], [true, false]);
    expect(await elements('select', [condition, counting([3]), f32([], [-1])], {})).toEqual([1, 2, 3, -1, -1, -1]);
  });
});
