/** Every op case of the testing kit: forward, gradient and gradient of the gradient. */
import { describeFailures, OP_CASES, runParity, titleOf } from '@cyclegan/core/testing';
import { describe, expect, it } from 'vitest';
import { createOnnxBackend } from '../../src/index.ts';

describe('op cases on the onnx backend', () => {
  it.each(OP_CASES.map((opCase) => ({ title: titleOf(opCase), opCase })))('$title', async ({ opCase }) => {
    const report = await runParity(() => createOnnxBackend({ threads: 1 }), { cases: [opCase] });
    expect(report.rows.length).toBeGreaterThan(0);
    expect(describeFailures(report)).toBe('');
  });
});
