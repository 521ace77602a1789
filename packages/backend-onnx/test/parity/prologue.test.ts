/** What is computed of variables once: with equal results, shared within a store, and anew when a variable changes. */
import {
  add,
  type Backend,
  compile,
  dynamicUpdate,
  f32,
  type Graph,
  type HostTensor,
  i32,
  matmul,
  mul,
  PAPER_GENERATOR,
  type Program,
  sliceAxis,
  type TensorRecord,
  type Trace,
  trace,
  traceTranslation,
  transpose,
  ZEROS,
} from '@cyclegan/core';
import { randomTensor } from '@cyclegan/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOnnxBackend } from '../../src/index.ts';
import type { OnnxStore } from '../../src/store.ts';
import { expectClose } from './compare.ts';

let backend: Backend;
let store: OnnxStore;
beforeAll(async () => {
  backend = await createOnnxBackend({ threads: 1 });
});
beforeEach(() => {
  store = backend.createStore() as OnnxStore;
});
afterAll(() => backend.dispose());

const compiled = (body: (t: Trace) => void): Promise<Program> => backend.compile(trace(body), { store });

/** y = x w', for x of so many rows. */
const product = (rows: number) => (t: Trace) =>
  t.output('y', matmul(t.input('x', [rows, 2]), transpose(t.variable('w', [2, 2], ZEROS), [1, 0])));

const weights = (...values: number[]): TensorRecord => ({ w: f32([2, 2], values) });

/** The first column of w, by a row that picks it. */
async function firstColumn(program: Program): Promise<number[]> {
  const { y } = await program.run({ x: f32([1, 2], [1, 0]) });
  return [...((await y)?.data ?? [])];
}

/** A generator's output, and how many values were computed once for it: none where another program updates its variables. */
async function translated(graph: Graph, updated: boolean): Promise<{ readonly output: TensorRecord; readonly derived: number }> {
  const variables = backend.createStore() as OnnxStore;
  if (updated) await backend.compile(withUpdates(graph), { store: variables });
  const program = await compile(backend, graph, { store: variables });
  await variables.load(Object.fromEntries([...graph.variables].map(([name, { shape }]) => [name, randomTensor(shape, name)])));
  const { y } = await program.run({ x: randomTensor([1, 3, 32, 32], 'x') });
  const result = { output: { y: (await y) as HostTensor }, derived: variables.derived.size };
  program.dispose();
  variables.dispose();
  return result;
}

/** A program that doubles all variables of a graph. */
function withUpdates({ variables }: Graph): Graph {
  return trace((t) => {
    for (const [name, { shape }] of variables) t.update(name, mul(t.variable(name, shape, ZEROS), 2));
  });
}

describe('what programs compute of variables alone', () => {
  it.each(['instance', 'batch'] as const)('makes a generator with %s norm no different', async (norm) => {
    const spec = { ...PAPER_GENERATOR, inputChannels: 3, outputChannels: 3, filters: 32, blocks: 1, norm };
    const graph = traceTranslation('genAB', spec, { batch: 1, height: 32, width: 32 });
    const [once, always] = [await translated(graph, false), await translated(graph, true)];
    expect([once.derived > 0, always.derived]).toEqual([true, 0]);
    expectClose(once.output, always.output, 0);
  });

  it('is computed at the first run, and shared by the programs of a store', async () => {
    const [one, other] = [await compiled(product(1)), await compiled(product(3))];
    await store.load(weights(1, 2, 3, 4));
    expect(store.derived.size).toBe(0);
    expect(await firstColumn(one)).toEqual([1, 3]);
    expect(store.derived.size).toBe(1);
    one.dispose();
    const { y } = await other.run({ x: f32([3, 2], [1, 0, 0, 1, 1, 1]) });
    expect([...((await y)?.data ?? [])]).toEqual([1, 3, 2, 4, 3, 7]);
    expect(store.derived.size).toBe(1);
  });

  it('is computed anew after a load, and kept when another variable changes', async () => {
    const program = await compiled(product(1));
    await store.load(weights(1, 2, 3, 4));
    const first = firstColumn(program);
    void store.load(weights(5, 6, 7, 8));
    const second = firstColumn(program);
    expect([await first, await second]).toEqual([
      [1, 3],
      [5, 7],
    ]);
    await store.load({ other: f32([1], [1]) });
    expect(store.derived.size).toBe(1);
  });

  it('is computed anew after an update by a program that was compiled later, in the model or on the host', async () => {
    const program = await compiled(product(1));
    const inModel = await compiled((t) => t.update('w', add(t.variable('w', [2, 2], ZEROS), 10)));
    const onHost = await compiled((t) =>
      t.update('w', dynamicUpdate(t.variable('w', [2, 2], ZEROS), t.input('row', [1, 2]), t.input('index', [], 'i32'))),
    );
    await store.load(weights(1, 2, 3, 4));
    expect(await firstColumn(program)).toEqual([1, 3]);
    await inModel.run({});
    expect(await firstColumn(program)).toEqual([11, 13]);
    await onHost.run({ row: f32([1, 2], [50, 60]), index: i32([], [1]) });
    expect(await firstColumn(program)).toEqual([11, 50]);
  });

  it('is not kept for variables that a program updates already', async () => {
    await compiled((t) => t.update('w', add(t.variable('w', [2, 2], ZEROS), 10)));
    const program = await compiled(product(1));
    await store.load(weights(1, 2, 3, 4));
    expect(await firstColumn(program)).toEqual([1, 3]);
    expect(store.derived.size).toBe(0);
  });

  it('needs values of its variables, like every run', async () => {
    const program = await compiled(product(1));
    await expect(firstColumn(program)).rejects.toThrow('variable w: it has no value; load f32[2x2] into the store first.');
  });

  it('may be of several variables, and be an output', async () => {
    const program = await compiled((t) => {
      const turned = transpose(add(t.variable('a', [1, 2], ZEROS), t.variable('w', [2, 2], ZEROS)), [1, 0]);
      t.output('turned', turned);
      t.output('y', add(t.input('x', [1, 2]), sliceAxis(turned, 0, 0, 1)));
    });
    await store.load({ ...weights(1, 2, 3, 4), a: f32([1, 2], [10, 20]) });
    const { y, turned } = await program.run({ x: f32([1, 2], [100, 200]) });
    expect([...((await turned)?.data ?? [])]).toEqual([11, 13, 22, 24]);
    expect([...((await y)?.data ?? [])]).toEqual([111, 213]);
  });

  it('is freed with the store', async () => {
    const program = await compiled(product(1));
    await store.load(weights(1, 2, 3, 4));
    await firstColumn(program);
    store.dispose();
    await new Promise(setImmediate);
    expect(store.derived.size).toBe(0);
  });
});
