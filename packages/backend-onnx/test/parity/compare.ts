/** Runs a graph here and on the reference backend, and compares. */
import { type Backend, compile, type Graph, type HostTensor, type Shape, sizeOf, type TensorRecord, type TensorType } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { expect } from 'vitest';

/** Reproducible numbers in [-1, 1), the same in f32 and f64. */
export function numbers(shape: Shape, seed = 1): HostTensor {
  let state = seed * 2654435761;
  const data = Float32Array.from({ length: sizeOf(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return { shape, dtype: 'f32', data };
}

/** All outputs of one run, awaited. */
export async function runOnce(backend: Backend, graph: Graph, feeds: TensorRecord): Promise<TensorRecord> {
  const store = backend.createStore();
  const program = await compile(backend, graph, { store });
  const outputs = await program.run(feeds);
  const entries = Object.entries(outputs).map(async ([name, value]) => [name, await value] as const);
  const record = Object.fromEntries(await Promise.all(entries));
  program.dispose();
  store.dispose();
  return record;
}

/** Values for a graph's inputs. */
export function feedsOf(graph: Graph): TensorRecord {
  return Object.fromEntries([...graph.inputs].map(([name, type], index) => [name, valuesOf(type, index + 1)]));
}

function valuesOf({ shape, dtype }: TensorType, seed: number): HostTensor {
  const floats = numbers(shape, seed);
  if (dtype === 'i32') return { shape, dtype, data: Int32Array.from(floats.data, (value) => Math.round(value * 9)) };
  if (dtype === 'bool') return { shape, dtype, data: Uint8Array.from(floats.data, (value) => (value > 0 ? 1 : 0)) };
  return floats;
}

/** Fails unless the tensors agree within `tolerance` of the larger of 1 and the largest expected value. */
export function expectClose(actual: TensorRecord, expected: TensorRecord, tolerance = 2e-6): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, wanted] of Object.entries(expected)) {
    const got = actual[name];
    expect(got && { shape: got.shape, dtype: got.dtype }).toEqual({ shape: wanted.shape, dtype: wanted.dtype });
    const values = [...wanted.data];
    const scale = Math.max(1, ...values.filter(Number.isFinite).map(Math.abs));
    const worst = Math.max(...values.map((value, at) => (value === got?.data[at] ? 0 : Math.abs(value - (got?.data[at] ?? Number.NaN)))));
    expect(worst / scale, `${name}: worst error`).toBeLessThan(tolerance);
  }
}

/** Fails unless `backend` computes what the reference does. */
export async function expectParity(
  backend: Backend,
  graph: Graph,
  feeds: TensorRecord = feedsOf(graph),
  tolerance?: number,
): Promise<void> {
  const expected = await runOnce(createReferenceBackend(), graph, feeds);
  expectClose(await runOnce(backend, graph, feeds), expected, tolerance);
}
