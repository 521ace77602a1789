import { describe, expect, it } from 'vitest';
import type { Backend, Program } from '../../../src/backend.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import type { HostTensor } from '../../../src/tensor.ts';
import { describeFailures, OP_CASES, runParity, titleOf } from '../../../src/testing/index.ts';

describe('op cases on the reference backend', () => {
  // the reference has no composite ops, so for those this compares the decompositions
  it.each(OP_CASES.map((opCase) => [titleOf(opCase), opCase] as const))('%s equals its definition', async (_, opCase) => {
    const report = await runParity(createReferenceBackend, { cases: [opCase], kinds: ['forward'], precision: 'f64' });
    expect(describeFailures(report)).toBe('');
    expect(report.rows).toHaveLength(1);
  });
});

/** The reference backend with every float that a program returns changed by `spoil`. */
function spoilt(spoil: (value: number) => number): Backend {
  const backend = createReferenceBackend();
  const change = async (value: Promise<HostTensor>): Promise<HostTensor> => {
    const tensor = await value;
    return tensor.dtype === 'f32' ? { ...tensor, data: Float64Array.from(tensor.data, spoil) } : tensor;
  };
  const wrap = (program: Program): Program => ({
    stats: program.stats,
    dispose: () => program.dispose(),
    run: async (feeds, options) => {
      const outputs = Object.entries(await program.run(feeds, options));
      return Object.fromEntries(outputs.map(([name, value]) => [name, change(value)]));
    },
  });
  return { ...backend, compile: async (graph, options) => wrap(await backend.compile(graph, options)) };
}

const CONV = OP_CASES.filter((opCase) => titleOf(opCase) === 'conv2d: 3x3 padding 1');

describe('runParity', () => {
  it('runs the op and both gradients', async () => {
    const { rows, backend } = await runParity(createReferenceBackend, { cases: CONV });
    expect(rows.map(({ kind, passed }) => ({ kind, passed }))).toEqual([
      { kind: 'forward', passed: true },
      { kind: 'gradient', passed: true },
      { kind: 'second', passed: true },
    ]);
    expect(backend).toContain('reference');
  });

  it('accepts the rounding of f32', async () => {
    const report = await runParity(() => spoilt(Math.fround), { cases: OP_CASES });
    expect(describeFailures(report)).toBe('');
  });

  it('rejects errors beyond it, and says where', async () => {
    const report = await runParity(() => spoilt((value) => value * 1.0005), { cases: CONV });
    expect(report.rows.map(({ passed }) => passed)).toEqual([false, false, false]);
    expect(describeFailures(report)).toMatch(/conv2d: 3x3 padding 1 \(forward\): error 5\.0e-4, allowed 1\.0e-5; y0 at \d+: got/);
  });

  it('holds f64 to more', async () => {
    const report = await runParity(() => spoilt(Math.fround), { cases: CONV, precision: 'f64' });
    expect(report.rows.some(({ passed }) => passed)).toBe(false);
  });

  it('reports a graph that cannot be run, and disposes of the backend', async () => {
    let disposed = 0;
    const lacking = async (): Promise<Backend> => ({
      ...createReferenceBackend(),
      capabilities: { dtypes: ['f32'], composites: [] },
      dispose: async () => {
        disposed += 1;
      },
    });
    const { rows } = await runParity(lacking, { cases: OP_CASES.filter(({ op }) => op === 'compare') });
    expect(rows.every(({ passed, message }) => !passed && message?.includes('cannot compute in'))).toBe(true);
    expect(disposed).toBe(1);
  });

  it('lists the cases without gradients with the reason', async () => {
    const { excluded } = await runParity(createReferenceBackend, {
      cases: OP_CASES.filter(({ op }) => op === 'iota'),
      kinds: ['gradient'],
    });
    expect(excluded[0]).toEqual({ case: 'iota: f32', reason: 'it has no floating-point input' });
  });
});
