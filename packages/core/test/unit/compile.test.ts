import { describe, expect, it } from 'vitest';
import { BackendError, DeviceError } from '../../src/backend.ts';
import { compile } from '../../src/compile.ts';
import { trace } from '../../src/graph/graph.ts';
import { cast, tanh } from '../../src/ops.ts';
import { createReferenceBackend } from '../../src/reference/index.ts';

describe('compile', () => {
  it('refuses an element type that the backend lacks, naming op, place and what there is', async () => {
    const backend = createReferenceBackend();
    const graph = trace((t) =>
      t.output(
        'y',
        t.scoped('genAB', () => tanh(cast(t.input('x', [2]), 'f16'))),
      ),
    );
    const compiling = compile(backend, graph, { store: backend.createStore() });
    await expect(compiling).rejects.toThrow(BackendError);
    await expect(compiling).rejects.toThrow('reference (cpu) cannot compute in f16, which cast in genAB needs; it has f32, i32, bool.');
  });

  it('refuses mixed precision where the backend has no f16, with the remedy', async () => {
    const backend = createReferenceBackend();
    const graph = trace((t) => t.output('y', tanh(t.input('x', [2]))));
    const compiling = compile(backend, graph, { store: backend.createStore(), precision: 'f16' });
    await expect(compiling).rejects.toThrow(DeviceError);
    await expect(compiling).rejects.toThrow(/^device cpu: reference on .* has no f16\. Remedy: compute in f32 \(`--precision f32`\)/);
  });
});
