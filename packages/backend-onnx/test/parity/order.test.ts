/** The order that ONNX Runtime really computes in, by its profile. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cycleGanModel, optimise, PAPER_GENERATOR, traceStep } from '@cyclegan/core';
import { encodeOnnxModel, type OnnxNode, type OnnxValue } from '@cyclegan/formats';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphToOnnx } from '../../src/index.ts';
import { NATIVE_COMPOSITES } from '../../src/lowering/lower.ts';
import { executionOrder } from '../../src/order/execution-order.ts';
import { forceOrder } from '../../src/order/force-order.ts';

const { model } = graphToOnnx(
  optimise(
    traceStep(
      cycleGanModel({
        height: 8,
        width: 8,
        generator: { ...PAPER_GENERATOR, filters: 2, blocks: 1 },
        discriminator: { kind: 'patch', filters: 2, layers: 1, norm: 'instance' },
        poolSize: 2,
      }),
    ),
    NATIVE_COMPOSITES,
  ),
);

const namesOf = (nodes: readonly OnnxNode[]) => nodes.map(({ name }) => name);
const isFence = (name: string | undefined) => name?.startsWith('fence/');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cyclegan-order-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Profiled {
  readonly order: readonly string[];
  readonly results: Readonly<Record<string, unknown>>;
}

/** Runs the model with its nodes in the file as given: names of the nodes in the order they ran in, and all results. */
async function profiled(nodes: readonly OnnxNode[], label: string): Promise<Profiled> {
  const session = await InferenceSession.create(encodeOnnxModel({ ...model, nodes }), {
    graphOptimizationLevel: 'disabled',
    enableMemPattern: false,
    enableProfiling: true,
    profileFilePrefix: join(folder, label),
    intraOpNumThreads: 1,
  });
  const results = await session.run(Object.fromEntries(model.inputs.map((input) => [input.name, fedValue(input)])));
  session.endProfiling();
  await session.release();
  const file = readdirSync(folder).find((name) => name.startsWith(`${label}_`)) ?? '';
  const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly cat: string; readonly name: string }[];
  const ran = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  return {
    order: ran.map(({ name }) => name.replace(/_kernel_time$/, '')),
    results: Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data])),
  };
}

function fedValue({ shape, dtype }: OnnxValue): Tensor {
  const dims = shape.map(Number);
  const size = dims.reduce((product, extent) => product * extent, 1);
  if (dtype === 'int32') return new Tensor('int32', new Int32Array(size), dims);
  if (dtype === 'bool') return new Tensor('bool', new Uint8Array(size), dims);
  return new Tensor(
    'float32',
    Float32Array.from({ length: size }, (_, at) => Math.sin(at + 1) ** 2),
    dims,
  );
}

describe('ONNX Runtime', () => {
  it('computes a training step in the simulated order, and in the wished one when it is forced, with equal results', async () => {
    const plain = await profiled(model.nodes, 'plain');
    expect(plain.order).toEqual(namesOf(executionOrder(model.nodes)));
    expect(plain.order).not.toEqual(namesOf(model.nodes));

    const strict = forceOrder(model.nodes, 0);
    const forced = await profiled(strict, 'strict');
    expect(forced.order).toEqual(namesOf(executionOrder(strict)));
    expect(forced.order.filter((name) => !isFence(name))).toEqual(namesOf(model.nodes));
    expect(forced.results).toEqual(plain.results);

    const slack = forceOrder(model.nodes);
    expect(slack.some(({ name }) => isFence(name))).toBe(true);
    const loose = await profiled(slack, 'slack');
    expect(loose.order).toEqual(namesOf(executionOrder(slack)));
    expect(loose.results).toEqual(plain.results);
  });
});
