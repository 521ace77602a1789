/** What happens when the device goes, when it is asked for too much, and over many steps. Needs an adapter, if only one in software. */
import {
  abs,
  adamFeeds,
  add,
  compile,
  descend,
  f32,
  type Graph,
  generator,
  initialValues,
  meanAll,
  mul,
  PAPER_ADAM,
  PAPER_GENERATOR,
  PAPER_INIT,
  type Trace,
  trace,
  ZEROS,
} from '@cyclegan/core';
import { openGpu } from '@cyclegan/webgpu-device';
import { describe, expect, it } from 'vitest';
import { createWebGpuBackend, kernelTimes, programSource } from '../../src/index.ts';

function counter(t: Trace): void {
  const total = t.variable('total', [2], ZEROS);
  t.update('total', add(total, t.input('amount', [2])));
  t.output('total', total);
}

const amount = { amount: f32([2], [1, 2]) };

describe('a lost device', () => {
  it('fails what runs and what comes after, in words, and holds nothing up', async () => {
    const gpu = await openGpu({ software: true });
    const backend = await createWebGpuBackend({ gpu });
    const store = backend.createStore();
    const program = await compile(backend, trace(counter), { store });
    await store.load({ total: f32([2], [0, 0]) });
    await (await program.run(amount)).total;
    gpu.device.destroy();
    await gpu.device.lost;
    const lost = /GPU device was lost .* Remedy: continue from the last checkpoint/;
    await expect(program.run(amount)).rejects.toThrow(lost);
    await expect(store.read()).rejects.toThrow(lost);
    await expect(store.load({ total: f32([2], [0, 0]) })).rejects.toThrow(lost);
    await expect(compile(backend, trace(counter), { store })).rejects.toThrow(lost);
    await backend.dispose();
    expect(backend.liveTensors()).toBe(0);
  });

  it('leaves the next one untouched', async () => {
    const first = await openGpu({ software: true });
    first.device.destroy();
    const backend = await createWebGpuBackend({ software: true });
    const store = backend.createStore();
    const program = await compile(
      backend,
      trace((t) => t.output('y', mul(t.input('amount', [2]), 3))),
      { store },
    );
    expect([...((await (await program.run(amount)).y)?.data ?? [])]).toEqual([3, 6]);
    await backend.dispose();
  });
});

/** A small generator that learns by itself. */
function training(): Graph {
  const spec = { ...PAPER_GENERATOR, filters: 2, blocks: 1, inputChannels: 3, outputChannels: 3 };
  return trace((t) => {
    const { scope, apply } = generator(t, 'genAB', spec, { init: PAPER_INIT, training: true });
    const loss = meanAll(abs(apply(t.input('picture', [1, 3, 8, 8]))));
    descend(t, loss, { learning: [scope], frozen: [], adam: PAPER_ADAM });
    scope.commit();
    t.output('loss', loss);
  });
}

describe('many steps', () => {
  it('take no more buffers than the first, and disposing frees all', async () => {
    const backend = await createWebGpuBackend({ software: true });
    const store = backend.createStore();
    const graph = training();
    const program = await compile(backend, graph, { store });
    await store.load(initialValues(graph, 1));
    const picture = f32(
      [1, 3, 8, 8],
      Float32Array.from({ length: 192 }, (_, at) => Math.sin(at)),
    );
    const losses: number[] = [];
    let held = 0;
    for (let step = 1; step <= 500; step++) {
      const { loss } = await program.run({ picture, ...adamFeeds(1e-3, step, PAPER_ADAM) });
      losses.push(Number((await loss)?.data[0]));
      if (step === 2) held = backend.liveTensors();
    }
    expect(backend.liveTensors()).toBe(held);
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
    program.dispose();
    store.dispose();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(backend.liveTensors()).toBe(0);
    await backend.dispose();
  });
});

describe('a program', () => {
  it('prints its kernels and, where that is asked for, tells their times', async () => {
    const backend = await createWebGpuBackend({ software: true, profile: true });
    const store = backend.createStore();
    const program = await compile(backend, trace(counter), { store });
    await store.load({ total: f32([2], [0, 0]) });
    for (let run = 0; run < 3; run++) await (await program.run(amount)).total;
    expect(programSource(program)).toContain('// kernel 0: add');
    const [first] = await kernelTimes(program);
    expect(first).toMatchObject({ label: 'add', dispatches: 3 });
    expect(first?.seconds).toBeGreaterThan(0);
    program.dispose();
    expect(await backend.kernelTimes?.()).toEqual([first]);
    await backend.dispose();
  });
});
