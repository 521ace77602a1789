/** Winograd's convolution, asked for by a backend's choices: every op case that it can compute, and what is fused to it. Needs an adapter, if only one in software. */
import {
  add,
  compile,
  conv2d,
  convGeometry,
  emit,
  type Feeds,
  type Graph,
  grad,
  type HostTensor,
  leakyRelu,
  meanAll,
  mul,
  type Tensor,
  tanh,
  trace,
} from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { describeDifference, difference, OP_CASES, opCaseGraphs, runGraph, runParityCase, titleOf } from '@cyclegan/core/testing';
import { openGpu } from '@cyclegan/webgpu-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebGpuBackend, programSource, type WebGpuBackend } from '../../src/index.ts';
import { TracedInputs } from './traced-inputs.ts';
import { winogradChoices } from './winograd-choices.ts';

const CASES = OP_CASES.filter((opCase) => ['conv2d', 'conv2dInputGrad'].includes(opCase.op)).filter(
  (opCase) => Object.keys(winogradChoices(opCaseGraphs(opCase).forward.graph)).length > 0,
);

/** The result of a convolution and what is fused to it, and the gradients by its operands. */
function withGradients(y: Tensor, weight: Tensor, operands: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const gradients = grad(meanAll(mul(y, weight)), Object.values(operands));
  return { y, ...Object.fromEntries(Object.keys(operands).map((name, k) => [`d${name}`, gradients[k] as Tensor])) };
}

const GRAPHS: Readonly<Record<string, (inputs: TracedInputs) => Readonly<Record<string, Tensor>>>> = {
  'several tiles of all kinds, two images of odd size, with bias, activation and one operand more': (inputs) => {
    const [x, w, b] = [inputs.of('x', 2, 19, 9, 13), inputs.of('w', 37, 19, 3, 3), inputs.of('b', 1, 37, 1, 1)];
    const activated = leakyRelu(add(conv2d(x, w, convGeometry(1, 1)), b), 0.2);
    return withGradients(add(activated, inputs.of('z', 2, 37, 9, 13)), inputs.of('weight', 2, 37, 9, 13), { x, w, b });
  },
  'a picture padded by reflection and by zeros, two images of odd size': (inputs) => {
    const [x, w] = [inputs.of('x', 2, 9, 4, 5), inputs.of('w', 3, 9, 3, 3)];
    const [padded] = emit('reflectPad', [x], { padding: [2, 1, 0, 2] });
    return { y: tanh(conv2d(padded as Tensor, w, convGeometry(1, 1))) };
  },
};

function graphOf(name: string): { readonly graph: Graph; readonly feeds: Feeds } {
  let feeds: Feeds = {};
  const graph = trace((recorder) => {
    const inputs = new TracedInputs(recorder);
    for (const [output, value] of Object.entries(GRAPHS[name]?.(inputs) ?? {})) recorder.output(output, value);
    feeds = inputs.feeds;
  });
  return { graph, feeds };
}

const graphs = [...CASES.map((opCase) => opCaseGraphs(opCase).forward.graph), ...Object.keys(GRAPHS).map((name) => graphOf(name).graph)];
const variants = Object.assign({}, ...graphs.map(winogradChoices));

/** How many kernels of a compiled graph are Winograd's. */
async function kernelsIn(backend: WebGpuBackend, graph: Graph): Promise<number> {
  const program = await compile(backend, graph, { store: backend.createStore() });
  const found = programSource(program).match(/finish_patch\(first_m/g)?.length ?? 0;
  program.dispose();
  return found;
}

describe("Winograd's convolution", () => {
  let backend: WebGpuBackend;
  beforeAll(async () => {
    const gpu = await openGpu({ software: true });
    backend = await createWebGpuBackend({ gpu, choices: { engine: gpu.description, variants } });
  });
  afterAll(() => backend.dispose());

  it.each(CASES.map((opCase) => ({ title: titleOf(opCase), opCase })))('$title', async ({ opCase }) => {
    const { rows } = await runParityCase(backend, opCase, { kinds: ['forward'] });
    expect(rows.map(({ passed, message }) => message ?? passed)).toEqual([true]);
    expect(await kernelsIn(backend, opCaseGraphs(opCase).forward.graph)).toBeGreaterThan(0);
    expect(backend.liveTensors()).toBe(0);
  });

  it.each(Object.keys(GRAPHS))('%s', async (name) => {
    const { graph, feeds } = graphOf(name);
    expect(await kernelsIn(backend, graph)).toBeGreaterThan(0);
    const expected = await runGraph(createReferenceBackend(), graph, feeds);
    const got = await runGraph(backend, graph, feeds);
    for (const [output, value] of Object.entries(expected)) {
      const result = got[output] as HostTensor;
      expect(difference(result, value).error, `${output}: ${describeDifference(result, value)}`).toBeLessThan(1e-5);
    }
    expect(backend.liveTensors()).toBe(0);
  });
});
