/** State that is written over in place: the same bits as with two tensors of everything, and a store that refuses what a failed run left. */
import {
  add,
  BackendError,
  type CycleGanConfig,
  cycleGanModel,
  div,
  f32,
  type Graph,
  i32,
  initialValues,
  mul,
  optimise,
  PAPER_GENERATOR,
  stepFeeds,
  type TensorRecord,
  trace,
  traceStep,
  ZEROS,
} from '@cyclegan/core';
import { randomTensor } from '@cyclegan/core/testing';
import { describe, expect, it } from 'vitest';
import { NATIVE_COMPOSITES } from '../../src/lowering/lower.ts';
import { OnnxProgram } from '../../src/program.ts';
import { loadRuntime } from '../../src/runtime.ts';
import { OnnxStore } from '../../src/store.ts';

const runtime = await loadRuntime();
const SETTINGS = { device: 'cpu', threads: 1 } as const;

const MODEL: CycleGanConfig = cycleGanModel({
  height: 16,
  width: 16,
  batch: 2,
  generator: { ...PAPER_GENERATOR, filters: 4, blocks: 1 },
  discriminator: { kind: 'patch', filters: 4, layers: 2, norm: 'instance' },
  poolSize: 3,
});

/** Every variable after three steps, and how many of them were in a second tensor, which is spoilt after each step. */
async function threeSteps(graph: Graph, inPlace: boolean): Promise<{ state: TensorRecord; doubled: number }> {
  const store = new OnnxStore(runtime);
  const program = await OnnxProgram.compile(runtime, graph, { store, inPlace, ...SETTINGS });
  await store.load(initialValues(graph, 1));
  for (let step = 0; step < 3; step++) {
    const pictures = { A: randomTensor([2, 3, 16, 16], `A${step}`), B: randomTensor([2, 3, 16, 16], `B${step}`) };
    await program.run({ ...pictures, ...stepFeeds(MODEL, graph, { seed: 1, step, learningRate: 0.01 }) }, { fetch: ['loss/cycleA'] });
    for (const spare of store.spares()) (spare.data as Float32Array).fill(Number.NaN);
  }
  const state = await store.read();
  const doubled = [...store.spares()].length;
  program.dispose();
  return { state, doubled };
}

describe('a training step', () => {
  it('that writes over its variables leaves the bits of one that does not', async () => {
    const graph = optimise(traceStep(MODEL), NATIVE_COMPOSITES);
    const [one, two] = [await threeSteps(graph, true), await threeSteps(graph, false)];
    expect(one.doubled).toBe(0);
    expect(two.doubled).toBe(graph.variables.size);
    expect(one.state).toEqual(two.state);
    expect(
      Object.values(one.state)
        .flatMap(({ data }) => [...data])
        .every(Number.isFinite),
    ).toBe(true);
  });
});

describe('a variable that is written over', () => {
  const counting = trace((t) => {
    const total = t.variable('total', [2], ZEROS);
    t.update('total', add(total, t.input('amount', [2])));
  });
  const doubled = trace((t) => t.output('y', mul(t.variable('total', [2], ZEROS), 2)));

  it('is one tensor for every program, and the host holds copies', async () => {
    const store = new OnnxStore(runtime);
    const compile = (graph: Graph) => OnnxProgram.compile(runtime, graph, { store, ...SETTINGS });
    const [step, sampler] = [await compile(counting), await compile(doubled)];
    const loaded = f32([2], [1, 2]);
    await store.load({ total: loaded });
    const before = store.current('total');
    await step.run({ amount: f32([2], [1, 1]) });
    const read = await store.read();
    await step.run({ amount: f32([2], [1, 1]) });
    expect(store.current('total')).toBe(before);
    expect([...store.spares()]).toEqual([]);
    expect([...((await (await sampler.run({})).y)?.data ?? [])]).toEqual([6, 8]);
    expect([[...loaded.data], [...(read.total?.data ?? [])]]).toEqual([
      [1, 2],
      [2, 3],
    ]);
    await store.load({ total: f32([2], [10, 20]) });
    await step.run({ amount: f32([2], [1, 1]) });
    expect([...((await store.read()).total?.data ?? [])]).toEqual([11, 21]);
  });

  it('is refused, and all others with it, once a run failed that may have begun to write', async () => {
    const store = new OnnxStore(runtime);
    const graph = trace((t) => {
      const total = t.variable('total', [2], ZEROS);
      t.update('total', add(total, 1));
      t.output('quotient', div(t.input('x', [1], 'i32'), t.input('y', [1], 'i32')));
    });
    const program = await OnnxProgram.compile(runtime, graph, { store, ...SETTINGS });
    const sampler = await OnnxProgram.compile(runtime, doubled, { store, ...SETTINGS });
    await store.load({ total: f32([2], [1, 2]) });
    const failing = program.run({ x: i32([1], [1]), y: i32([1], [0]) });
    await expect(failing).rejects.toThrow('some variables may have changed');
    const refusal = 'a step failed halfway, so the values of this store are in doubt; resume from the last checkpoint';
    for (const use of [
      () => program.run({ x: i32([1], [1]), y: i32([1], [1]) }),
      () => sampler.run({}),
      () => store.read(),
      () => store.load({ total: f32([2], [1, 2]) }),
    ]) {
      await expect(use()).rejects.toThrow(BackendError);
      await expect(use()).rejects.toThrow(refusal);
    }
  });
});
