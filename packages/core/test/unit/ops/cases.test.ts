import { describe, expect, it } from 'vitest';
import type { AnyOpCase } from '../../../src/testing/index.ts';
import { expectedOutputs, inputsOf, OP_CASES, TESTED_OPS, titleOf } from '../../../src/testing/index.ts';

const casesOf = (op: string) => OP_CASES.filter((opCase) => opCase.op === op);

describe('the list of op cases', () => {
  it.each(TESTED_OPS)('has a case of %s', (op) => {
    expect(casesOf(op).length).toBeGreaterThan(0);
  });

  it('names each case once', () => {
    const titles = OP_CASES.map(titleOf);
    expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
  });

  it.each(['conv2d', 'conv2dInputGrad', 'conv2dWeightGrad'])('covers %s from all sides', (op) => {
    const cases = casesOf(op) as readonly (AnyOpCase & { readonly op: 'conv2d' })[];
    const some = (holds: (params: (typeof cases)[number]['params']) => boolean) => cases.some(({ params }) => holds(params));
    expect(cases.length).toBeGreaterThanOrEqual(12);
    expect(some(({ groups }) => groups > 1)).toBe(true);
    expect(some(({ dilation }) => dilation[0] !== dilation[1])).toBe(true);
    expect(some(({ strides }) => strides[0] !== strides[1])).toBe(true);
    expect(some(({ padding }) => new Set(padding).size > 2)).toBe(true);
    expect(cases.some(({ inputs }) => (inputs[0]?.shape[0] ?? 1) > 1)).toBe(true);
  });

  it('makes the same inputs every time, and exact ones in f32', () => {
    for (const opCase of OP_CASES) {
      const inputs = inputsOf(opCase);
      expect(inputsOf(opCase)).toEqual(inputs);
      for (const { dtype, data } of inputs) if (dtype === 'f32') expect(data).toBeInstanceOf(Float32Array);
    }
  });

  it('keeps distinct values apart', () => {
    for (const opCase of OP_CASES) {
      if (!opCase.inputs.every(({ fill }) => fill === 'distinct') || opCase.inputs.length === 0) continue;
      const values = inputsOf(opCase).flatMap(({ data }) => Array.from(data));
      const sorted = values.sort((a, b) => a - b);
      const gaps = sorted.slice(1).map((value, at) => value - (sorted[at] ?? 0));
      expect(Math.min(...gaps, 1)).toBeGreaterThan(0.01);
    }
  });
});

/** Results worked out by hand, so that the oracles themselves have one. */
const BY_HAND: readonly [AnyOpCase, number[]][] = [
  [
    {
      op: 'conv2d',
      name: 'by hand',
      inputs: [list([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]), list([1, 1, 2, 2], [1, 10, 100, 1000])],
      params: geometry(1, 0),
    },
    [5421, 6532, 8754, 9865],
  ],
  [
    {
      op: 'conv2d',
      name: 'by hand, stride 2, padding 1',
      inputs: [list([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]), list([1, 1, 2, 2], [1, 10, 100, 1000])],
      params: geometry(2, 1),
    },
    [1000, 3200, 7040, 9865],
  ],
  [
    {
      op: 'conv2dInputGrad',
      name: 'by hand',
      inputs: [list([1, 1, 1, 2], [1, 2]), list([1, 1, 2, 2], [1, 10, 100, 1000])],
      params: { ...geometry(1, 0), inputSize: [2, 3] },
    },
    [1, 12, 20, 100, 1200, 2000],
  ],
  [
    {
      op: 'conv2dWeightGrad',
      name: 'by hand',
      inputs: [list([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), list([1, 1, 1, 2], [1, 10])],
      params: { ...geometry(1, 0), kernelSize: [2, 2] },
    },
    [21, 32, 54, 65],
  ],
  [{ op: 'reflectPad', name: 'by hand', inputs: [list([1, 1, 1, 3], [1, 2, 3])], params: { padding: [0, 0, 2, 1] } }, [3, 2, 1, 2, 3, 2]],
  [
    {
      op: 'reflectPadGrad',
      name: 'by hand',
      inputs: [list([1, 1, 1, 6], [1, 10, 100, 1000, 10000, 100000])],
      params: { padding: [0, 0, 2, 1] },
    },
    [100, 101010, 10001],
  ],
  [
    { op: 'pad', name: 'by hand', inputs: [list([3], [1, 2, 3])], params: { low: [-1], high: [2], interior: [1], value: 9 } },
    [9, 2, 9, 3, 9, 9],
  ],
  [{ op: 'resize', name: 'by hand', inputs: [list([1, 1, 1, 2], [0, 4])], params: { size: [1, 4], mode: 'bilinear' } }, [0, 1, 3, 4]],
  [
    { op: 'resize', name: 'by hand, aligned', inputs: [list([1, 1, 1, 2], [0, 3])], params: { size: [1, 4], mode: 'bilinearAligned' } },
    [0, 1, 2, 3],
  ],
  [
    { op: 'resize', name: 'by hand, nearest', inputs: [list([1, 1, 1, 3], [1, 2, 3])], params: { size: [1, 5], mode: 'nearest' } },
    [1, 1, 2, 2, 3],
  ],
  [
    {
      op: 'averagePool',
      name: 'by hand',
      inputs: [list([1, 1, 1, 3], [3, 6, 9])],
      params: { kernel: [1, 3], strides: [1, 2], padding: [0, 0, 1, 1] },
    },
    [3, 5],
  ],
  [{ op: 'normalize', name: 'by hand', inputs: [list([1, 1, 1, 2], [1, 7])], params: { axes: [2, 3], epsilon: 16 } }, [-0.6, 0.6]],
  [
    {
      op: 'adam',
      name: 'by hand',
      inputs: [list([1], [1]), list([1], [2]), list([1], [8]), list([1], [4]), list([], [0.5]), list([], [2])],
      params: { beta1: 0.5, beta2: 0.875, epsilon: 0.5 },
    },
    // m = 3, v = 9, 1 - 0.5 * 3 / (2 * 3 + 0.5)
    [1 - 1.5 / 6.5],
  ],
];

function list(shape: readonly number[], values: readonly number[]) {
  return { shape, dtype: 'f32' as const, fill: values };
}

function geometry(stride: number, padding: number) {
  return { strides: [stride, stride], padding: [padding, padding, padding, padding], dilation: [1, 1], groups: 1 } as const;
}

describe('oracles', () => {
  it.each(BY_HAND.map(([opCase, values]) => [titleOf(opCase), opCase, values] as const))('%s', (_, opCase, values) => {
    const [first] = expectedOutputs(opCase);
    expect(first?.data.length).toBe(values.length);
    values.forEach((value, at) => {
      expect(first?.data[at]).toBeCloseTo(value, 12);
    });
  });
});
