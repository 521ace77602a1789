/** How the kernels of sums are written with and without subgroups, told from the plan alone. */
import { add, maxReduce, normalize, optimise, type Precision, sum, type Trace, trace } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, NATIVE_COMPOSITES, planGraph, planSource } from '../../src/index.ts';

function sourceOf(body: (t: Trace) => void, subgroups: boolean, precision: Precision = 'f32'): string {
  return planSource(planGraph(optimise(trace(body), NATIVE_COMPOSITES, precision), { limits: { ...DEFAULT_LIMITS, subgroups } }));
}

const normalised = (t: Trace) => t.output('y', normalize(t.input('x', [2, 4, 8, 8]), [2, 3]).y);
const reduced = (t: Trace) => {
  const x = t.input('x', [4, 64]);
  t.output('sums', sum(x, [1]));
  t.output('most', maxReduce(x, [1]));
};
const barriers = (source: string) => source.split('workgroupBarrier()').length - 1;

describe('totals of workgroups', () => {
  it.each([normalised, reduced])('name no subgroup where there are none', (body) => {
    const source = sourceOf(body, false);
    expect(source).not.toContain('subgroup');
    expect(source).toContain('half /= 2u');
  });

  it.each([normalised, reduced])('are made by subgroups where there are some, between two barriers', (body) => {
    const source = sourceOf(body, true);
    expect(source).not.toContain('half /= 2u');
    const kernels = source.split('fn total(').length - 1;
    expect(barriers(source)).toBe(2 * kernels);
    // without subgroups there is one more, and one of them runs once for each halving
    expect(barriers(sourceOf(body, false))).toBe(3 * kernels);
    expect(source.split('enable subgroups;')).toHaveLength(kernels + 1);
  });

  it('add up or compare', () => {
    const source = sourceOf(reduced, true);
    expect(source).toContain('subgroupAdd(value)');
    expect(source).toContain('subgroupMax(value)');
  });

  it('ask for f16 as well where both are needed, and for neither where neither is', () => {
    const half = sourceOf((t) => t.output('y', sum(t.input('x', [4, 64], 'f16'), [1])), true);
    expect(half).toContain('\nenable f16;\nenable subgroups;\n\n');
    expect(sourceOf((t) => t.output('y', add(t.input('x', [4]), 1)), true)).not.toContain('enable');
  });
});
