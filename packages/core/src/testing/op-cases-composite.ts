/** Cases of the composite ops, which backends may have natively. */
import { type AnyOpCase, float } from './op-case.ts';

const TIES = { finiteDifference: 'the largest elements tie; exact values are tested beside the rules' };
const STEEP = { finiteDifference: 'the result curves within the step of a finite difference' };

const NORMALISATION: readonly AnyOpCase[] = [
  { op: 'normalize', name: 'instance', inputs: [float([2, 3, 4, 5])], params: { axes: [2, 3], epsilon: 1e-5 }, tolerance: { f32: 1e-5 } },
  { op: 'normalize', name: 'batch', inputs: [float([3, 2, 3, 4])], params: { axes: [0, 2, 3], epsilon: 1e-5 }, tolerance: { f32: 1e-5 } },
  {
    op: 'normalize',
    name: 'batch of one',
    inputs: [float([1, 3, 3, 3])],
    params: { axes: [0, 2, 3], epsilon: 1e-5 },
    tolerance: { f32: 1e-5 },
  },
  {
    op: 'normalize',
    name: 'large epsilon',
    inputs: [float([2, 2, 3, 3])],
    params: { axes: [2, 3], epsilon: 0.5 },
    tolerance: { f32: 1e-5 },
  },
  { op: 'normalize', name: 'over channels', inputs: [float([2, 6, 3])], params: { axes: [1], epsilon: 1e-3 }, tolerance: { f32: 1e-5 } },
  {
    op: 'normalize',
    name: 'far from 0',
    inputs: [float([1, 2, 4, 4], 'far')],
    params: { axes: [2, 3], epsilon: 1e-5 },
    tolerance: { f32: 5e-5 },
  },
  {
    op: 'normalize',
    name: 'constant picture',
    inputs: [float([1, 2, 2, 2], [0.5])],
    params: { axes: [2, 3], epsilon: 1e-5 },
    tolerance: { f32: 1e-5 },
    exclude: STEEP,
  },
  { op: 'reluGrad', name: 'relu', inputs: [float([2, 3, 4, 3]), float([2, 3, 4, 3])], params: { slope: 0 } },
  { op: 'reluGrad', name: 'leaky', inputs: [float([2, 3, 4, 3]), float([2, 3, 4, 3])], params: { slope: 0.2 } },
  {
    op: 'normalizeGrad',
    name: 'instance',
    inputs: [float([2, 3, 4, 3]), float([2, 3, 4, 3]), float([2, 3, 1, 1], 'positive')],
    params: { axes: [2, 3] },
    tolerance: { f32: 1e-5 },
  },
  {
    op: 'normalizeGrad',
    name: 'batch',
    inputs: [float([3, 2, 3, 2]), float([3, 2, 3, 2]), float([1, 2, 1, 1], 'positive')],
    params: { axes: [0, 2, 3] },
    tolerance: { f32: 1e-5 },
  },
];

const adamInputs = (shape: readonly number[]) => [float(shape), float(shape), float(shape, 'positive'), float(shape)];

const OPTIMISER: readonly AnyOpCase[] = [
  {
    op: 'adam',
    name: 'kernel',
    inputs: [...adamInputs([3, 2, 3, 3]), float([], [0.1]), float([], [1.25])],
    params: { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 },
  },
  {
    op: 'adam',
    name: 'bias',
    inputs: [...adamInputs([5]), float([], [0.0625]), float([], [1])],
    params: { beta1: 0.9, beta2: 0.99, epsilon: 1e-3 },
  },
  {
    op: 'adam',
    name: 'first step, gradients of the size of epsilon',
    inputs: [float([4]), float([4], [0]), float([4], [0]), float([4], [1e-8, -3e-8, 1e-9, 1e-6]), float([], [0.5]), float([], [31.622776])],
    params: { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 },
    tolerance: { f32: 1e-5 },
    exclude: { gradient: 'the root of the second moment has a pole at 0' },
  },
];

const POOLS: readonly AnyOpCase[] = (['maxPool', 'averagePool'] as const).flatMap((op): AnyOpCase[] => [
  { op, name: '2x2', inputs: [float([2, 3, 4, 6], 'distinct')], params: { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } },
  {
    op,
    name: '3x3 stride 2 padding 1',
    inputs: [float([1, 2, 5, 6], 'distinct')],
    params: { kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
  },
  {
    op,
    name: 'overlapping',
    inputs: [float([1, 2, 4, 5], 'distinct')],
    params: { kernel: [3, 3], strides: [1, 1], padding: [0, 0, 0, 0] },
  },
  {
    op,
    name: 'non-square, asymmetric padding',
    inputs: [float([2, 1, 5, 4], 'distinct')],
    params: { kernel: [2, 3], strides: [1, 2], padding: [1, 0, 2, 1] },
  },
  {
    op,
    name: 'with a remainder',
    inputs: [float([1, 2, 5, 7], 'distinct')],
    params: { kernel: [2, 2], strides: [2, 3], padding: [0, 0, 0, 0] },
  },
  {
    op,
    name: 'whole picture',
    inputs: [float([2, 2, 3, 4], 'distinct')],
    params: { kernel: [3, 4], strides: [1, 1], padding: [0, 0, 0, 0] },
  },
]);

const POOL_TIES: AnyOpCase = {
  op: 'maxPool',
  name: 'ties',
  inputs: [float([1, 1, 4, 4], [0, 1, 1, 0, 1, 1, 0, 0])],
  params: { kernel: [2, 2], strides: [1, 1], padding: [0, 0, 0, 0] },
  exclude: TIES,
};

const RESIZING: readonly AnyOpCase[] = (['nearest', 'bilinear', 'bilinearAligned'] as const).flatMap((mode): AnyOpCase[] => [
  { op: 'resize', name: `${mode}, twice the size`, inputs: [float([2, 3, 3, 4])], params: { size: [6, 8], mode } },
  { op: 'resize', name: `${mode}, half the size`, inputs: [float([1, 2, 6, 4])], params: { size: [3, 2], mode } },
  { op: 'resize', name: `${mode}, up by fractions`, inputs: [float([1, 2, 3, 5])], params: { size: [5, 7], mode } },
  { op: 'resize', name: `${mode}, down by fractions`, inputs: [float([2, 1, 7, 5])], params: { size: [3, 4], mode } },
  { op: 'resize', name: `${mode}, up and down`, inputs: [float([1, 1, 4, 6])], params: { size: [7, 4], mode } },
  { op: 'resize', name: `${mode}, to one pixel`, inputs: [float([1, 2, 3, 4])], params: { size: [1, 1], mode } },
  { op: 'resize', name: `${mode}, from one pixel`, inputs: [float([1, 2, 1, 1])], params: { size: [2, 3], mode } },
  { op: 'resize', name: `${mode}, same size`, inputs: [float([1, 2, 3, 3])], params: { size: [3, 3], mode } },
]);

const CROSS_ENTROPY: readonly AnyOpCase[] = [
  { op: 'softmaxCrossEntropy', name: 'vectors', inputs: [float([3, 5], 'distinct'), float([3, 5], 'probabilities')], params: {} },
  {
    op: 'softmaxCrossEntropy',
    name: 'pictures',
    inputs: [float([2, 4, 2, 3], 'distinct'), float([2, 4, 2, 3], 'probabilities')],
    params: {},
  },
  {
    op: 'softmaxCrossEntropy',
    name: 'certain targets',
    inputs: [float([2, 3], 'distinct'), float([2, 3], [0, 1, 0, 0, 0, 1])],
    params: {},
  },
  {
    op: 'softmaxCrossEntropy',
    name: 'far logits, without overflow',
    inputs: [float([2, 3], [1000, 0, -1000, -500, -501, -502]), float([2, 3], 'probabilities')],
    params: {},
  },
];

/** Cases of the composite ops. */
export const COMPOSITE_CASES: readonly AnyOpCase[] = [...NORMALISATION, ...OPTIMISER, ...POOLS, POOL_TIES, ...RESIZING, ...CROSS_ENTROPY];
