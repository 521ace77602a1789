/** Variables between steps: what every backend's do, and what ONNX Runtime's may do besides. */
import {
  add,
  type Backend,
  BackendError,
  div,
  f32,
  i32,
  only,
  type Program,
  type Trace,
  trace,
  type VariableStore,
  ZEROS,
} from '@cyclegan/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeStore } from '../../../core/test/contract/describe-store.ts';
import { createOnnxBackend } from '../../src/index.ts';

describeStore('variables of the onnx backend', () => createOnnxBackend({ threads: 1 }));

let backend: Backend;
let store: VariableStore;
beforeAll(async () => {
  backend = await createOnnxBackend({ threads: 1 });
});
beforeEach(() => {
  store = backend.createStore();
});
afterAll(() => backend.dispose());

const build = (body: (t: Trace) => void): Promise<Program> => backend.compile(trace(body), { store });

async function valuesOf(name: string): Promise<number[]> {
  return [...((await store.read([name]))[name]?.data ?? [])];
}

describe('variables on ONNX Runtime', () => {
  it('do not change when ONNX Runtime fails, which names the node', async () => {
    const program = await build((t) => {
      const a = t.variable('a', [1], ZEROS);
      t.update('a', add(a, 1));
      t.output(
        'quotient',
        t.scoped('genAB/block0', () => div(t.input('x', [1], 'i32'), t.input('y', [1], 'i32'))),
      );
    });
    await store.load({ a: f32([1], [5]) });
    const failing = program.run({ x: i32([1], [1]), y: i32([1], [0]) });
    await expect(failing).rejects.toThrow(BackendError);
    await expect(failing).rejects.toThrow('genAB/block0/div');
    expect(await valuesOf('a')).toEqual([5]);
    await program.run({ x: i32([1], [7]), y: i32([1], [2]) });
    expect(await valuesOf('a')).toEqual([6]);
  });

  it('have no type from a load or a program that was refused', async () => {
    await expect(store.load({ half: { shape: [1], dtype: 'f16', data: Uint16Array.of(0) } })).rejects.toThrow(
      'f16: the onnx backend takes',
    );
    const refused = build((t) => {
      const logits = t.variable('logits', [1, 2], ZEROS);
      t.output('loss', only(t.emit('softmaxCrossEntropy', [logits, logits], {})));
    });
    await expect(refused).rejects.toThrow('no lowering');
    await store.load({ half: f32([1], [5]), logits: f32([1], [6]) });
    expect([await valuesOf('half'), await valuesOf('logits')]).toEqual([[5], [6]]);
  });
});
