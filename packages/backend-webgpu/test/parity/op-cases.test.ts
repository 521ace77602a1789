/** Every op case of the testing kit: forward, gradient and gradient of the gradient; and no buffer left after any. */
import type { Backend } from '@cyclegan/core';
import { describeFailures, OP_CASES, runParity, titleOf } from '@cyclegan/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebGpuBackend, type WebGpuBackend } from '../../src/index.ts';

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await createWebGpuBackend({ software: true });
});
afterAll(() => backend.dispose());

/** The one backend of this file, which compiles a text of a kernel once; `runParity` would dispose of it. */
const shared = (): Backend => ({
  name: backend.name,
  device: backend.device,
  capabilities: backend.capabilities,
  createStore: () => backend.createStore(),
  compile: (...call) => backend.compile(...call),
  dispose: async () => {},
});

describe('op cases on the webgpu backend', () => {
  it.each(OP_CASES.map((opCase) => ({ title: titleOf(opCase), opCase })))('$title', async ({ opCase }) => {
    const report = await runParity(shared, { cases: [opCase] });
    expect(report.rows.length).toBeGreaterThan(0);
    expect(describeFailures(report)).toBe('');
    expect(backend.liveTensors()).toBe(0);
  });
});
