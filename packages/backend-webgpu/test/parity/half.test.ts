/** f16 on an adapter that has it: op cases against what f64 makes of the same numbers, and tensors in and out bit for bit. */
import { add, cast, compile, f32, type HostTensor, mul, trace, ZEROS } from '@cyclegan/core';
import { describeFailures, OP_CASES, runGraph, runParity, toHalfBits } from '@cyclegan/core/testing';
import { describe, expect, it } from 'vitest';
import { createWebGpuBackend } from '../../src/index.ts';
import { hasHalf } from './adapter-features.ts';

const bits = (...values: number[]): HostTensor => ({ shape: [values.length], dtype: 'f16', data: Uint16Array.from(values, toHalfBits) });

/** The three convolutions come by turns, one geometry after the other. In software products take long to compile: each geometry is tried with one of them. */
const CONVOLUTIONS = ['conv2d', 'conv2dInputGrad', 'conv2dWeightGrad'];
const convolutions = OP_CASES.filter(({ op }) => CONVOLUTIONS.includes(op)).filter((_, k) => Math.floor(k / 3) % 3 === k % 3);
const others = OP_CASES.filter(({ op, exclude }) => !CONVOLUTIONS.includes(op) && exclude?.half === undefined);

describe.skipIf(!(await hasHalf()))('f16', () => {
  it('gives in every op what f64 gives, rounded', async () => {
    const cases = [...others, ...convolutions];
    const report = await runParity(() => createWebGpuBackend(), { precision: 'f16', kinds: ['forward'], cases });
    expect(describeFailures(report)).toBe('');
    expect(report.rows).toHaveLength(cases.length);
  });

  it('goes in and out as it is, also in odd numbers', async () => {
    const backend = await createWebGpuBackend();
    const graph = trace((t) => {
      const [x, total] = [t.input('x', [3], 'f16'), t.variable('total', [3], ZEROS, 'f16')];
      t.update('total', add(total, x));
      t.output('twice', mul(x, 2));
      t.output('x', x);
    });
    const store = backend.createStore();
    const program = await compile(backend, graph, { store });
    await store.load({ total: bits(1, 2, 3) });
    const outputs = await program.run({ x: bits(0.5, -65504, 2 ** -24) });
    expect(await outputs.x).toEqual(bits(0.5, -65504, 2 ** -24));
    expect(await outputs.twice).toEqual(bits(1, Number.NEGATIVE_INFINITY, 2 ** -23));
    expect(await store.read()).toEqual({ total: bits(1.5, -65504, 3) });
    await backend.dispose();
  });

  it('is what a cast rounds to', async () => {
    const backend = await createWebGpuBackend();
    const x = f32([4], [1 / 3, 70000, -1e-9, 2049]);
    const graph = trace((t) => t.output('y', cast(t.input('x', [4]), 'f16')));
    expect(await runGraph(backend, graph, { x })).toEqual({ y: bits(0.333251953125, Number.POSITIVE_INFINITY, -0, 2048) });
    await backend.dispose();
  });
});
