/** Every formulation of every convolution op, on every geometry that it says it fits, against the reference. */
import { convOutputSize, type Graph, type OpParams, only, type TensorRecord, trace } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { runGraph } from '@cyclegan/core/testing';
import { encodeOnnxModel } from '@cyclegan/formats';
import { describe, expect, it } from 'vitest';
import type { ConvName, Formulation } from '../../src/lowering/conv/formulation.ts';
import { forwardDirect } from '../../src/lowering/conv/forward-direct.ts';
import { forwardTransposed } from '../../src/lowering/conv/forward-transposed.ts';
import { inputGradFlipped } from '../../src/lowering/conv/input-grad-flipped.ts';
import { inputGradTransposed } from '../../src/lowering/conv/input-grad-transposed.ts';
import { weightGradTaps } from '../../src/lowering/conv/weight-grad-taps.ts';
import { weightGradUnfoldedInput } from '../../src/lowering/conv/weight-grad-unfolded-input.ts';
import { weightGradUnfoldedOutput } from '../../src/lowering/conv/weight-grad-unfolded-output.ts';
import { graphToOnnx } from '../../src/lowering/graph-to-onnx.ts';
import type { LoweredNode } from '../../src/lowering/lower.ts';
import { LOWERINGS, type Lowerings } from '../../src/lowering/table.ts';
import { createSession, loadRuntime } from '../../src/runtime.ts';
import { expectClose, feedsOf } from './compare.ts';
import { CONV_CASES, type ConvCase } from './conv-cases.ts';

function convGraph<K extends ConvName>(op: K, { x, w, geometry }: ConvCase): Graph {
  const [n = 1, , height = 1, width = 1] = x;
  const [o = 1, , ...kernel] = w;
  const kernelSize = kernel as [number, number];
  const dy = [n, o, ...convOutputSize([height, width], kernelSize, geometry)];
  const params = { ...geometry, inputSize: [height, width], kernelSize } as unknown as OpParams[K];
  const shapes = { conv2d: [x, w], conv2dInputGrad: [dy, w], conv2dWeightGrad: [x, dy] }[op];
  return trace((graph) => {
    const inputs = shapes.map((shape, index) => graph.input(`input${index}`, shape));
    graph.output('y', only(graph.emit(op, inputs, params)));
  });
}

/** A graph's output y under the given lowerings. */
async function run(graph: Graph, lowerings: Lowerings, feeds: TensorRecord): Promise<TensorRecord> {
  const runtime = await loadRuntime();
  const { model } = graphToOnnx(graph, { lowerings });
  const session = await createSession(runtime, encodeOnnxModel(model), { device: 'cpu', threads: 1 });
  const bound = Object.fromEntries(
    Object.entries(feeds).map(([name, { data, shape }]) => [name, new runtime.Tensor('float32', Float32Array.from(data), [...shape])]),
  );
  const { y } = await session.run(bound);
  await session.release();
  if (y === undefined) throw new Error('the model has no output y');
  return { y: { shape: y.dims, dtype: 'f32', data: y.data as Float32Array } };
}

function fits<K extends ConvName>(op: K, { fits: accepts }: Formulation<K>, convCase: ConvCase): boolean {
  const node = convGraph(op, convCase).nodes.at(-1);
  return node !== undefined && accepts(node as unknown as LoweredNode<K>);
}

/** Compares a formulation on the cases that it fits, which must be `count`. */
function check<K extends ConvName>(op: K, name: string, formulation: Formulation<K>, count: number): void {
  const cases = CONV_CASES.filter((convCase) => fits(op, formulation, convCase));
  it(`${op} ${name} fits ${count} cases`, () => expect(cases).toHaveLength(count));
  it.each(cases)(`${op} ${name}: $name`, async (convCase) => {
    const graph = convGraph(op, convCase);
    const feeds = feedsOf(graph);
    const actual = await run(graph, { ...LOWERINGS, [op]: formulation.lower }, feeds);
    expectClose(actual, await runGraph(createReferenceBackend(), graph, feeds));
  });
}

describe('convolution formulations', () => {
  const all = CONV_CASES.length;
  check('conv2d', 'direct', forwardDirect, all);
  check('conv2d', 'by the adjoint', forwardTransposed, 12);
  check('conv2dInputGrad', 'transposed', inputGradTransposed, all);
  check('conv2dInputGrad', 'flipped', inputGradFlipped, 12);
  check('conv2dWeightGrad', 'taps', weightGradTaps, all);
  check('conv2dWeightGrad', 'unfolded input', weightGradUnfoldedInput, all);
  check('conv2dWeightGrad', 'unfolded output', weightGradUnfoldedOutput, 14);
});
