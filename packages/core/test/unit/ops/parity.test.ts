import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import { OP_CASES, runParity, titleOf } from '../../../src/testing/index.ts';

describe('op cases on the reference backend', () => {
  it.each(OP_CASES.map((opCase) => [titleOf(opCase), opCase] as const))('%s equals its definition', async (_, opCase) => {
    const { rows } = await runParity(createReferenceBackend, { cases: [opCase], kinds: ['forward'], precision: 'f64' });
    expect(rows.map(({ passed, message }) => ({ passed, message }))).toEqual([{ passed: true, message: undefined }]);
  });
});
