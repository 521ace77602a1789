import { describe, expect, it } from 'vitest';
import { bool, f32, i32 } from '../../../src/tensor.ts';
import { describeDifference, difference } from '../../../src/testing/index.ts';

describe('difference', () => {
  it('is relative to the largest value', () => {
    expect(difference(f32([3], [1, 2, -99]), f32([3], [1, 2, -100]))).toEqual({ error: 0.01, at: 2 });
  });

  it('is absolute against zeros', () => {
    expect(difference(f32([2], [0, 0.25]), f32([2], [0, 0])).error).toBe(0.25);
  });

  it('lets NaN meet NaN and infinity meet infinity only', () => {
    const special = f32([3], [Number.NaN, Number.POSITIVE_INFINITY, 1]);
    expect(difference(special, special).error).toBe(0);
    expect(difference(f32([3], [0, Number.POSITIVE_INFINITY, 1]), special)).toEqual({ error: Number.POSITIVE_INFINITY, at: 0 });
    expect(difference(f32([3], [Number.NaN, Number.NEGATIVE_INFINITY, 1]), special).error).toBe(Number.POSITIVE_INFINITY);
    expect(difference(f32([1], [Number.NaN]), f32([1], [1])).error).toBe(Number.POSITIVE_INFINITY);
  });

  it('is exact for integers and booleans', () => {
    expect(difference(i32([2], [1, 1_000_000]), i32([2], [1, 1_000_000])).error).toBe(0);
    expect(difference(i32([2], [1, 1_000_001]), i32([2], [1, 1_000_000])).error).toBe(Number.POSITIVE_INFINITY);
    expect(difference(bool([1], [true]), bool([1], [false])).error).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses other types', () => {
    expect(difference(f32([2, 1], [1, 2]), f32([2], [1, 2])).error).toBe(Number.POSITIVE_INFINITY);
    expect(describeDifference(i32([2], [1, 2]), f32([2], [1, 2]))).toBe('got i32[2], expected f32[2]');
  });

  it('names the worst element', () => {
    expect(describeDifference(f32([2], [1, 3]), f32([2], [1, 4]))).toBe('at 1: got 3, expected 4 (relative error 2.5e-1)');
  });
});
