/** Convolutions of every geometry that training and imported models may bring, with the sizes of their tensors. */
import type { ConvGeometry, Shape } from '@cyclegan/core';

/** A convolution: input N x C x H x W, kernel O x C/groups x KH x KW. */
export interface ConvCase {
  readonly name: string;
  readonly x: Shape;
  readonly w: Shape;
  readonly geometry: ConvGeometry;
  readonly tolerance: number;
}

const plain: ConvGeometry = { strides: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };

/** Sums of so many products round more: the weight gradient adds over all positions. */
const LONG_SUM = 10_000;

function convCase(name: string, x: Shape, w: Shape, geometry: Partial<ConvGeometry> = {}): ConvCase {
  const [, , height = 1, width = 1] = x;
  return { name, x, w, geometry: { ...plain, ...geometry }, tolerance: height * width > LONG_SUM ? 1e-5 : 2e-6 };
}

export const CONV_CASES: readonly ConvCase[] = [
  convCase('3x3', [1, 4, 7, 6], [5, 4, 3, 3]),
  convCase('3x3, padded, batch of 2', [2, 3, 5, 6], [4, 3, 3, 3], { padding: [1, 1, 1, 1] }),
  convCase('1x1', [2, 6, 4, 5], [3, 6, 1, 1]),
  convCase('1x1, stride 2', [2, 3, 5, 6], [4, 3, 1, 1], { strides: [2, 2] }),
  convCase('7x7, few outputs', [1, 20, 12, 11], [3, 20, 7, 7]),
  convCase('7x7, few inputs', [2, 3, 12, 11], [20, 3, 7, 7], { padding: [3, 3, 3, 3] }),
  convCase('4x4, one output, batch of 3', [3, 8, 6, 7], [1, 8, 4, 4], { padding: [1, 1, 1, 1] }),
  convCase('many channels', [2, 18, 5, 4], [17, 18, 3, 3], { padding: [1, 1, 1, 1] }),
  convCase('few outputs, padding beyond the kernel', [1, 6, 4, 4], [2, 6, 2, 2], { padding: [3, 2, 2, 3] }),
  convCase('stride 2', [1, 4, 8, 8], [6, 4, 3, 3], { strides: [2, 2], padding: [1, 1, 1, 1] }),
  convCase('stride 2, remainder', [2, 3, 7, 8], [4, 3, 4, 4], { strides: [2, 2], padding: [1, 1, 1, 1] }),
  convCase('stride 3 by 2, remainders', [1, 2, 12, 9], [3, 2, 3, 2], { strides: [3, 2], padding: [0, 1, 1, 0] }),
  convCase('stride above the kernel', [1, 2, 9, 10], [3, 2, 1, 2], { strides: [3, 4] }),
  convCase('rows and columns never read', [1, 2, 8, 9], [3, 2, 2, 2], { strides: [5, 4] }),
  convCase('asymmetric padding', [2, 3, 6, 5], [4, 3, 3, 4], { padding: [2, 0, 1, 3] }),
  convCase('asymmetric padding, stride 2', [1, 3, 6, 7], [2, 3, 3, 3], { strides: [2, 2], padding: [0, 1, 2, 1] }),
  convCase('padding beyond the kernel', [1, 2, 4, 3], [3, 2, 2, 1], { padding: [3, 2, 0, 2] }),
  convCase('dilation', [2, 3, 9, 8], [4, 3, 3, 3], { dilation: [2, 2], padding: [2, 2, 2, 2] }),
  convCase('dilation 3 by 2, stride 2', [1, 3, 12, 11], [4, 3, 3, 2], { dilation: [3, 2], strides: [2, 2], padding: [1, 2, 0, 3] }),
  convCase('two groups', [2, 6, 6, 5], [4, 3, 3, 3], { groups: 2, padding: [1, 1, 1, 1] }),
  convCase('three groups, stride 2, dilation', [2, 6, 9, 8], [9, 2, 3, 3], {
    groups: 3,
    strides: [2, 1],
    dilation: [1, 2],
    padding: [1, 0, 2, 1],
  }),
  convCase('depthwise', [2, 5, 6, 7], [5, 1, 3, 3], { groups: 5, padding: [1, 1, 1, 1] }),
  convCase('depthwise, two outputs each, stride 2', [1, 4, 7, 7], [8, 1, 3, 3], { groups: 4, strides: [2, 2], padding: [1, 1, 1, 1] }),
  convCase('3x3 in whole tiles, 40 by 56', [1, 3, 40, 56], [4, 3, 3, 3], { padding: [1, 1, 1, 1] }),
  convCase('3x3 in parts of tiles, 130 by 70', [1, 2, 130, 70], [3, 2, 3, 3]),
  convCase('3x3 of odd size, 257 by 255', [1, 1, 257, 255], [2, 1, 3, 3], { padding: [1, 1, 1, 1] }),
  convCase('3x3, batch of 3, asymmetric padding', [3, 3, 8, 12], [4, 3, 3, 3], { padding: [1, 2, 0, 1] }),
  convCase('3x3 smaller than a tile', [2, 3, 3, 2], [4, 3, 3, 3], { padding: [1, 1, 1, 1] }),
  convCase('4x4 stride 2 in whole tiles, batch of 3', [3, 3, 16, 24], [4, 3, 4, 4], { strides: [2, 2], padding: [1, 1, 1, 1] }),
  convCase('4x4 stride 2, 130 by 70', [1, 2, 130, 70], [3, 2, 4, 4], { strides: [2, 2], padding: [1, 1, 1, 1] }),
  convCase('4x4 stride 1, 31 by 33', [1, 3, 31, 33], [4, 3, 4, 4], { padding: [1, 1, 1, 1] }),
  convCase('7x7, few outputs, in strips', [1, 2, 259, 255], [2, 2, 7, 7], { padding: [1, 0, 3, 2] }),
  convCase('5x5 stride 2, unfolded in parts', [1, 40, 130, 132], [2, 40, 5, 5], { strides: [2, 2], padding: [2, 2, 2, 2] }),
  convCase('3x3 stride 2 of odd size, batch of 3', [3, 3, 17, 13], [4, 3, 3, 3], { strides: [2, 2], padding: [1, 1, 1, 1] }),
  convCase('kernel of the size of the picture', [2, 3, 4, 5], [2, 3, 4, 5]),
];
