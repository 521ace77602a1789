/**
 * Definitions of the convolutions and the matrix product. A convolution is the trilinear form that adds up x w y over all
 * triples of elements that meet; fixing two of the three gives the op and its two adjoints.
 */
import type { ConvGeometry } from '../../graph/ops.ts';
import type { Shape } from '../../tensor.ts';
import { stretched, stretchedShape } from './elementwise.ts';
import { type Index, indices, type Oracle, operand, range, scatterSum, tabulate, total } from './index-notation.ts';

/** Oracles of the convolutions and of matmul. */
export const convolutionOracles: { readonly [K in 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad' | 'matmul']: Oracle<K> } = {
  conv2d: (inputs, geometry) => {
    const [x, w] = [operand(inputs, 0), operand(inputs, 1)];
    const shape = convolvedShape(x.shape, w.shape, geometry);
    return [
      scatterSum(
        shape,
        triples(x.shape, w.shape, shape, geometry).map((at) => [at.y, x.at(at.x) * w.at(at.w)] as const),
      ),
    ];
  },
  conv2dInputGrad: (inputs, { inputSize, ...geometry }) => {
    const [dy, w] = [operand(inputs, 0), operand(inputs, 1)];
    const shape = [dy.shape[0] ?? 0, (w.shape[1] ?? 0) * geometry.groups, ...inputSize];
    return [
      scatterSum(
        shape,
        triples(shape, w.shape, dy.shape, geometry).map((at) => [at.x, dy.at(at.y) * w.at(at.w)] as const),
      ),
    ];
  },
  conv2dWeightGrad: (inputs, { kernelSize, ...geometry }) => {
    const [x, dy] = [operand(inputs, 0), operand(inputs, 1)];
    const shape = [dy.shape[1] ?? 0, (x.shape[1] ?? 0) / geometry.groups, ...kernelSize];
    return [
      scatterSum(
        shape,
        triples(x.shape, shape, dy.shape, geometry).map((at) => [at.w, x.at(at.x) * dy.at(at.y)] as const),
      ),
    ];
  },
  matmul: (inputs) => {
    const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
    const batch = stretchedShape([a, b].map(({ shape }) => ({ shape: shape.slice(0, -2) })));
    const inner = a.shape.at(-1) ?? 0;
    // stretching concerns the batch axes alone: a matrix axis of extent 1 has index 0 anyway
    const element = (index: Index) => {
      const [outer, row, column] = [index.slice(0, -2), index.at(-2) ?? 0, index.at(-1) ?? 0];
      return total(range(inner), (k) => stretched(a, [...outer, row, k]) * stretched(b, [...outer, k, column]));
    };
    return [tabulate([...batch, a.shape.at(-2) ?? 0, b.shape.at(-1) ?? 0], element)];
  },
};

interface Triple {
  readonly x: Index;
  readonly w: Index;
  readonly y: Index;
}

/** Where elements of x, w and y meet: y[n,o,i,j] sees x[n,c,row,column] through w[o,c,k,l]; outside of x is zero and contributes nothing. */
function triples(x: Shape, w: Shape, y: Shape, { strides, padding, dilation, groups }: ConvGeometry): Triple[] {
  const [, , height = 0, width = 0] = x;
  const [outputs = 0, perGroup = 0] = w;
  const met: Triple[] = [];
  for (const [n = 0, o = 0, i = 0, j = 0] of indices(y)) {
    const group = Math.floor(o / (outputs / groups));
    for (const [c = 0, k = 0, l = 0] of indices(w.slice(1))) {
      const row = i * strides[0] + k * dilation[0] - padding[0];
      const column = j * strides[1] + l * dilation[1] - padding[2];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      met.push({ x: [n, group * perGroup + c, row, column], w: [o, c, k, l], y: [n, o, i, j] });
    }
  }
  return met;
}

function convolvedShape(x: Shape, w: Shape, { strides, padding, dilation }: ConvGeometry): Shape {
  const [n = 0, , height = 0, width = 0] = x;
  const [o = 0, , kernelHeight = 0, kernelWidth = 0] = w;
  const rows = positions(padding[0] + height + padding[1], (kernelHeight - 1) * dilation[0] + 1, strides[0]);
  const columns = positions(padding[2] + width + padding[3], (kernelWidth - 1) * dilation[1] + 1, strides[1]);
  return [n, o, rows.length, columns.length];
}

/** Where a window of `reach` elements starts on a line of `extent`, every `stride` elements, while it fits. */
export function positions(extent: number, reach: number, stride: number): number[] {
  return range(extent).filter((start) => start % stride === 0 && start + reach <= extent);
}
