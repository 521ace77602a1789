import { describe, expect, it } from 'vitest';
import { checkGradient, OP_CASES, opCaseGraphs, titleOf } from '../../../src/testing/index.ts';

describe('gradients of the op cases', () => {
  it.each(OP_CASES.map((opCase) => [titleOf(opCase), opCase] as const))('%s agrees with finite differences', async (_, opCase) => {
    const checks = await checkGradient(opCase);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    const { gradient } = opCaseGraphs(opCase);
    const checked = gradient !== undefined && opCase.exclude?.finiteDifference === undefined;
    expect(new Set(checks.map(({ order }) => order))).toEqual(new Set(checked ? [1, 2] : []));
  });

  it('leaves out kinks, poles and what has no gradient, each with a reason', () => {
    const reasons = OP_CASES.flatMap((opCase) => opCase.exclude?.finiteDifference ?? opCaseGraphs(opCase).whyNoGradient ?? []);
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.length).toBeLessThan(OP_CASES.length / 4);
    expect(reasons.every((reason) => reason.length > 10)).toBe(true);
  });
});
