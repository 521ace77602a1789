/** Variables between steps: what every backend's do, and where this one computes their new values. */
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
import { describeStore } from '../../../core/test/contract/describe-store.ts';
import { createWebGpuBackend, type WebGpuBackend } from '../../src/index.ts';

describeStore('variables of the webgpu backend', () => createWebGpuBackend({ software: true }));

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

describe('variables that lie where they are computed', () => {
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
