/** Kernels that only larger shapes take: reductions in two passes, sums in parts, every tile, reads by fours. */
import type { HostTensor } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { type AnyOpCase, describeDifference, difference, float, opCaseGraphs, runGraph, titleOf } from '@cyclegan/core/testing';
import { openGpu } from '@cyclegan/webgpu-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebGpuBackend, type WebGpuBackend } from '../../src/index.ts';

const ONES = { strides: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
const SAME = { ...ONES, padding: [1, 1, 1, 1] } as const;

const sums: readonly AnyOpCase[] = [
  { op: 'sum', name: 'few long rows, in two passes', inputs: [float([3, 9000])], params: { axes: [1] } },
  { op: 'sum', name: 'everything, with a remainder', inputs: [float([2, 10001])], params: { axes: [0, 1] } },
  { op: 'sum', name: 'rows by fours', inputs: [float([70, 100])], params: { axes: [1] } },
  { op: 'sum', name: 'rows that are no multiple of four', inputs: [float([70, 101])], params: { axes: [1] } },
  { op: 'sum', name: 'rows that lie apart', inputs: [float([100, 3, 50])], params: { axes: [0, 2] } },
  { op: 'sum', name: 'many rows that lie apart', inputs: [float([40, 1100])], params: { axes: [0] } },
  { op: 'maxReduce', name: 'few long rows, in two passes', inputs: [float([2, 9001])], params: { axes: [1] } },
];

const normalised: readonly AnyOpCase[] = [
  { op: 'normalize', name: 'rows by fours', inputs: [float([2, 3, 20, 20])], params: { axes: [2, 3], epsilon: 1e-5 } },
  {
    op: 'normalize',
    name: 'rows too long to be walked over again',
    inputs: [float([1, 2, 130, 128])],
    params: { axes: [2, 3], epsilon: 1e-5 },
  },
  { op: 'normalize', name: 'batch, rows that lie apart', inputs: [float([4, 3, 16, 16])], params: { axes: [0, 2, 3], epsilon: 1e-5 } },
];

const products: readonly AnyOpCase[] = [
  { op: 'conv2d', name: '4x128 tiles', inputs: [float([1, 2, 50, 50]), float([3, 2, 3, 3])], params: SAME },
  { op: 'conv2d', name: '32x32 tiles', inputs: [float([1, 2, 48, 48]), float([40, 2, 3, 3])], params: SAME },
  { op: 'conv2d', name: '64x64 tiles, pixels by fours', inputs: [float([1, 16, 64, 64]), float([72, 16, 1, 1])], params: ONES },
  { op: 'conv2d', name: '16x64 tiles, two images', inputs: [float([2, 3, 48, 48]), float([12, 3, 3, 3])], params: SAME },
  {
    op: 'conv2dInputGrad',
    name: 'stride 2, several tiles',
    inputs: [float([1, 6, 24, 24]), float([6, 20, 4, 4])],
    params: { ...SAME, strides: [2, 2], inputSize: [48, 48] },
  },
  {
    op: 'conv2dWeightGrad',
    name: 'in parts',
    inputs: [float([1, 3, 40, 40]), float([1, 5, 40, 40])],
    params: { ...SAME, kernelSize: [3, 3] },
  },
  {
    op: 'conv2dWeightGrad',
    name: 'in parts, two images of odd size',
    inputs: [float([2, 3, 33, 31]), float([2, 5, 33, 31])],
    params: { ...SAME, kernelSize: [3, 3] },
  },
  { op: 'matmul', name: 'several tiles, with remainders', inputs: [float([70, 33]), float([33, 90])], params: {} },
  { op: 'matmul', name: 'by fours', inputs: [float([64, 32]), float([32, 48])], params: {} },
];

let backend: WebGpuBackend;
beforeAll(async () => {
  // as if it were a GPU, for which larger tiles are chosen
  const gpu = await openGpu({ software: true });
  const { device, info, description, subgroups } = gpu;
  backend = await createWebGpuBackend({
    gpu: { device, info, description, subgroups, software: false, dispose: () => gpu.dispose() },
    tune: false,
  });
});
afterAll(() => backend.dispose());

describe('larger shapes on the webgpu backend', () => {
  it.each([...sums, ...normalised, ...products].map((opCase) => ({ title: titleOf(opCase), opCase })))('$title', async ({ opCase }) => {
    const { forward, gradient } = opCaseGraphs(opCase);
    // what normalising passes back walks over rows as well; the others' gradients are cases themselves
    for (const caseGraph of opCase.op === 'normalize' && gradient !== undefined ? [forward, gradient] : [forward]) {
      const expected = await runGraph(createReferenceBackend(), caseGraph.graph, caseGraph.feeds);
      const got = await runGraph(backend, caseGraph.graph, caseGraph.feeds);
      for (const [name, value] of Object.entries(expected)) {
        // a sum of terms that cancel
        if (name === 'loss') continue;
        const result = got[name] as HostTensor;
        expect(difference(result, value).error, describeDifference(result, value)).toBeLessThan(2e-5);
      }
    }
    expect(backend.liveTensors()).toBe(0);
  });
});
