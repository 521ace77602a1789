/** Graphs here and on the reference backend. */
import type { AnyNode, Backend, Feeds, Graph, HostTensor, TensorRecord, TensorType } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { describeDifference, difference, randomTensor, runGraph } from '@cyclegan/core/testing';
import { encodeOnnxModel } from '@cyclegan/formats';
import { expect } from 'vitest';
import { graphToOnnx, type LoweringOptions } from '../../src/lowering/graph-to-onnx.ts';
import { layoutPrices } from '../../src/lowering/rows/table.ts';
import { createSession, loadRuntime } from '../../src/runtime.ts';
import { copyIn, viewOut } from '../../src/tensors.ts';

/** Rounding of one op in f32. */
const TOLERANCE = 2e-6;

/** Random values for a graph's inputs. */
export function feedsOf(graph: Graph): Feeds {
  return Object.fromEntries([...graph.inputs].map(([name, type]) => [name, valuesOf(type, name)]));
}

function valuesOf({ shape, dtype }: TensorType, name: string): HostTensor {
  const floats = randomTensor(shape, name);
  if (dtype === 'i32') return { shape, dtype, data: Int32Array.from(floats.data, (value) => Math.round(value * 4)) };
  if (dtype === 'bool') return { shape, dtype, data: Uint8Array.from(floats.data, (value) => (value > 0 ? 1 : 0)) };
  return floats;
}

/** Fails unless the tensors agree. */
export function expectClose(got: TensorRecord, expected: TensorRecord, tolerance = TOLERANCE): void {
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const [name, wanted] of Object.entries(expected)) {
    const result = got[name];
    if (result === undefined) throw new Error(`output ${name} is missing`);
    expect(difference(result, wanted).error, `${name} ${describeDifference(result, wanted)}`).toBeLessThanOrEqual(tolerance);
  }
}

/** Fails unless `backend` computes what the reference does. */
export async function expectParity(backend: Backend, graph: Graph, feeds: Feeds = feedsOf(graph), tolerance?: number): Promise<void> {
  expectClose(await runGraph(backend, graph, feeds), await runGraph(createReferenceBackend(), graph, feeds), tolerance);
}

/** A graph's outputs when it is lowered by `options`; `feeds` hold values of its variables too. */
export async function runLowered(graph: Graph, options: LoweringOptions, feeds: Feeds = feedsOf(graph)): Promise<TensorRecord> {
  const runtime = await loadRuntime();
  const { model, inputs, variables, outputs } = graphToOnnx(graph, options);
  const session = await createSession(runtime, encodeOnnxModel(model), { device: 'cpu', threads: 1 });
  try {
    const bound = [...inputs, ...variables].map(([name, value]) => [value, copyIn(runtime, feeds[name] as HostTensor)] as const);
    const results = await session.run(Object.fromEntries(bound));
    const named = [...outputs].map(
      ([name, value]) => [name, viewOut(results[value] as never, graph.outputs.get(name) as TensorType)] as const,
    );
    return Object.fromEntries(named);
  } finally {
    await session.release();
  }
}

/** Makes every node that can work on pictures by rows do so. */
export function everythingByRows(graph: Graph): ReadonlySet<AnyNode> {
  return new Set(graph.nodes.filter((node) => layoutPrices(node).rows < Number.POSITIVE_INFINITY));
}
