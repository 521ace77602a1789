/** Winograd's convolution of f16, on an adapter that has it: beside what f64 makes of the same numbers. */
import { OP_CASES, opCaseGraphs, runParityCase } from '@cyclegan/core/testing';
import { openGpu } from '@cyclegan/webgpu-device';
import { describe, expect, it } from 'vitest';
import { createWebGpuBackend } from '../../src/index.ts';
import { hasHalf } from './adapter-features.ts';
import { winogradChoices } from './winograd-choices.ts';

const CASES = OP_CASES.filter(({ op, name }) => ['conv2d', 'conv2dInputGrad'].includes(op) && name === 'asymmetric padding');

describe.skipIf(!(await hasHalf()))("Winograd's convolution in f16", () => {
  it('gives what f64 gives, rounded', async () => {
    const gpu = await openGpu();
    const variants = Object.assign({}, ...CASES.map((opCase) => winogradChoices(opCaseGraphs(opCase).forward.graph)));
    const backend = await createWebGpuBackend({ gpu, tune: false, choices: { engine: gpu.description, variants } });
    for (const opCase of CASES) {
      const { rows } = await runParityCase(backend, opCase, { kinds: ['forward'], precision: 'f16' });
      expect(rows.map(({ passed, message }) => message ?? passed)).toEqual([true]);
    }
    // the choices given are those that were asked for
    expect(backend.choices.variants).toEqual(variants);
    await backend.dispose();
  });
});
