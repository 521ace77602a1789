/** Cases of leaves and elementwise ops: kinks, ties, far values, every way of broadcasting, every conversion. */
import type { Relation } from '../graph/ops.ts';
import { type AnyOpCase, boolean, float, integer } from './op-case.ts';

const KINK = { finiteDifference: 'the input lies on the kink; exact values are tested beside the rules' };
const TIES = { finiteDifference: 'the operands tie; exact values are tested beside the rules' };
const POLE = { gradient: 'the function has a pole there' };

const LEAVES: readonly AnyOpCase[] = [
  { op: 'iota', name: 'f32', inputs: [], params: { length: 5, dtype: 'f32' } },
  { op: 'iota', name: 'i32', inputs: [], params: { length: 4, dtype: 'i32' } },
  { op: 'iota', name: 'single', inputs: [], params: { length: 1, dtype: 'f32' } },
  { op: 'constant', name: 'scalar', inputs: [], params: { shape: [], dtype: 'f32', data: Float32Array.of(0.75) } },
  { op: 'constant', name: 'matrix', inputs: [], params: { shape: [2, 3], dtype: 'f32', data: Float64Array.of(1, -2, 0, 0.5, 4, -8) } },
  { op: 'constant', name: 'i32', inputs: [], params: { shape: [3], dtype: 'i32', data: Int32Array.of(7, -1, 2 ** 31 - 1) } },
  { op: 'constant', name: 'bool', inputs: [], params: { shape: [2, 1], dtype: 'bool', data: Uint8Array.of(1, 0) } },
];

const UNARY: readonly AnyOpCase[] = [
  { op: 'neg', name: 'matrix', inputs: [float([3, 5])], params: {} },
  { op: 'abs', name: 'both signs', inputs: [float([2, 7], 'nonzero')], params: {} },
  { op: 'abs', name: 'kink', inputs: [float([3], [-1, 0, 2])], params: {}, exclude: KINK },
  { op: 'sign', name: 'both signs', inputs: [float([11], 'nonzero')], params: {} },
  { op: 'sign', name: 'kink', inputs: [float([3], [-0.5, 0, 3])], params: {}, exclude: KINK },
  { op: 'square', name: 'rank 3', inputs: [float([2, 3, 4])], params: {} },
  { op: 'sqrt', name: 'positive', inputs: [float([3, 4], 'positive')], params: {} },
  { op: 'sqrt', name: 'zero', inputs: [float([3], [0, 1e-12, 4])], params: {}, exclude: POLE },
  { op: 'rsqrt', name: 'positive', inputs: [float([3, 4], 'positive')], params: {} },
  { op: 'rsqrt', name: 'zero', inputs: [float([2], [0, 4])], params: {}, exclude: POLE },
  { op: 'exp', name: 'matrix', inputs: [float([4, 3])], params: {}, tolerance: { f32: 4e-6 } },
  { op: 'exp', name: 'far', inputs: [float([4], [-200, -20, 0, 20])], params: {}, tolerance: { f32: 2e-5 } },
  { op: 'log', name: 'positive', inputs: [float([2, 5], 'positive')], params: {} },
  { op: 'log', name: 'zero and far', inputs: [float([4], [0, 1e-30, 1, 1e30])], params: {}, exclude: POLE },
  { op: 'tanh', name: 'matrix', inputs: [float([3, 5])], params: {} },
  { op: 'tanh', name: 'far', inputs: [float([5], [-400, -12, 0.5, 12, 400])], params: {} },
  { op: 'sigmoid', name: 'matrix', inputs: [float([3, 5])], params: {} },
  { op: 'sigmoid', name: 'far', inputs: [float([5], [-400, -20, 0.5, 20, 400])], params: {} },
  { op: 'softplus', name: 'matrix', inputs: [float([3, 5])], params: {} },
  { op: 'softplus', name: 'far, without overflow', inputs: [float([5], [-1000, -20, 0, 20, 1000])], params: {} },
  { op: 'relu', name: 'both signs', inputs: [float([2, 3, 3], 'nonzero')], params: {} },
  { op: 'relu', name: 'kink', inputs: [float([4], [-1, -0, 0, 2])], params: {}, exclude: KINK },
  { op: 'relu', name: 'scalar', inputs: [float([], [1.5])], params: {} },
  { op: 'leakyRelu', name: 'slope 0.2', inputs: [float([2, 3, 3], 'nonzero')], params: { slope: 0.2 } },
  { op: 'leakyRelu', name: 'kink', inputs: [float([4], [-1, -0, 0, 2])], params: { slope: 0.2 }, exclude: KINK },
  { op: 'leakyRelu', name: 'slope 0.01', inputs: [float([9], 'nonzero')], params: { slope: 0.01 } },
];

const CONVERSIONS: readonly AnyOpCase[] = [
  {
    op: 'cast',
    name: 'f32 to i32 truncates towards 0',
    inputs: [float([6], [-2.7, -0.5, 0, 0.5, 2.7, 1e6])],
    params: { dtype: 'i32' },
    exclude: { half: 'f16 has no million' },
  },
  { op: 'cast', name: 'f32 to bool', inputs: [float([5], [-0.5, -0, 0, 1e-20, 3])], params: { dtype: 'bool' } },
  { op: 'cast', name: 'i32 to f32', inputs: [integer([2, 4])], params: { dtype: 'f32' } },
  { op: 'cast', name: 'i32 to bool', inputs: [integer([5], [-3, 0, 1, 256, 0])], params: { dtype: 'bool' } },
  { op: 'cast', name: 'bool to f32', inputs: [boolean([3, 3])], params: { dtype: 'f32' } },
  { op: 'cast', name: 'bool to i32', inputs: [boolean([7])], params: { dtype: 'i32' } },
  { op: 'cast', name: 'f32 to f32', inputs: [float([2, 2])], params: { dtype: 'f32' } },
];

const ARITHMETIC: readonly AnyOpCase[] = [
  { op: 'add', name: 'same shape', inputs: [float([2, 3]), float([2, 3])], params: {} },
  { op: 'add', name: 'bias over channels', inputs: [float([2, 3, 2, 2]), float([1, 3, 1, 1])], params: {} },
  { op: 'add', name: 'both stretch', inputs: [float([2, 1, 4]), float([3, 1])], params: {} },
  { op: 'add', name: 'scalar', inputs: [float([]), float([2, 3])], params: {} },
  { op: 'add', name: 'two scalars', inputs: [float([]), float([])], params: {} },
  { op: 'add', name: 'leading axes', inputs: [float([3]), float([2, 1, 3])], params: {} },
  { op: 'add', name: 'i32', inputs: [integer([2, 3]), integer([3])], params: {} },
  { op: 'sub', name: 'same shape', inputs: [float([5]), float([5])], params: {} },
  { op: 'sub', name: 'statistics', inputs: [float([2, 3, 3, 2]), float([2, 3, 1, 1])], params: {} },
  { op: 'sub', name: 'scalar minus matrix', inputs: [float([]), float([3, 2])], params: {} },
  { op: 'sub', name: 'i32', inputs: [integer([4]), integer([1])], params: {} },
  { op: 'mul', name: 'same shape', inputs: [float([3, 4]), float([3, 4])], params: {} },
  { op: 'mul', name: 'both stretch', inputs: [float([2, 1, 4]), float([1, 3, 1])], params: {} },
  { op: 'mul', name: 'scalar', inputs: [float([2, 2]), float([])], params: {} },
  { op: 'mul', name: 'batch axis', inputs: [float([3, 2, 2, 2]), float([3, 1, 1, 1])], params: {} },
  { op: 'mul', name: 'i32', inputs: [integer([2, 3]), integer([2, 1])], params: {} },
  { op: 'div', name: 'same shape', inputs: [float([3, 4]), float([3, 4], 'positive')], params: {} },
  { op: 'div', name: 'both stretch', inputs: [float([2, 1, 3]), float([4, 1], 'positive')], params: {} },
  { op: 'div', name: 'scalar over matrix', inputs: [float([]), float([2, 3], 'positive')], params: {} },
  { op: 'div', name: 'by zero', inputs: [float([3], [1, -1, 2]), float([3], [0, 0, 4])], params: {}, exclude: POLE },
  { op: 'div', name: 'i32 truncates towards 0', inputs: [integer([4], [7, -7, 7, -7]), integer([4], [2, 2, -2, -2])], params: {} },
];

const EXTREMA: readonly AnyOpCase[] = [
  { op: 'min', name: 'same shape', inputs: [float([3, 4], 'distinct'), float([3, 4], 'distinct')], params: {} },
  { op: 'min', name: 'both stretch', inputs: [float([2, 1, 3], 'distinct'), float([4, 1], 'distinct')], params: {} },
  { op: 'min', name: 'ties', inputs: [float([3], [1, 2, -3]), float([3], [1, 1, -3])], params: {}, exclude: TIES },
  { op: 'min', name: 'i32', inputs: [integer([6]), integer([6])], params: {} },
  { op: 'max', name: 'same shape', inputs: [float([3, 4], 'distinct'), float([3, 4], 'distinct')], params: {} },
  { op: 'max', name: 'scalar', inputs: [float([5], 'distinct'), float([], 'distinct')], params: {} },
  { op: 'max', name: 'ties', inputs: [float([3], [1, 2, -3]), float([3], [1, 3, -3])], params: {}, exclude: TIES },
  { op: 'max', name: 'i32', inputs: [integer([6]), integer([6])], params: {} },
];

const RELATIONS: readonly Relation[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];

const COMPARISONS: readonly AnyOpCase[] = [
  ...RELATIONS.map(
    (relation): AnyOpCase => ({
      op: 'compare',
      name: relation,
      inputs: [float([5], [1, 2, 3, -0, 0]), float([5], [2, 2, 2, 0, -0])],
      params: { relation },
    }),
  ),
  ...RELATIONS.map(
    (relation): AnyOpCase => ({ op: 'compare', name: `${relation} of i32`, inputs: [integer([2, 9]), integer([9])], params: { relation } }),
  ),
  { op: 'compare', name: 'both stretch', inputs: [float([2, 1, 3]), float([4, 1])], params: { relation: 'lt' } },
  { op: 'select', name: 'same shape', inputs: [boolean([3, 4]), float([3, 4]), float([3, 4])], params: {} },
  { op: 'select', name: 'condition stretches', inputs: [boolean([3, 1]), float([2, 3, 4]), float([2, 3, 4])], params: {} },
  { op: 'select', name: 'values stretch', inputs: [boolean([2, 3, 4]), float([]), float([3, 1])], params: {} },
  { op: 'select', name: 'scalar condition', inputs: [boolean([], [1]), float([2, 2]), float([2, 2])], params: {} },
  { op: 'select', name: 'i32', inputs: [boolean([6]), integer([6]), integer([1])], params: {} },
];

/** Cases of leaves and elementwise ops. */
export const ELEMENTWISE_CASES: readonly AnyOpCase[] = [...LEAVES, ...UNARY, ...CONVERSIONS, ...ARITHMETIC, ...EXTREMA, ...COMPARISONS];
