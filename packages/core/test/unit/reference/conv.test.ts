/** Convolution: values by hand and by a loop over the definition, and its two adjoints by their identities. */
import { describe, expect, it } from 'vitest';
import { convOutputSize } from '../../../src/graph/infer.ts';
import type { ConvGeometry } from '../../../src/graph/ops.ts';
import { f32, type HostTensor } from '../../../src/tensor.ts';
import { compute, counting, elements, inner, scattered } from './compute.ts';

const plain: ConvGeometry = { strides: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };

describe('conv2d', () => {
  it('correlates, it does not flip the kernel', async () => {
    const kernel = f32([1, 1, 2, 2], [1, 10, 100, 1000]);
    expect(await elements('conv2d', [counting([1, 1, 2, 3]), kernel], plain)).toEqual([5421, 6532]);
  });

  it('pads each side on its own', async () => {
    const kernel = f32([1, 1, 1, 2], [1, 10]);
    const padding = [1, 0, 0, 1] as const;
    expect(await elements('conv2d', [counting([1, 1, 1, 2]), kernel], { ...plain, padding })).toEqual([0, 0, 21, 2]);
  });

  it('leaves out what a stride does not reach', async () => {
    const kernel = f32([1, 1, 1, 2], [1, 10]);
    expect(await elements('conv2d', [counting([1, 1, 2, 5]), kernel], { ...plain, strides: [2, 2] })).toEqual([21, 43]);
  });

  it('spreads a dilated kernel', async () => {
    const kernel = f32([1, 1, 1, 2], [1, 10]);
    expect(await elements('conv2d', [counting([1, 1, 1, 5]), kernel], { ...plain, dilation: [1, 3] })).toEqual([41, 52]);
  });

  it('adds up channels, and keeps groups apart', async () => {
    const x = f32([1, 4, 1, 1], [1, 2, 3, 4]);
    expect(await elements('conv2d', [x, f32([1, 4, 1, 1], [1, 10, 100, 1000])], plain)).toEqual([4321]);
    expect(await elements('conv2d', [x, f32([2, 2, 1, 1], [1, 10, 100, 1000])], { ...plain, groups: 2 })).toEqual([21, 4300]);
    expect(await elements('conv2d', [x, f32([4, 1, 1, 1], [1, 10, 100, 1000])], { ...plain, groups: 4 })).toEqual([1, 20, 300, 4000]);
  });
});

interface ConvCase {
  readonly x: readonly [number, number, number, number];
  readonly w: readonly [number, number, number, number];
  readonly geometry: ConvGeometry;
}

const CASES: Record<string, ConvCase> = {
  'a plain 3x3': { x: [2, 3, 5, 7], w: [4, 3, 3, 3], geometry: plain },
  'padding on every side': { x: [1, 2, 4, 5], w: [3, 2, 3, 3], geometry: { ...plain, padding: [1, 1, 1, 1] } },
  'a stride with a remainder': { x: [2, 2, 8, 6], w: [3, 2, 3, 4], geometry: { ...plain, strides: [2, 3], padding: [1, 1, 1, 1] } },
  'unequal padding': { x: [1, 3, 5, 6], w: [2, 3, 4, 3], geometry: { ...plain, strides: [2, 1], padding: [0, 3, 2, 1] } },
  dilation: { x: [2, 2, 9, 8], w: [2, 2, 3, 2], geometry: { ...plain, dilation: [2, 3], padding: [2, 1, 0, 3], strides: [1, 2] } },
  groups: { x: [2, 6, 5, 5], w: [4, 3, 3, 3], geometry: { ...plain, groups: 2, padding: [1, 1, 1, 1] } },
  'a depthwise kernel': { x: [1, 4, 6, 5], w: [8, 1, 3, 3], geometry: { ...plain, groups: 4, strides: [2, 2], padding: [1, 1, 1, 1] } },
  'a kernel larger than the picture': { x: [1, 2, 2, 3], w: [2, 2, 7, 7], geometry: { ...plain, padding: [3, 3, 3, 3] } },
  'padding wider than the kernel': { x: [1, 1, 3, 2], w: [2, 1, 2, 2], geometry: { ...plain, padding: [4, 0, 0, 5], strides: [2, 2] } },
};

describe.each(Object.entries(CASES))('convolution with %s', (_, { x: xShape, w: wShape, geometry }) => {
  const x = scattered(xShape, 1);
  const w = scattered(wShape, 2);
  const inputSize = [xShape[2], xShape[3]] as const;
  const kernelSize = [wShape[2], wShape[3]] as const;
  const dy = scattered([xShape[0], wShape[0], ...convOutputSize(inputSize, kernelSize, geometry)], 3);

  it('is the sum of its definition', async () => {
    const y = await compute('conv2d', [x, w], geometry);
    const expected = definition(x, w, y.shape, geometry);
    y.data.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 12);
    });
  });

  it('has adjoints in x and in w', async () => {
    const expected = inner(await compute('conv2d', [x, w], geometry), dy);
    const dx = await compute('conv2dInputGrad', [dy, w], { ...geometry, inputSize });
    const dw = await compute('conv2dWeightGrad', [x, dy], { ...geometry, kernelSize });
    expect(dx.shape).toEqual(x.shape);
    expect(dw.shape).toEqual(w.shape);
    expect(inner(x, dx)).toBeCloseTo(expected, 11);
    expect(inner(w, dw)).toBeCloseTo(expected, 11);
  });
});

/** Convolution element by element, as the textbook writes it. */
function definition(x: HostTensor, w: HostTensor, shape: readonly number[], geometry: ConvGeometry): number[] {
  const [images = 0, outputs = 0, outHeight = 0, outWidth = 0] = shape;
  const [, perGroup = 0, kernelHeight = 0, kernelWidth = 0] = w.shape;
  const firstChannel = (o: number) => Math.floor(o / (outputs / geometry.groups)) * perGroup;
  const y: number[] = [];
  for (const [n, o, i, j] of indices([images, outputs, outHeight, outWidth])) {
    let sum = 0;
    for (const [c, ky, kx] of indices([perGroup, kernelHeight, kernelWidth])) {
      const row = i * geometry.strides[0] + ky * geometry.dilation[0] - geometry.padding[0];
      const column = j * geometry.strides[1] + kx * geometry.dilation[1] - geometry.padding[2];
      sum += element(w, [o, c, ky, kx]) * element(x, [n, firstChannel(o) + c, row, column]);
    }
    y.push(sum);
  }
  return y;
}

/** Every index of a shape, in row-major order. */
function indices(shape: readonly number[]): [number, number, number, number][] {
  const longer = shape.reduce<number[][]>(
    (prefixes, extent) => prefixes.flatMap((prefix) => Array.from({ length: extent }, (_, index) => [...prefix, index])),
    [[]],
  );
  return longer as [number, number, number, number][];
}

/** An element, 0 outside. */
function element({ shape, data }: HostTensor, index: readonly number[]): number {
  if (index.some((at, axis) => at < 0 || at >= (shape[axis] ?? 0))) return 0;
  return data[index.reduce((offset, at, axis) => offset * (shape[axis] ?? 0) + at, 0)] ?? Number.NaN;
}
