/**
 * What variables do between steps, on whichever backend: updates together, values shared between programs, nothing changed by a run that
 * fails. Backends call it in a parity test.
 */

import { add, type Backend, f32, mul, type Program, type Trace, trace, type VariableStore, ZEROS } from '@cyclegan/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/** Describes the stores of a backend, which is made once and disposed of after the tests. */
export function describeStore(title: string, create: () => Promise<Backend>): void {
  describe(title, () => {
    let backend: Backend;
    let store: VariableStore;
    beforeAll(async () => {
      backend = await create();
    });
    beforeEach(() => {
      store = backend.createStore();
    });
    afterAll(() => backend.dispose());

    const build = (body: (t: Trace) => void): Promise<Program> => backend.compile(trace(body), { store });

    async function valuesOf(name: string): Promise<number[]> {
      return [...((await store.read([name]))[name]?.data ?? [])];
    }

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

    it('hand out copies', async () => {
      const program = await build(accumulator);
      const loaded = f32([2], [1, 2]);
      await store.load({ total: loaded });
      loaded.data[0] = 50;
      const read = await store.read();
      const { after } = await program.run(amount(1, 1));
      for (let run = 0; run < 3; run++) await program.run(amount(1, 1));
      expect([...(read.total?.data ?? [])]).toEqual([1, 2]);
      expect([...((await after)?.data ?? [])]).toEqual([2, 3]);
      expect(await valuesOf('total')).toEqual([5, 6]);
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
    });
  });
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
