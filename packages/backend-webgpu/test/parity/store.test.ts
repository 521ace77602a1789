/** Variables between steps: updates together, values shared between programs, nothing changed by a run that fails. */
import {
  add,
  dynamicSlice,
  dynamicUpdate,
  emit,
  f32,
  i32,
  mul,
  type Program,
  reshape,
  sum,
  type Tensor,
  type Trace,
  trace,
  type VariableStore,
  ZEROS,
} from '@cyclegan/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWebGpuBackend, type WebGpuBackend } from '../../src/index.ts';

let backend: WebGpuBackend;
let store: VariableStore;
const programs: Program[] = [];
beforeAll(async () => {
  backend = await createWebGpuBackend({ software: true });
});
beforeEach(() => {
  store = backend.createStore();
});
afterEach(async () => {
  for (const program of programs.splice(0)) program.dispose();
  store.dispose();
  // what is freed waits for the calls before it
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(backend.liveTensors()).toBe(0);
});
afterAll(() => backend.dispose());

async function build(body: (t: Trace) => void): Promise<Program> {
  const program = await backend.compile(trace(body), { store });
  programs.push(program);
  return program;
}

async function valuesOf(name: string): Promise<number[]> {
  return [...((await store.read([name]))[name]?.data ?? [])];
}

/** Adds the feed to the variable `total`; outputs the total before and after. */
function accumulator(t: Trace): void {
  const total = t.variable('total', [2], ZEROS);
  const next = add(total, t.input('amount', [2]));
  t.update('total', next);
  t.output('before', total);
  t.output('after', next);
}

const amount = (...values: [number, number]) => ({ amount: f32([2], values) });

describe('variables', () => {
  it('carry their values from run to run', async () => {
    const program = await build(accumulator);
    await store.load({ total: f32([2], [1, 2]) });
    const first = await program.run(amount(1, 1));
    const second = await program.run(amount(10, 20), { fetch: ['before'] });
    await program.run(amount(100, 200), { fetch: [] });
    expect([...((await first.before)?.data ?? [])]).toEqual([1, 2]);
    expect([...((await first.after)?.data ?? [])]).toEqual([2, 3]);
    expect([...((await second.before)?.data ?? [])]).toEqual([2, 3]);
    expect(await valuesOf('total')).toEqual([112, 223]);
  });

  it('are read before any is written', async () => {
    const program = await build((t) => {
      const [a, b] = [t.variable('a', [1], ZEROS), t.variable('b', [1], ZEROS)];
      t.update('a', b);
      t.update('b', a);
    });
    await store.load({ a: f32([1], [1]), b: f32([1], [2]) });
    await program.run({});
    expect([await valuesOf('a'), await valuesOf('b')]).toEqual([[2], [1]]);
  });

  it('may take one value, which may be an output as well', async () => {
    const program = await build((t) => {
      const [a, b] = [t.variable('a', [1], ZEROS), t.variable('b', [1], ZEROS)];
      const product = mul(a, b);
      t.update('a', product);
      t.update('b', product);
      t.output('a', product);
    });
    await store.load({ a: f32([1], [3]), b: f32([1], [2]) });
    const outputs = await program.run({});
    expect([...((await outputs.a)?.data ?? [])]).toEqual([6]);
    expect([await valuesOf('a'), await valuesOf('b')]).toEqual([[6], [6]]);
  });

  it('keep the value that is read after their update was computed', async () => {
    const program = await build((t) => {
      const a = t.variable('a', [3], ZEROS);
      t.variable('b', [3], ZEROS);
      const next = add(a, 1);
      t.update('a', next);
      // reads the old value in another order, and the new one
      t.update(
        'b',
        add(
          mul(
            emit('slice', [emit('pad', [a], { low: [1], high: [0], interior: [0], value: 0 })[0] as Tensor], {
              starts: [0],
              limits: [3],
              steps: [1],
            })[0] as Tensor,
            10,
          ),
          next,
        ),
      );
    });
    await store.load({ a: f32([3], [1, 2, 3]), b: f32([3], [0, 0, 0]) });
    await program.run({});
    expect([await valuesOf('a'), await valuesOf('b')]).toEqual([
      [2, 3, 4],
      [2, 13, 24],
    ]);
  });

  it('have entries replaced where they lie, and read before that', async () => {
    const program = await build((t) => {
      const [stored, index] = [t.variable('stored', [3, 2], ZEROS), t.input('index', [], 'i32')];
      t.output('old', dynamicSlice(stored, index));
      t.update('stored', dynamicUpdate(stored, mul(t.input('entry', [1, 2]), 2), index));
    });
    await store.load({ stored: f32([3, 2], [1, 2, 3, 4, 5, 6]) });
    const { old } = await program.run({ index: i32([], [1]), entry: f32([1, 2], [10, 20]) });
    expect([...((await old)?.data ?? [])]).toEqual([3, 4]);
    expect(await valuesOf('stored')).toEqual([1, 2, 20, 40, 5, 6]);
  });

  it('keep entries that are read after they were replaced', async () => {
    const program = await build((t) => {
      const [stored, index] = [t.variable('stored', [2, 1], ZEROS), t.input('index', [], 'i32')];
      const once = dynamicUpdate(stored, t.input('entry', [1, 1]), index);
      t.update('stored', dynamicUpdate(once, dynamicSlice(once, index), t.input('other', [], 'i32')));
      t.output('doubled', mul(stored, 2));
    });
    await store.load({ stored: f32([2, 1], [1, 2]) });
    const { doubled } = await program.run({ index: i32([], [0]), other: i32([], [1]), entry: f32([1, 1], [7]) });
    expect([...((await doubled)?.data ?? [])]).toEqual([2, 4]);
    expect(await valuesOf('stored')).toEqual([7, 7]);
  });

  it('are shared between programs and survive them', async () => {
    const step = await build(accumulator);
    const sampler = await build((t) => t.output('doubled', mul(t.variable('total', [2], ZEROS), 2)));
    await store.load({ total: f32([2], [1, 2]) });
    await step.run(amount(2, 2));
    step.dispose();
    const { doubled } = await sampler.run({});
    expect([...((await doubled)?.data ?? [])]).toEqual([6, 8]);
  });

  it('take calls in order without waiting', async () => {
    const program = await build(accumulator);
    void store.load({ total: f32([2], [0, 0]) });
    const runs = [program.run(amount(1, 0)), program.run(amount(2, 0))];
    const between = store.read();
    runs.push(program.run(amount(4, 0)));
    await Promise.all(runs);
    expect([...((await between).total?.data ?? [])]).toEqual([3, 0]);
    expect(await valuesOf('total')).toEqual([7, 0]);
  });

  it('do not change when a run fails', async () => {
    const program = await build((t) => {
      const a = t.variable('a', [1], ZEROS);
      t.update('a', add(a, 1));
      t.output('sum', add(a, t.variable('b', [1], ZEROS)));
    });
    await store.load({ a: f32([1], [5]) });
    await expect(program.run({})).rejects.toThrow('variable b: it has no value; load f32[1] into the store first.');
    expect(await valuesOf('a')).toEqual([5]);
    await store.load({ b: f32([1], [1]) });
    await program.run({});
    expect(await valuesOf('a')).toEqual([6]);
  });

  it('change by the runs called before their program was disposed', async () => {
    const program = await build(accumulator);
    await store.load({ total: f32([2], [0, 0]) });
    const runs = [program.run(amount(1, 2)), program.run(amount(3, 4))];
    program.dispose();
    await Promise.all(runs);
    expect(await valuesOf('total')).toEqual([4, 6]);
    await expect(program.run(amount(1, 1))).rejects.toThrow('the program was disposed');
  });

  it('are computed from the feeds as they were at the call', async () => {
    const program = await build(accumulator);
    await store.load({ total: f32([2], [0, 0]) });
    const feeds = amount(1, 2);
    const running = program.run(feeds);
    feeds.amount.data[0] = 50;
    await running;
    expect(await valuesOf('total')).toEqual([1, 2]);
  });

  it('keep their types', async () => {
    await build(accumulator);
    await expect(store.load({ total: f32([3], [1, 2, 3]) })).rejects.toThrow('variable total: expected f32[2], got f32[3]');
    await expect(build((t) => t.output('y', t.variable('total', [4], ZEROS)))).rejects.toThrow('variable total');
    await expect(store.load({ half: { shape: [1], dtype: 'f16', data: Uint16Array.of(0) } })).rejects.toThrow(
      'f16: the webgpu backend takes',
    );
  });
});

/** One step of Adam on `weights` towards a loss with gradient `gradient`, as `descend` records it. */
function adamStep(t: Trace, names: readonly string[]): void {
  const [stepSize, correction] = [t.input('stepSize', []), t.input('correction', [])];
  for (const name of names) {
    const variables = ['', 'm/', 'v/'].map((kind) => t.variable(`${kind}${name}`, [3], ZEROS)) as [Tensor, Tensor, Tensor];
    const inputs = [...variables, mul(variables[0], 2), stepSize, correction] as const;
    const next = emit('adam', inputs, { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 });
    ['', 'm/', 'v/'].forEach((kind, k) => {
      t.update(`${kind}${name}`, next[k] as Tensor);
    });
  }
}

describe('weights', () => {
  const values = (first: number) => f32([3], [first, first + 1, first + 2]);
  const state = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name, k) => ['', 'm/', 'v/'].map((kind) => [`${kind}${name}`, values(kind === '' ? k + 1 : 0.5)])));
  const scalars = { stepSize: f32([], [0.1]), correction: f32([], [2]) };

  const expected = (weight: number, m: number, v: number) => {
    const [nextM, nextV] = [0.5 * m + 0.5 * 2 * weight, 0.999 * v + 0.001 * (2 * weight) ** 2];
    return weight - (0.1 * nextM) / (2 * Math.sqrt(nextV) + 1e-8);
  };

  it('are updated together by one kernel, wherever they were loaded before', async () => {
    const names = ['a', 'b', 'c'];
    await store.load(state(names));
    const program = await build((t) => adamStep(t, names));
    // a kernel for each gradient, and Adam's
    expect(program.stats.nodes).toBe(names.length + 1);
    await program.run(scalars);
    for (const [k, name] of names.entries()) {
      const got = await valuesOf(name);
      got.forEach((weight, at) => {
        expect(weight).toBeCloseTo(expected(k + 1 + at, 0.5 + at, 0.5 + at), 5);
      });
    }
  });

  it('move together with what other programs read of them', async () => {
    await store.load(state(['a', 'b']));
    const sampler = await build((t) => t.output('doubled', mul(t.variable('b', [3], ZEROS), 2)));
    const first = await build((t) => adamStep(t, ['a']));
    const both = await build((t) => adamStep(t, ['b', 'a']));
    await both.run(scalars);
    await first.run(scalars);
    const { doubled } = await sampler.run({});
    const doubles = [...((await doubled)?.data ?? [])];
    doubles.forEach((value, at) => {
      expect(value / 2).toBeCloseTo(expected(2 + at, 0.5 + at, 0.5 + at), 5);
    });
  });

  it('may have gradients that are made of one another', async () => {
    await store.load(state(['a', 'b', 'c']));
    const program = await build((t) => {
      const [stepSize, correction] = [t.input('stepSize', []), t.input('correction', [])];
      const shared = reshape(sum(t.input('x', [3, 4]), [1]), [3]);
      for (const [name, gradient] of [
        ['a', shared],
        ['b', shared],
        ['c', mul(shared, shared)],
      ] as const) {
        const variables = ['', 'm/', 'v/'].map((kind) => t.variable(`${kind}${name}`, [3], ZEROS)) as [Tensor, Tensor, Tensor];
        const next = emit('adam', [...variables, gradient, stepSize, correction], { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 });
        ['', 'm/', 'v/'].forEach((kind, k) => {
          t.update(`${kind}${name}`, next[k] as Tensor);
        });
      }
    });
    await program.run({ ...scalars, x: f32([3, 4], new Float32Array(12).fill(0.5)) });
    expect((await valuesOf('a'))[0]).toBeCloseTo(expected(1, 0.5, 0.5), 5);
    // the gradients are 2 and 4
    expect((await valuesOf('m/b'))[0]).toBeCloseTo(0.25 + 0.5 * 2, 5);
    expect((await valuesOf('m/c'))[0]).toBeCloseTo(0.25 + 0.5 * 4, 5);
  });

  it('can be changed by another program without Adam, each of the others', async () => {
    await store.load(state(['a', 'b']));
    await build((t) => adamStep(t, ['a', 'b']));
    const mixing = await build((t) => t.update('a', add(t.variable('a', [3], ZEROS), t.variable('b', [3], ZEROS))));
    await mixing.run({});
    expect(await valuesOf('a')).toEqual([3, 5, 7]);
  });

  it('are read as they were where a step reads them after their update', async () => {
    await store.load(state(['a']));
    const program = await build((t) => {
      adamStep(t, ['a']);
      t.output('old', mul(t.variable('a', [3], ZEROS), 1));
      t.output('same', t.variable('a', [3], ZEROS));
    });
    const { old, same } = await program.run(scalars);
    expect([...((await old)?.data ?? [])]).toEqual([1, 2, 3]);
    expect([...((await same)?.data ?? [])]).toEqual([1, 2, 3]);
    expect((await valuesOf('a'))[0]).toBeCloseTo(expected(1, 0.5, 0.5), 5);
  });
});
