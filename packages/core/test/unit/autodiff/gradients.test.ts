import { describe, expect, it } from 'vitest';
import { checkGradient, OP_CASES, titleOf } from '../../../src/testing/index.ts';

describe('gradients of the op cases', () => {
  it.each(OP_CASES.map((opCase) => [titleOf(opCase), opCase] as const))('%s agrees with finite differences', async (_, opCase) => {
    const checks = await checkGradient(opCase);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });
});
