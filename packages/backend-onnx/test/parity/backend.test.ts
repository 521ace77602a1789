/** What the backend refuses and how it says so. */
import { BackendError, cast, compile, f32, neg, trace } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { describe, expect, it } from 'vitest';
import { createOnnxBackend } from '../../src/index.ts';

const copy = trace((t) => t.output('y', t.input('x', [2])));

describe('the onnx backend', () => {
  it('describes itself', async () => {
    const backend = await createOnnxBackend({ threads: 1 });
    expect(backend).toMatchObject({ name: 'onnx', device: { kind: 'cpu', threads: 1 } });
    expect(backend.device.description).toMatch(/^onnxruntime-node \d+\.\d+/);
    await backend.dispose();
  });

  it('names the remedy for a device that this build lacks', async () => {
    const device = process.platform === 'win32' ? 'coreml' : 'dml';
    const creating = createOnnxBackend({ device });
    await expect(creating).rejects.toThrow(BackendError);
    await expect(creating).rejects.toThrow(/device (dml|coreml): this build .* offers cpu, .*use the device cpu/);
  });

  it('refuses half a thread', async () => {
    await expect(createOnnxBackend({ threads: 0.5 })).rejects.toThrow('threads: expected a whole number');
  });

  it("refuses another backend's store", async () => {
    const backend = await createOnnxBackend({ threads: 1 });
    const store = createReferenceBackend().createStore();
    await expect(backend.compile(copy, { store })).rejects.toThrow("make it with this backend's createStore");
    await backend.dispose();
  });

  it('refuses wrong feeds and element types by name', async () => {
    const backend = await createOnnxBackend({ threads: 1 });
    const store = backend.createStore();
    const program = await compile(backend, copy, { store });
    await expect(program.run({})).rejects.toThrow('feed x: missing');
    await expect(program.run({ x: f32([1], [1]) })).rejects.toThrow('feed x: expected f32[2], got f32[1]');
    await expect(program.run({ x: f32([2], [1, 2]) }, { fetch: ['z'] })).rejects.toThrow('fetch z: unknown');
    const half = trace((t) => t.output('y', neg(cast(t.input('x', [2]), 'f16'))));
    await expect(compile(backend, half, { store })).rejects.toThrow('f16');
    await backend.dispose();
    await expect(program.run({ x: f32([2], [1, 2]) })).rejects.toThrow('the program was disposed');
  });
});
