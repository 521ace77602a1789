/** Cases of the three convolution ops: each geometry once for each op, since each is a gradient of the others. */
import type { ConvGeometry } from '../graph/ops.ts';
import type { Shape } from '../tensor.ts';
import { type AnyOpCase, float } from './op-case.ts';

/** A convolution: shapes of input, kernel and result, and what of the geometry is not 1, 0, 1 and 1. */
interface Convolution extends Partial<ConvGeometry> {
  readonly name: string;
  readonly x: Shape;
  readonly w: Shape;
  readonly y: Shape;
}

const CONVOLUTIONS: readonly Convolution[] = [
  { name: '1x1', x: [2, 3, 4, 5], w: [4, 3, 1, 1], y: [2, 4, 4, 5] },
  { name: '1x1 stride 2', x: [1, 2, 5, 4], w: [3, 2, 1, 1], y: [1, 3, 3, 2], strides: [2, 2] },
  { name: '3x3 valid', x: [2, 2, 4, 6], w: [3, 2, 3, 3], y: [2, 3, 2, 4] },
  { name: '3x3 padding 1', x: [1, 2, 5, 5], w: [3, 2, 3, 3], y: [1, 3, 5, 5], padding: [1, 1, 1, 1] },
  { name: '7x7 of three channels', x: [1, 3, 9, 8], w: [2, 3, 7, 7], y: [1, 2, 3, 2] },
  { name: '7x7 padding 3', x: [1, 2, 5, 6], w: [3, 2, 7, 7], y: [1, 3, 5, 6], padding: [3, 3, 3, 3] },
  { name: '3x3 stride 2 of even size', x: [2, 3, 6, 8], w: [4, 3, 3, 3], y: [2, 4, 3, 4], strides: [2, 2], padding: [1, 1, 1, 1] },
  { name: '3x3 stride 2 of odd size', x: [1, 2, 7, 5], w: [3, 2, 3, 3], y: [1, 3, 4, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
  { name: '4x4 stride 2', x: [2, 3, 8, 6], w: [4, 3, 4, 4], y: [2, 4, 4, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
  { name: '4x4 stride 2 with a remainder', x: [1, 2, 7, 5], w: [3, 2, 4, 4], y: [1, 3, 3, 2], strides: [2, 2], padding: [1, 1, 1, 1] },
  { name: '4x4 stride 1', x: [1, 4, 6, 5], w: [1, 4, 4, 4], y: [1, 1, 5, 4], padding: [1, 1, 1, 1] },
  { name: '4x4 stride 2 to one pixel', x: [2, 2, 2, 2], w: [3, 2, 4, 4], y: [2, 3, 1, 1], strides: [2, 2], padding: [1, 1, 1, 1] },
  { name: 'kernel as large as the input', x: [2, 3, 4, 3], w: [5, 3, 4, 3], y: [2, 5, 1, 1] },
  { name: 'depthwise', x: [2, 4, 5, 5], w: [4, 1, 3, 3], y: [2, 4, 5, 5], padding: [1, 1, 1, 1], groups: 4 },
  { name: 'depthwise, two outputs a channel', x: [1, 3, 5, 4], w: [6, 1, 3, 3], y: [1, 6, 3, 2], groups: 3 },
  { name: 'two groups, stride 2', x: [2, 4, 6, 7], w: [6, 2, 3, 3], y: [2, 6, 3, 4], strides: [2, 2], padding: [1, 1, 1, 1], groups: 2 },
  { name: 'dilation 2', x: [1, 2, 7, 7], w: [3, 2, 3, 3], y: [1, 3, 7, 7], padding: [2, 2, 2, 2], dilation: [2, 2] },
  {
    name: 'dilation, stride and padding of each axis their own',
    x: [1, 2, 9, 8],
    w: [2, 2, 3, 2],
    y: [1, 2, 3, 8],
    strides: [2, 1],
    padding: [1, 0, 2, 1],
    dilation: [2, 3],
  },
  { name: 'dilated groups', x: [2, 4, 6, 5], w: [2, 2, 2, 3], y: [2, 2, 4, 3], padding: [0, 0, 1, 1], dilation: [2, 2], groups: 2 },
  { name: 'asymmetric padding', x: [2, 2, 5, 6], w: [3, 2, 3, 3], y: [2, 3, 5, 5], padding: [0, 2, 1, 0] },
  { name: 'asymmetric padding, stride 2', x: [1, 3, 6, 5], w: [2, 3, 3, 3], y: [1, 2, 3, 3], strides: [2, 2], padding: [0, 1, 2, 0] },
  { name: 'non-square kernel and stride', x: [2, 3, 6, 9], w: [4, 3, 2, 5], y: [2, 4, 5, 3], strides: [1, 3], padding: [0, 0, 2, 2] },
  { name: 'stride beyond the kernel', x: [1, 2, 8, 7], w: [2, 2, 2, 1], y: [1, 2, 3, 3], strides: [3, 3] },
  { name: 'padding beyond the kernel', x: [1, 1, 3, 3], w: [2, 1, 2, 2], y: [1, 2, 8, 8], padding: [3, 3, 3, 3] },
  { name: 'one row', x: [2, 3, 1, 8], w: [2, 3, 1, 4], y: [2, 2, 1, 4], strides: [1, 2], padding: [0, 0, 1, 1] },
];

function casesOf({ name, x, w, y, strides = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1 }: Convolution): AnyOpCase[] {
  const geometry = { strides, padding, dilation, groups };
  const [, , height = 0, width = 0] = x;
  const [, , kernelHeight = 0, kernelWidth = 0] = w;
  const tolerance = { f32: 1e-5 };
  return [
    { op: 'conv2d', name, inputs: [float(x), float(w)], params: geometry, tolerance },
    { op: 'conv2dInputGrad', name, inputs: [float(y), float(w)], params: { ...geometry, inputSize: [height, width] }, tolerance },
    {
      op: 'conv2dWeightGrad',
      name,
      inputs: [float(x), float(y)],
      params: { ...geometry, kernelSize: [kernelHeight, kernelWidth] },
      tolerance,
    },
  ];
}

/** Cases of conv2d, conv2dInputGrad and conv2dWeightGrad. */
export const CONV_CASES: readonly AnyOpCase[] = CONVOLUTIONS.flatMap(casesOf);
