/** Positions as WGSL expressions. */
import { describe, expect, it } from 'vitest';
import { Code } from '../../src/wgsl/code.ts';
import { Index, lanesOf } from '../../src/wgsl/index-map.ts';
import { literal } from '../../src/wgsl/types.ts';

/** The statements that `body` needs, and what it returns. */
function written(body: (code: Code) => string): string {
  const code = new Code();
  let result = '';
  const lines = code.block(() => {
    result = body(code);
  });
  return `${lines}\n=> ${result}`;
}

describe('an index', () => {
  it('divides only as far as it must', () => {
    expect(written((code) => Index.at(code, [2, 3, 4, 5], 'i').coordinate(1))).toBe('  let t0 = (i / 20u) % 3u;\n=> t0');
    expect(written((code) => Index.at(code, [2, 3, 4, 5], 'i').coordinate(0))).toBe('  let t0 = i / 60u;\n=> t0');
    expect(written((code) => Index.at(code, [3, 5], 'i').coordinate(1))).toBe('  let t0 = i % 5u;\n=> t0');
  });

  it('takes neighbouring axes together where a tensor is stretched', () => {
    expect(written((code) => Index.at(code, [2, 3, 4, 5], 'i').stretched([1, 3, 1, 1]).place)).toBe('  let t0 = (i / 20u) % 3u;\n=> t0');
    expect(written((code) => Index.at(code, [2, 3, 4, 5], 'i').stretched([4, 5]).place)).toBe('  let t0 = i % 20u;\n=> t0');
    expect(written((code) => Index.at(code, [2, 3, 4, 5], 'i').stretched([]).place)).toBe('\n=> 0u');
  });

  it('knows what four neighbours read', () => {
    expect(lanesOf([2, 3, 4, 4], [1, 3, 1, 1])).toBe('same');
    expect(lanesOf([2, 3, 5, 5], [1, 3, 1, 1])).toBeUndefined();
    expect(lanesOf([2, 3, 4, 8], [8])).toBe('neighbours');
    expect(lanesOf([2, 3, 4, 6], [6])).toBeUndefined();
  });
});

describe('a number', () => {
  it('is written as briefly as f32 allows', () => {
    expect(literal(0.2, 'f32')).toBe('0.2f');
    expect(literal(1 / 3, 'f32')).toBe('0.33333333f');
    expect(literal(-0, 'f32')).toBe('-0f');
    expect(literal(1e-8, 'f32')).toBe('1e-8f');
    expect(literal(Number.NEGATIVE_INFINITY, 'f32')).toBe('special(0xff800000u)');
    expect(literal(-5, 'i32')).toBe('-5i');
    expect(literal(1, 'bool')).toBe('true');
  });
});
