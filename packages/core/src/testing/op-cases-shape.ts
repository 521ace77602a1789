/** Cases of reductions, of ops that move elements, of products and of tensor-valued positions. */
import { type AnyOpCase, boolean, float, integer } from './op-case.ts';

const TIES = { finiteDifference: 'the largest elements tie; exact values are tested beside the rules' };

const REDUCTIONS: readonly AnyOpCase[] = [
  { op: 'sum', name: 'over pixels', inputs: [float([2, 3, 4, 5])], params: { axes: [2, 3] } },
  { op: 'sum', name: 'over all but channels', inputs: [float([2, 3, 4, 3])], params: { axes: [0, 2, 3] } },
  { op: 'sum', name: 'over channels', inputs: [float([2, 5, 3])], params: { axes: [1] } },
  { op: 'sum', name: 'over all', inputs: [float([3, 7])], params: { axes: [0, 1] } },
  { op: 'sum', name: 'over a vector', inputs: [float([9], 'positive')], params: { axes: [0] } },
  { op: 'sum', name: 'over an extent of 1', inputs: [float([3, 1])], params: { axes: [1] } },
  { op: 'maxReduce', name: 'over channels', inputs: [float([2, 5, 3], 'distinct')], params: { axes: [1] } },
  { op: 'maxReduce', name: 'over pixels', inputs: [float([2, 2, 3, 4], 'distinct')], params: { axes: [2, 3] } },
  { op: 'maxReduce', name: 'over all', inputs: [float([3, 5], 'distinct')], params: { axes: [0, 1] } },
  { op: 'maxReduce', name: 'ties', inputs: [float([2, 4], [1, 3, 3, 2, -1, -1, -1, -1])], params: { axes: [1] }, exclude: TIES },
];

const LAYOUT: readonly AnyOpCase[] = [
  { op: 'reshape', name: 'merge axes', inputs: [float([2, 3, 4])], params: { shape: [6, 4] } },
  { op: 'reshape', name: 'split axes', inputs: [float([2, 12])], params: { shape: [2, 3, 1, 4] } },
  { op: 'reshape', name: 'to a scalar', inputs: [float([1, 1, 1])], params: { shape: [] } },
  { op: 'reshape', name: 'from a scalar', inputs: [float([])], params: { shape: [1, 1] } },
  { op: 'reshape', name: 'i32', inputs: [integer([6])], params: { shape: [2, 3] } },
  { op: 'transpose', name: 'matrix', inputs: [float([3, 5])], params: { permutation: [1, 0] } },
  { op: 'transpose', name: 'channels last', inputs: [float([2, 3, 4, 5])], params: { permutation: [0, 2, 3, 1] } },
  { op: 'transpose', name: 'rotation of three axes', inputs: [float([2, 3, 4])], params: { permutation: [2, 0, 1] } },
  { op: 'transpose', name: 'identity', inputs: [float([2, 3])], params: { permutation: [0, 1] } },
  { op: 'broadcast', name: 'scalar', inputs: [float([])], params: { shape: [2, 3] } },
  { op: 'broadcast', name: 'extents of 1', inputs: [float([2, 1, 3, 1])], params: { shape: [2, 4, 3, 2] } },
  { op: 'broadcast', name: 'leading axes', inputs: [float([3])], params: { shape: [2, 4, 3] } },
  { op: 'broadcast', name: 'leading and stretched', inputs: [float([3, 1])], params: { shape: [2, 3, 5] } },
  { op: 'broadcast', name: 'i32', inputs: [integer([1])], params: { shape: [4] } },
  { op: 'concat', name: 'channels', inputs: [float([2, 1, 3, 2]), float([2, 3, 3, 2])], params: { axis: 1 } },
  { op: 'concat', name: 'batch, three inputs', inputs: [float([1, 2, 3]), float([2, 2, 3]), float([1, 2, 3])], params: { axis: 0 } },
  { op: 'concat', name: 'last axis', inputs: [float([3, 2]), float([3, 5])], params: { axis: 1 } },
  { op: 'concat', name: 'i32 vectors', inputs: [integer([2]), integer([3])], params: { axis: 0 } },
  { op: 'concat', name: 'bool', inputs: [boolean([2, 2]), boolean([1, 2])], params: { axis: 0 } },
];

const CUTS: readonly AnyOpCase[] = [
  {
    op: 'slice',
    name: 'window',
    inputs: [float([2, 3, 5, 6])],
    params: { starts: [0, 1, 1, 2], limits: [2, 3, 4, 6], steps: [1, 1, 1, 1] },
  },
  { op: 'slice', name: 'steps with a remainder', inputs: [float([7, 8])], params: { starts: [0, 1], limits: [7, 8], steps: [3, 2] } },
  { op: 'slice', name: 'step beyond the limit', inputs: [float([5, 4])], params: { starts: [1, 2], limits: [4, 4], steps: [7, 1] } },
  { op: 'slice', name: 'single element', inputs: [float([3, 4])], params: { starts: [2, 1], limits: [3, 2], steps: [1, 1] } },
  { op: 'slice', name: 'everything', inputs: [float([2, 2])], params: { starts: [0, 0], limits: [2, 2], steps: [1, 1] } },
  { op: 'slice', name: 'i32', inputs: [integer([6])], params: { starts: [1], limits: [6], steps: [2] } },
  {
    op: 'pad',
    name: 'all edges',
    inputs: [float([1, 2, 2, 3])],
    params: { low: [0, 0, 1, 2], high: [0, 0, 3, 1], interior: [0, 0, 0, 0], value: 0 },
  },
  { op: 'pad', name: 'value', inputs: [float([2, 3])], params: { low: [1, 0], high: [0, 2], interior: [0, 0], value: -1.5 } },
  {
    op: 'pad',
    name: 'minus infinity',
    inputs: [float([2, 2])],
    params: { low: [1, 1], high: [0, 0], interior: [0, 0], value: Number.NEGATIVE_INFINITY },
    exclude: { gradient: 'the result is infinite' },
  },
  { op: 'pad', name: 'negative crops', inputs: [float([5, 6])], params: { low: [-1, -2], high: [-2, 0], interior: [0, 0], value: 0 } },
  {
    op: 'pad',
    name: 'negative and positive',
    inputs: [float([4, 5])],
    params: { low: [-1, 2], high: [2, -3], interior: [0, 0], value: 0 },
  },
  { op: 'pad', name: 'interior', inputs: [float([3, 4])], params: { low: [0, 0], high: [0, 0], interior: [1, 2], value: 0 } },
  {
    op: 'pad',
    name: 'interior with edges and value',
    inputs: [float([2, 1, 3])],
    params: { low: [1, 0, 2], high: [0, 3, 1], interior: [2, 1, 1], value: 0.5 },
  },
  {
    op: 'pad',
    name: 'interior cropped between elements',
    inputs: [float([4, 3])],
    params: { low: [-1, -2], high: [-2, 1], interior: [2, 1], value: 0 },
  },
  {
    op: 'pad',
    name: 'interior cropped to padding alone',
    inputs: [float([2])],
    params: { low: [-1], high: [-1], interior: [3], value: 2 },
  },
  { op: 'pad', name: 'i32', inputs: [integer([3])], params: { low: [1], high: [2], interior: [0], value: 9 } },
];

const REFLECTIONS: readonly AnyOpCase[] = [
  { op: 'reflectPad', name: '1 all around', inputs: [float([2, 3, 4, 5])], params: { padding: [1, 1, 1, 1] } },
  { op: 'reflectPad', name: '3 of 4x5', inputs: [float([1, 2, 4, 5])], params: { padding: [3, 3, 3, 3] } },
  { op: 'reflectPad', name: 'extent - 1', inputs: [float([1, 1, 3, 4])], params: { padding: [2, 2, 3, 3] } },
  { op: 'reflectPad', name: 'asymmetric', inputs: [float([2, 1, 5, 4])], params: { padding: [0, 3, 2, 1] } },
  { op: 'reflectPad', name: 'nothing', inputs: [float([1, 2, 3, 2])], params: { padding: [0, 0, 0, 0] } },
  { op: 'reflectPadGrad', name: '1 all around', inputs: [float([2, 3, 6, 7])], params: { padding: [1, 1, 1, 1] } },
  { op: 'reflectPadGrad', name: '3 of 4x5', inputs: [float([1, 2, 10, 11])], params: { padding: [3, 3, 3, 3] } },
  { op: 'reflectPadGrad', name: 'extent - 1', inputs: [float([1, 1, 7, 10])], params: { padding: [2, 2, 3, 3] } },
  { op: 'reflectPadGrad', name: 'asymmetric', inputs: [float([2, 1, 8, 7])], params: { padding: [0, 3, 2, 1] } },
  { op: 'reflectPadGrad', name: 'nothing', inputs: [float([1, 2, 3, 2])], params: { padding: [0, 0, 0, 0] } },
];

const PRODUCTS: readonly AnyOpCase[] = [
  { op: 'matmul', name: 'odd sizes', inputs: [float([3, 5]), float([5, 7])], params: {} },
  { op: 'matmul', name: 'row by column', inputs: [float([1, 6]), float([6, 1])], params: {} },
  { op: 'matmul', name: 'column by row', inputs: [float([4, 1]), float([1, 3])], params: {} },
  { op: 'matmul', name: 'batch', inputs: [float([2, 3, 2, 4]), float([2, 3, 4, 3])], params: {} },
  { op: 'matmul', name: 'batch axes stretch', inputs: [float([2, 1, 3, 4]), float([5, 4, 2])], params: {} },
  { op: 'matmul', name: 'one matrix, many', inputs: [float([3, 2]), float([2, 4, 2, 5])], params: {} },
];

const POSITIONS: readonly AnyOpCase[] = [
  { op: 'dynamicSlice', name: 'one picture', inputs: [float([4, 2, 2, 3]), integer([], [2])], params: { size: 1 } },
  { op: 'dynamicSlice', name: 'two entries', inputs: [float([5, 3]), integer([], [1])], params: { size: 2 } },
  { op: 'dynamicSlice', name: 'index clamped above', inputs: [float([4, 3]), integer([], [9])], params: { size: 2 } },
  { op: 'dynamicSlice', name: 'index clamped below', inputs: [float([4, 3]), integer([], [-2])], params: { size: 2 } },
  { op: 'dynamicSlice', name: 'everything', inputs: [float([3, 2]), integer([], [1])], params: { size: 3 } },
  { op: 'dynamicSlice', name: 'i32 vector', inputs: [integer([5]), integer([], [3])], params: { size: 1 } },
  { op: 'dynamicUpdate', name: 'one picture', inputs: [float([4, 2, 2, 3]), float([1, 2, 2, 3]), integer([], [2])], params: {} },
  { op: 'dynamicUpdate', name: 'two entries', inputs: [float([5, 3]), float([2, 3]), integer([], [3])], params: {} },
  { op: 'dynamicUpdate', name: 'first entry', inputs: [float([3, 2]), float([1, 2]), integer([], [0])], params: {} },
  { op: 'dynamicUpdate', name: 'index clamped above', inputs: [float([4, 3]), float([2, 3]), integer([], [3])], params: {} },
  { op: 'dynamicUpdate', name: 'index clamped below', inputs: [float([4, 3]), float([2, 3]), integer([], [-1])], params: {} },
  { op: 'dynamicUpdate', name: 'everything', inputs: [float([3, 2]), float([3, 2]), integer([], [0])], params: {} },
];

/** Cases of reductions, shape ops, products and dynamic positions. */
export const SHAPE_CASES: readonly AnyOpCase[] = [...REDUCTIONS, ...LAYOUT, ...CUTS, ...REFLECTIONS, ...PRODUCTS, ...POSITIONS];
