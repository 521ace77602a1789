/** Reductions over inner, outer, several and no axes. */
import { describe, expect, it } from 'vitest';
import { f32 } from '../../../src/tensor.ts';
import { compute, counting, elements } from './compute.ts';

describe('sum', () => {
  it.each([
    [[2], [6, 15, 24, 33]],
    [[0], [8, 10, 12, 14, 16, 18]],
    [
      [0, 2],
      [6 + 24, 15 + 33],
    ],
    [[0, 1, 2], [78]],
    [[], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
  ])('sums over axes %j', async (axes, expected) => {
    expect(await elements('sum', [counting([2, 2, 3])], { axes })).toEqual(expected);
  });

  it('keeps reduced axes with extent 1', async () => {
    expect((await compute('sum', [counting([2, 2, 3])], { axes: [0, 2] })).shape).toEqual([1, 2, 1]);
  });
});

describe('maxReduce', () => {
  it('finds the largest, negative numbers included', async () => {
    const x = f32([2, 3], [-5, -1, -3, 7, 2, 9]);
    expect(await elements('maxReduce', [x], { axes: [1] })).toEqual([-1, 9]);
    expect(await elements('maxReduce', [x], { axes: [0] })).toEqual([7, 2, 9]);
    expect(await elements('maxReduce', [x], { axes: [0, 1] })).toEqual([9]);
  });
});
