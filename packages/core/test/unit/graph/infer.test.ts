import { describe, expect, it } from 'vitest';
import { broadcastShapes, convOutputSize, infer, ShapeError } from '../../../src/graph/infer.ts';
import type { OpName, OpParams } from '../../../src/graph/ops.ts';
import type { DType, Shape, TensorType } from '../../../src/tensor.ts';

const f32 = (...shape: Shape): TensorType => ({ shape, dtype: 'f32' });
const of = (dtype: DType, ...shape: Shape): TensorType => ({ shape, dtype });

const CONV = { strides: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
const POOL = { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;

/** A misuse of one op, and what the message must say. */
interface Misuse<K extends OpName> {
  readonly op: K;
  readonly inputs: readonly TensorType[];
  readonly params: OpParams[K];
  readonly says: string;
}

const MISUSES: readonly { [K in OpName]: Misuse<K> }[OpName][] = [
  { op: 'neg', inputs: [], params: {}, says: 'neg(): it takes 1 input, got 0.' },
  { op: 'relu', inputs: [of('i32', 2)], params: {}, says: 'relu(i32[2]): it takes floating-point tensors, got i32.' },
  { op: 'leakyRelu', inputs: [f32(2)], params: { slope: 2 }, says: 'slope must lie between 0 and 1, got 2' },
  { op: 'add', inputs: [f32(2, 3), f32(2)], params: {}, says: 'add(f32[2x3], f32[2]): its operands do not broadcast' },
  { op: 'add', inputs: [f32(2), of('i32', 2)], params: {}, says: 'its operands must have one element type; cast one of them' },
  { op: 'mul', inputs: [of('bool', 2), of('bool', 2)], params: {}, says: 'it takes numbers; cast bool first' },
  { op: 'select', inputs: [f32(2), f32(2), f32(2)], params: {}, says: 'the condition must be bool, got f32' },
  { op: 'select', inputs: [of('bool', 3), f32(2), f32(2)], params: {}, says: 'the condition does not broadcast with the values' },
  { op: 'sum', inputs: [f32(2, 3)], params: { axes: [2] }, says: 'axes 2 must be distinct and below the rank 2' },
  { op: 'sum', inputs: [f32(2, 3)], params: { axes: [1, 1] }, says: 'axes 1, 1 must be distinct' },
  { op: 'reshape', inputs: [f32(2, 3)], params: { shape: [4] }, says: '6 elements do not fill 4' },
  { op: 'transpose', inputs: [f32(2, 3)], params: { permutation: [1] }, says: 'a permutation of 2 axes is needed, got 1' },
  { op: 'broadcast', inputs: [f32(2)], params: { shape: [3] }, says: 'it does not stretch to 3' },
  { op: 'broadcast', inputs: [f32(2, 3)], params: { shape: [3] }, says: 'it does not stretch to 3' },
  { op: 'concat', inputs: [], params: { axis: 0 }, says: 'it takes at least one input' },
  { op: 'concat', inputs: [f32(2, 3), f32(2, 4)], params: { axis: 0 }, says: 'its inputs must agree in type and in every axis but 0' },
  { op: 'slice', inputs: [f32(4)], params: { starts: [1], limits: [5], steps: [1] }, says: 'axis 0 of extent 4 has no slice 1:5:1' },
  { op: 'slice', inputs: [f32(4)], params: { starts: [2], limits: [2], steps: [1] }, says: 'no slice 2:2:1' },
  {
    op: 'pad',
    inputs: [f32(4)],
    params: { low: [1, 1], high: [0], interior: [0], value: 0 },
    says: 'low, high and interior need 1 entries',
  },
  {
    op: 'pad',
    inputs: [f32(4)],
    params: { low: [-2], high: [-2], interior: [0], value: 0 },
    says: 'extents must be whole numbers of at least 1',
  },
  {
    op: 'pad',
    inputs: [f32(4)],
    params: { low: [0.5], high: [0.5], interior: [0], value: 0 },
    says: 'low and high padding must be whole numbers',
  },
  {
    op: 'pad',
    inputs: [f32(4)],
    params: { low: [0], high: [0], interior: [-1], value: 0 },
    says: 'interior padding must be whole numbers',
  },
  {
    op: 'reflectPad',
    inputs: [f32(1, 1, 3, 4)],
    params: { padding: [3, 0, 0, 0] },
    says: 'padding 3, 0, 0, 0 must be smaller than the picture, 3x4',
  },
  { op: 'reflectPad', inputs: [f32(3, 4)], params: { padding: [1, 1, 1, 1] }, says: 'it takes N x C x H x W tensors, got rank 2' },
  { op: 'reflectPadGrad', inputs: [f32(1, 1, 5, 9)], params: { padding: [2, 2, 0, 0] }, says: 'must be smaller than the picture, 1x9' },
  {
    op: 'conv2d',
    inputs: [f32(1, 3, 8, 8), f32(4, 2, 3, 3)],
    params: CONV,
    says: 'a kernel of 4x2x3x3 with 1 groups takes 2 channels, the input has 3',
  },
  {
    op: 'conv2d',
    inputs: [f32(1, 4, 8, 8), f32(3, 2, 3, 3)],
    params: { ...CONV, groups: 2 },
    says: '3 output channels do not divide into 2 groups',
  },
  { op: 'conv2d', inputs: [f32(1, 2, 2, 2), f32(3, 2, 3, 3)], params: CONV, says: 'its result would be 1x3x0x0' },
  { op: 'conv2d', inputs: [f32(1, 2, 4, 4), of('f16', 3, 2, 3, 3)], params: CONV, says: 'its operands must have one element type' },
  { op: 'conv2d', inputs: [f32(1, 2, 4, 4), f32(3, 2, 3, 3)], params: { ...CONV, strides: [0, 1] }, says: 'strides, dilation and groups' },
  {
    op: 'conv2d',
    inputs: [f32(1, 2, 4, 4), f32(3, 2, 3, 3)],
    params: { ...CONV, padding: [0, -1, 0, 0] },
    says: 'padding must be whole numbers',
  },
  {
    op: 'conv2dInputGrad',
    inputs: [f32(1, 3, 4, 4), f32(3, 2, 3, 3)],
    params: { ...CONV, inputSize: [5, 6] },
    says: 'the convolution of 1x2x5x6 with 3x2x3x3 is 1x3x3x4, not 1x3x4x4',
  },
  {
    op: 'conv2dWeightGrad',
    inputs: [f32(1, 2, 6, 6), f32(1, 3, 4, 4)],
    params: { ...CONV, kernelSize: [2, 3] },
    says: 'is 1x3x5x4, not 1x3x4x4',
  },
  { op: 'matmul', inputs: [f32(2, 3), f32(4, 2)], params: {}, says: 'the inner extents 3 and 4 differ' },
  { op: 'matmul', inputs: [f32(3), f32(3, 2)], params: {}, says: 'its operands must have rank 2 or more' },
  { op: 'matmul', inputs: [f32(2, 2, 3), f32(3, 3, 2)], params: {}, says: 'the batch axes do not broadcast' },
  { op: 'dynamicSlice', inputs: [f32(4), f32()], params: { size: 1 }, says: 'the index must be an i32 scalar' },
  { op: 'dynamicSlice', inputs: [f32(4), of('i32')], params: { size: 5 }, says: '5 entries do not fit axis 0 of extent 4' },
  { op: 'dynamicUpdate', inputs: [f32(4, 2), f32(1, 3), of('i32')], params: {}, says: 'the update must fit the tensor' },
  { op: 'dynamicUpdate', inputs: [f32(), f32(), of('i32')], params: {}, says: 'the update must fit the tensor' },
  {
    op: 'normalizeGrad',
    inputs: [f32(1, 2, 3, 3), f32(1, 2, 3, 3), f32(1, 2, 3, 3)],
    params: { axes: [2, 3] },
    says: 'rstd that of its statistics',
  },
  {
    op: 'adam',
    inputs: [f32(2), f32(2), f32(3), f32(2), f32(), f32()],
    params: { beta1: 0.5, beta2: 0.9, epsilon: 1 },
    says: 'shape of the weight',
  },
  {
    op: 'adam',
    inputs: [f32(2), f32(2), f32(2), f32(2), f32(1), f32()],
    params: { beta1: 0.5, beta2: 0.9, epsilon: 1 },
    says: 'must be scalars',
  },
  { op: 'maxPool', inputs: [f32(1, 1, 4, 4)], params: { ...POOL, padding: [2, 0, 0, 0] }, says: 'padding must be smaller than the window' },
  { op: 'softmaxCrossEntropy', inputs: [f32(2, 3), f32(2, 4)], params: {}, says: 'logits and target must have one shape' },
  {
    op: 'resize',
    inputs: [f32(1, 1, 4, 4)],
    params: { size: [0, 4], mode: 'nearest' },
    says: 'extents must be whole numbers of at least 1',
  },
  { op: 'constant', inputs: [], params: { shape: [2], dtype: 'f32', data: new Float32Array(3) }, says: '3 elements do not fill 2' },
  { op: 'input', inputs: [], params: { name: 'x', shape: [2, 0], dtype: 'f32' }, says: 'its result would be 2x0' },
];

describe('infer', () => {
  it.each(MISUSES.map((misuse) => [misuse.op, misuse.says, misuse] as const))('%s: %s', (op, says, { inputs, params }) => {
    const call = () => infer(op as OpName, inputs, params as OpParams[OpName]);
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(says);
  });

  it('keeps f16 and i32 through the ops that allow them', () => {
    expect(infer('tanh', [of('f16', 2)], {})).toEqual([of('f16', 2)]);
    expect(infer('add', [of('i32', 2), of('i32')], {})).toEqual([of('i32', 2)]);
    expect(infer('compare', [of('f16', 2), of('f16', 1)], { relation: 'lt' })).toEqual([of('bool', 2)]);
  });
});

describe('broadcastShapes', () => {
  it('aligns at the right', () => {
    expect(broadcastShapes([2, 1, 4], [3, 1])).toEqual([2, 3, 4]);
    expect(broadcastShapes([], [3])).toEqual([3]);
    expect(broadcastShapes([2, 3], [2])).toBeUndefined();
  });
});

describe('convOutputSize', () => {
  it('drops what the last stride does not reach', () => {
    const geometry = { strides: [2, 3], padding: [1, 1, 0, 2], dilation: [1, 2], groups: 1 } as const;
    expect(convOutputSize([7, 10], [4, 3], geometry)).toEqual([3, 3]);
  });
});
