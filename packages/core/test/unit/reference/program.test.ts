/** Programs and stores of the reference backend: what they refuse, in which order they work, and when variables change. */
import { describe, expect, it } from 'vitest';
import { type Backend, BackendError, type Feeds, type Program, type VariableStore } from '../../../src/backend.ts';
import { only, type Tensor, type Trace, trace } from '../../../src/graph/graph.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import { f32, f32Scalar, type HostTensor, i32 } from '../../../src/tensor.ts';

const zeros = { kind: 'constant', value: 0 } as const;

const add = (t: Trace, a: Tensor, b: Tensor) => only(t.emit('add', [a, b], {}));

/** A program on a new store. */
async function build(body: (t: Trace) => void): Promise<{ backend: Backend; store: VariableStore; program: Program }> {
  const backend = createReferenceBackend();
  const store = backend.createStore();
  return { backend, store, program: await backend.compile(trace(body), { store }) };
}

/** Adds the feed to the variable `total`; the output is the total before the run. */
function accumulator(t: Trace): void {
  const total = t.variable('total', [2], zeros);
  t.update('total', add(t, total, t.input('amount', [2])));
  t.output('before', total);
}

const amount = (...values: [number, number]): Feeds => ({ amount: f32([2], values) });

async function valuesOf(store: VariableStore, name: string): Promise<number[]> {
  return Array.from((await store.read([name]))[name]?.data ?? []);
}

describe('a program', () => {
  it('describes itself', async () => {
    const { backend, program } = await build(accumulator);
    expect(backend).toMatchObject({
      name: 'reference',
      device: { kind: 'cpu' },
      capabilities: { dtypes: ['f32', 'i32', 'bool'], composites: [] },
    });
    expect(program.stats.nodes).toBe(3);
    expect(program.stats.compileSeconds).toBeGreaterThanOrEqual(0);
  });

  it('fetches what is asked for, and everything otherwise', async () => {
    const { program } = await build((t) => {
      const x = t.input('x', []);
      t.output('x', x);
      t.output('twice', add(t, x, x));
    });
    const feeds = { x: f32Scalar(3) };
    expect(Object.keys(await program.run(feeds))).toEqual(['x', 'twice']);
    const some = await program.run(feeds, { fetch: ['twice'] });
    expect(Object.keys(some)).toEqual(['twice']);
    expect((await some.twice)?.data).toEqual(Float64Array.of(6));
    expect(await program.run(feeds, { fetch: [] })).toEqual({});
  });

  it('keeps a value that is read again after others died', async () => {
    const { program } = await build((t) => {
      const x = t.input('x', []);
      const twice = add(t, x, x);
      const four = add(t, twice, twice);
      t.output('seven', add(t, add(t, four, twice), x));
    });
    expect((await (await program.run({ x: f32Scalar(1) })).seven)?.data).toEqual(Float64Array.of(7));
  });

  it('hands out copies', async () => {
    const { program, store } = await build(accumulator);
    const loaded = f32([2], Float64Array.of(1, 2));
    await store.load({ total: loaded });
    loaded.data.fill(9);
    const before = (await (await program.run(amount(0, 0))).before) as HostTensor;
    before.data.fill(9);
    const read = (await store.read()).total as HostTensor;
    read.data.fill(9);
    expect(await valuesOf(store, 'total')).toEqual([1, 2]);
  });

  it.each([
    ['a missing feed', {}, undefined, 'feed amount: missing; the program needs f32[2]'],
    ['a feed of another shape', { amount: f32([3], [1, 2, 3]) }, undefined, 'feed amount: expected f32[2], got f32[3]'],
    ['a feed of another type', { amount: i32([2], [1, 2]) }, undefined, 'feed amount: expected f32[2], got i32[2]'],
    [
      'too few elements',
      { amount: { ...f32([2], [1, 2]), data: Float32Array.of(1) } },
      undefined,
      'feed amount: shape 2 needs 2 elements, got 1',
    ],
    ['an unknown feed', { ...amount(1, 2), rate: f32Scalar(1) }, undefined, 'feed rate: unknown; the program takes amount'],
    ['an unknown fetch', amount(1, 2), ['loss'], 'fetch loss: unknown; the program offers before'],
  ])('refuses %s by name', async (_, feeds, fetch, message) => {
    const { program, store } = await build(accumulator);
    await store.load({ total: f32([2], [0, 0]) });
    const run = program.run(feeds, fetch === undefined ? {} : { fetch });
    await expect(run).rejects.toThrow(BackendError);
    await expect(run).rejects.toThrow(message);
  });

  it('does not run once disposed', async () => {
    const { program } = await build(accumulator);
    program.dispose();
    await expect(program.run(amount(1, 2))).rejects.toThrow('the program was disposed');
  });
});

describe('compiling', () => {
  const backend = createReferenceBackend();

  it('refuses composites and element types it lacks', async () => {
    const store = backend.createStore();
    const composite = trace((t) => t.emit('normalize', [t.input('x', [2, 3])], { axes: [1], epsilon: 1e-5 }));
    await expect(backend.compile(composite, { store })).rejects.toThrow('cannot compile normalize (node 1)');
    const half = trace((t) => t.input('x', [2], 'f16'));
    await expect(backend.compile(half, { store })).rejects.toThrow('cannot compile input (node 0): it is f16');
  });

  it('refuses a store of another backend', async () => {
    const store: VariableStore = { load: async () => {}, read: async () => ({}), dispose: () => {} };
    await expect(backend.compile(trace(accumulator), { store })).rejects.toThrow('the store belongs to another backend');
  });

  it('refuses a graph whose variable has another type in the store, and declares none of its variables', async () => {
    const store = backend.createStore();
    await store.load({ 'genAB/x': f32([2], [1, 2]) });
    const graph = trace((t) => {
      t.variable('genAB/fresh', [1], zeros);
      t.variable('genAB/x', [3], zeros);
    });
    await expect(backend.compile(graph, { store })).rejects.toThrow('variable genAB/x: expected f32[2], got f32[3]');
    await store.load({ 'genAB/fresh': i32([4], [1, 2, 3, 4]) });
  });
});

describe('variables', () => {
  it('change together: each update sees the values before the run', async () => {
    const { program, store } = await build((t) => {
      const a = t.variable('a', [], zeros);
      const b = t.variable('b', [], zeros);
      t.update('a', b);
      t.update('b', a);
    });
    await store.load({ a: f32Scalar(1), b: f32Scalar(2) });
    await program.run({});
    await program.run({});
    await program.run({});
    expect([await valuesOf(store, 'a'), await valuesOf(store, 'b')]).toEqual([[2], [1]]);
  });

  it('change whatever is fetched', async () => {
    const { program, store } = await build(accumulator);
    await store.load({ total: f32([2], [0, 0]) });
    await program.run(amount(1, 2), { fetch: [] });
    expect(await valuesOf(store, 'total')).toEqual([1, 2]);
  });

  it('do not change when a run fails', async () => {
    const { program, store } = await build((t) => {
      const a = t.variable('a', [], zeros);
      t.update('a', add(t, a, a));
      t.output('b', t.variable('b', [], zeros));
    });
    await store.load({ a: f32Scalar(1) });
    await expect(program.run({}, { fetch: [] })).rejects.toThrow('variable b: it has no value; load f32[scalar] into the store first');
    expect(await valuesOf(store, 'a')).toEqual([1]);
    await store.load({ b: f32Scalar(0) });
    await program.run({});
    expect(await valuesOf(store, 'a')).toEqual([2]);
  });

  it('are shared by the programs of a store', async () => {
    const { backend, program, store } = await build(accumulator);
    const sampler = await backend.compile(
      trace((t) => t.output('now', t.variable('total', [2], zeros))),
      { store },
    );
    await store.load({ total: f32([2], [1, 1]) });
    await program.run(amount(1, 2));
    expect((await (await sampler.run({})).now)?.data).toEqual(Float64Array.of(2, 3));
  });
});

describe('a store', () => {
  it('loses nothing between read and load', async () => {
    const { program, store } = await build(accumulator);
    await store.load({ total: f32([2], [0, 0]) });
    await program.run({ amount: f32([2], Float64Array.of(1 / 3, Math.PI)) });
    const record = await store.read();
    expect(record).toEqual({ total: { shape: [2], dtype: 'f32', data: Float64Array.of(1 / 3, Math.PI) } });
    await store.load(record);
    expect(await store.read()).toEqual(record);
  });

  it('works in the order of the calls, awaited or not', async () => {
    const { program, store } = await build(accumulator);
    void store.load({ total: f32([2], [0, 0]) });
    void program.run(amount(1, 1));
    const middle = valuesOf(store, 'total');
    void program.run(amount(10, 10));
    void store.load({ total: f32([2], [5, 5]) });
    void program.run(amount(1, 1));
    expect([await valuesOf(store, 'total'), await middle]).toEqual([
      [6, 6],
      [1, 1],
    ]);
  });

  it('goes on after a call that failed', async () => {
    const { program, store } = await build(accumulator);
    const failed = program.run(amount(1, 1));
    const loaded = store.load({ total: f32([2], [3, 4]) });
    await expect(failed).rejects.toThrow('variable total: it has no value');
    await loaded;
    expect(await valuesOf(store, 'total')).toEqual([3, 4]);
  });

  it('refuses a load that contradicts a program or an earlier load, and loads nothing of it', async () => {
    const { store } = await build(accumulator);
    await expect(store.load({ other: f32Scalar(1), total: f32([3], [1, 2, 3]) })).rejects.toThrow(
      'variable total: expected f32[2], got f32[3]',
    );
    expect(await store.read()).toEqual({});
    await store.load({ step: i32([], [1]) });
    await expect(store.load({ step: f32Scalar(1) })).rejects.toThrow('variable step: expected i32[scalar], got f32[scalar]');
    expect(await valuesOf(store, 'step')).toEqual([1]);
  });

  it('refuses data that do not fit their own type', async () => {
    const store = createReferenceBackend().createStore();
    await expect(store.load({ w: { shape: [3], dtype: 'f32', data: Float32Array.of(1) } })).rejects.toThrow(BackendError);
    await expect(store.load({ w: { shape: [1], dtype: 'f16', data: Uint16Array.of(1) } })).rejects.toThrow('f16');
  });

  it('names what cannot be read', async () => {
    const { store } = await build(accumulator);
    await expect(store.read(['total'])).rejects.toThrow('variable total: it has no value; load f32[2]');
    await expect(store.read(['nothing'])).rejects.toThrow('variable nothing: it has no value; nothing has loaded it');
  });

  it('finishes what was called before it is disposed, and refuses what comes after', async () => {
    const { program, store } = await build(accumulator);
    await store.load({ total: f32([2], [1, 1]) });
    const last = valuesOf(store, 'total');
    store.dispose();
    store.dispose();
    expect(await last).toEqual([1, 1]);
    await expect(store.read()).rejects.toThrow('the store was disposed');
    await expect(program.run(amount(1, 1))).rejects.toThrow('the store was disposed');
  });
});
