/** What Winograd costs in accuracy: a generator's picture and its gradient against f64, with Winograd wherever it fits and without. */
import {
  type AnyNode,
  compile,
  type Graph,
  generator,
  grad,
  type HostTensor,
  initialValues,
  meanAll,
  optimise,
  PAPER_GENERATOR,
  square,
  type Tensor,
  type TensorRecord,
  trace,
} from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { difference, randomTensor } from '@cyclegan/core/testing';
import { expect, it } from 'vitest';
import { forwardWinograd, inputGradWinograd, weightGradWinograd } from '../../src/lowering/conv/winograd/formulations.ts';
import type { LoweringOptions } from '../../src/lowering/graph-to-onnx.ts';
import { NATIVE_COMPOSITES } from '../../src/lowering/lower.ts';
import { rowsLowering } from '../../src/lowering/rows/table.ts';
import { everythingByRows, runLowered } from './compare.ts';

const SPEC = { ...PAPER_GENERATOR, inputChannels: 3, outputChannels: 3, filters: 16, blocks: 4 };

/** `picture` of a generator, and under `grad/` the gradient of its mean square by each weight. */
function generatorGraph(height: number, width: number): Graph {
  return trace((graph) => {
    const net = generator(graph, 'genAB', SPEC, { init: { kind: 'normal', gain: 0.02 }, training: true });
    const picture = net.apply(graph.input('input', [1, 3, height, width]));
    graph.output('picture', picture);
    const weights = [...net.scope.weights()];
    const gradients = grad(
      meanAll(square(picture)),
      weights.map(([, weight]) => weight),
    );
    weights.forEach(([name], at) => {
      graph.output(`grad/${name}`, gradients[at] as Tensor);
    });
  });
}

async function inF64(graph: Graph, feeds: TensorRecord, values: TensorRecord): Promise<TensorRecord> {
  const backend = createReferenceBackend();
  const store = backend.createStore();
  await store.load(values);
  const program = await compile(backend, graph, { store });
  return Object.fromEntries(await Promise.all(Object.entries(await program.run(feeds)).map(async ([name, value]) => [name, await value])));
}

const WINOGRAD = { conv2d: forwardWinograd, conv2dInputGrad: inputGradWinograd, conv2dWeightGrad: weightGradWinograd };

/** Winograd for every convolution that it fits; `used` learns of them. */
function withWinograd(used: AnyNode[]): LoweringOptions {
  return {
    byRows: everythingByRows,
    rowsLowering: (node) => {
      const winograd = WINOGRAD[node.op as keyof typeof WINOGRAD];
      if (winograd === undefined || !winograd.fits(node as never)) return rowsLowering(node);
      used.push(node);
      return winograd.lower as never;
    },
  };
}

/** The largest relative L2 error among the gradients of kernels; those of biases that are normalised away are zero. */
function gradientError(got: TensorRecord, wanted: TensorRecord): number {
  const kernels = Object.keys(wanted).filter((name) => /^grad\/.*\/weight$/.test(name));
  return Math.max(...kernels.map((name) => relativeL2(got[name] as HostTensor, wanted[name] as HostTensor)));
}

function relativeL2(got: HostTensor, wanted: HostTensor): number {
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((total, value) => total + value ** 2, 0));
  const exact = Float64Array.from(wanted.data);
  return norm(exact.map((value, at) => value - (got.data[at] ?? Number.NaN))) / norm(exact);
}

function errorsOf(got: TensorRecord, wanted: TensorRecord): { readonly picture: number; readonly gradients: number } {
  return { picture: difference(got.picture as HostTensor, wanted.picture as HostTensor).error, gradients: gradientError(got, wanted) };
}

it.each([
  [64, 64],
  [40, 56],
])('Winograd stays near f64 on a generator for %i x %i', async (height, width) => {
  const graph = generatorGraph(height, width);
  const [feeds, values] = [{ input: randomTensor([1, 3, height, width], 'picture') }, initialValues(graph, 1)];
  const expected = await inF64(graph, feeds, values);
  const ready = optimise(graph, NATIVE_COMPOSITES);
  const used: AnyNode[] = [];
  const winograd = errorsOf(await runLowered(ready, withWinograd(used), { ...feeds, ...values }), expected);
  const direct = errorsOf(await runLowered(ready, { byRows: () => new Set() }, { ...feeds, ...values }), expected);
  // all convolutions of the residual blocks, forward and both ways back
  expect(used.length).toBeGreaterThanOrEqual(3 * 2 * SPEC.blocks);
  expect(winograd.picture).toBeLessThan(2e-5);
  expect(winograd.gradients).toBeLessThan(1e-4);
  expect(winograd.picture).toBeLessThan(20 * direct.picture);
  expect(winograd.gradients).toBeLessThan(20 * direct.gradients);
});
