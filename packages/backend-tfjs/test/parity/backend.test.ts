/** What the tfjs backend says of itself, and refuses. */
import { BackendError, cast, compile, f32, neg, trace } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { describe, expect, it } from 'vitest';
import { createTfjsBackend } from '../../src/index.ts';

const copy = trace((t) => t.output('y', t.input('x', [2])));

describe('the tfjs backend', () => {
  it.each(['cpu', 'wasm'] as const)('describes itself on %s', async (device) => {
    const backend = await createTfjsBackend({ device, threads: 1 });
    expect(backend).toMatchObject({ name: 'tfjs', device: { kind: device, threads: 1 } });
    expect(backend.device.description).toMatch(/^TensorFlow\.js 4\.\d+/);
    await backend.dispose();
  });

  it('names the remedy for TensorFlow for NVIDIA, which nobody has by default', async () => {
    const creating = createTfjsBackend({ device: 'node-gpu' });
    await expect(creating).rejects.toThrow(BackendError);
    await expect(creating).rejects.toThrow(
      /device node-gpu: the package @tensorflow\/tfjs-node-gpu is not installed.*npm run tfjs:native -- --gpu/,
    );
  });

  it('refuses half a thread', async () => {
    await expect(createTfjsBackend({ threads: 0.5 })).rejects.toThrow('threads: expected a whole number');
  });

  it("refuses another backend's store, and that of another engine", async () => {
    const [wasm, cpu] = [await createTfjsBackend({ device: 'wasm' }), await createTfjsBackend({ device: 'cpu' })];
    for (const store of [createReferenceBackend().createStore(), cpu.createStore()])
      await expect(wasm.compile(copy, { store })).rejects.toThrow("make it with this backend's createStore");
    await Promise.all([wasm.dispose(), cpu.dispose()]);
  });

  it('refuses wrong feeds and element types by name', async () => {
    const backend = await createTfjsBackend({ device: 'cpu' });
    const store = backend.createStore();
    const program = await compile(backend, copy, { store });
    await expect(program.run({})).rejects.toThrow('feed x: missing');
    await expect(program.run({ x: f32([2], [1, 2]) }, { fetch: ['z'] })).rejects.toThrow('fetch z: unknown');
    const half = trace((t) => t.output('y', neg(cast(t.input('x', [2]), 'f16'))));
    await expect(compile(backend, half, { store })).rejects.toThrow('f16');
    await backend.dispose();
    await expect(program.run({ x: f32([2], [1, 2]) })).rejects.toThrow('the program was disposed');
  });

  it('computes with several engines in turn', async () => {
    const engines = [await createTfjsBackend({ device: 'wasm' }), await createTfjsBackend({ device: 'cpu' })];
    const programs = await Promise.all(
      engines.map((engine) =>
        compile(
          engine,
          trace((t) => t.output('y', neg(t.input('x', [2])))),
          { store: engine.createStore() },
        ),
      ),
    );
    const runs = [1, 2, 3].flatMap((value) => programs.map((program) => program.run({ x: f32([2], [value, -value]) })));
    const results = await Promise.all(runs.map(async (run) => [...((await (await run).y)?.data ?? [])]));
    expect(results).toEqual([1, 1, 2, 2, 3, 3].map((value) => [-value, value]));
    await Promise.all(engines.map((engine) => engine.dispose()));
  });
});
