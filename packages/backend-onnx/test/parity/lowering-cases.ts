/** Corners of the lowerings that the op cases of the testing kit do not single out. */
import {
  type DType,
  type Graph,
  type OpName,
  type OpParams,
  type PoolGeometry,
  type Shape,
  type Tensor,
  type Trace,
  trace,
} from '@cyclegan/core';

/** An op on inputs of these shapes, f32 unless said. */
export interface Case<K extends OpName> {
  readonly op: K;
  readonly inputs: readonly (Shape | readonly [Shape, DType])[];
  readonly params: OpParams[K];
}

function opCase<K extends OpName>(op: K, inputs: Case<K>['inputs'], params: OpParams[K]): Case<OpName> {
  return { op, inputs, params } as unknown as Case<OpName>;
}

function inputsOf(graph: Trace, inputs: Case<OpName>['inputs']): Tensor[] {
  return inputs.map((input, index) => {
    const [shape, dtype] = Array.isArray(input[0]) ? (input as readonly [Shape, DType]) : ([input as Shape, 'f32'] as const);
    return graph.input(`input${index}`, shape, dtype);
  });
}

const B = (shape: Shape) => [shape, 'bool'] as const;
const I = (shape: Shape) => [shape, 'i32'] as const;
const pool = (kernel: [number, number], strides: [number, number], padding: [number, number, number, number]): PoolGeometry => ({
  kernel,
  strides,
  padding,
});

/** The cases. */
export const CASES: readonly Case<OpName>[] = [
  opCase('pad', [[3, 4]], { low: [-1, 2], high: [3, -1], interior: [0, 0], value: 0.5 }),
  opCase('pad', [[3, 4]], { low: [-2, -1], high: [4, -3], interior: [2, 1], value: -1 }),
  opCase('pad', [[2, 1, 3]], { low: [1, 0, 2], high: [0, 2, 0], interior: [3, 2, 1], value: 0 }),
  opCase('pad', [I([2, 3])], { low: [1, -1], high: [0, 0], interior: [1, 0], value: 7 }),
  opCase('pad', [B([2, 3])], { low: [1, 0], high: [0, 1], interior: [0, 1], value: 1 }),
  opCase('pad', [[2]], { low: [0], high: [3], interior: [0], value: Number.NEGATIVE_INFINITY }),
  opCase('reflectPad', [[2, 3, 4, 5]], { padding: [3, 1, 0, 4] }),
  opCase('reflectPad', [[1, 2, 2, 2]], { padding: [1, 1, 1, 1] }),
  opCase('reflectPadGrad', [[2, 3, 8, 9]], { padding: [1, 1, 2, 3] }),
  opCase('reflectPadGrad', [[1, 2, 10, 13]], { padding: [3, 3, 4, 4] }),
  opCase('reflectPadGrad', [[1, 2, 8, 9]], { padding: [0, 3, 4, 0] }),
  opCase('reflectPadGrad', [[1, 2, 4, 12]], { padding: [1, 1, 4, 3] }),
  opCase('reflectPadGrad', [[1, 2, 4, 3]], { padding: [0, 0, 1, 0] }),
  opCase('slice', [[5, 7, 3]], { starts: [1, 0, 0], limits: [5, 7, 3], steps: [2, 3, 1] }),
  opCase('slice', [[2, 3]], { starts: [0, 0], limits: [2, 3], steps: [1, 1] }),
  opCase('transpose', [[2, 1, 3]], { permutation: [1, 0, 2] }),
  opCase('transpose', [[2, 1, 3]], { permutation: [2, 0, 1] }),
  opCase('reshape', [[1, 1]], { shape: [] }),
  opCase('broadcast', [[]], { shape: [2, 3] }),
  opCase('broadcast', [B([1, 3])], { shape: [2, 2, 3] }),
  opCase('concat', [[2, 3]], { axis: 1 }),
  opCase('sum', [[2, 3, 4]], { axes: [] }),
  opCase('sum', [[2, 3, 4]], { axes: [0, 1, 2] }),
  opCase('sum', [[1, 3, 1]], { axes: [0, 2] }),
  opCase('maxReduce', [[2, 3, 4]], { axes: [1] }),
  opCase('compare', [[2, 3], [3]], { relation: 'ne' }),
  opCase('compare', [B([4, 3]), B([4, 1])], { relation: 'lt' }),
  opCase('compare', [B([4, 3]), B([4, 1])], { relation: 'ne' }),
  opCase('compare', [I([4, 3]), I([])], { relation: 'ge' }),
  opCase('select', [B([4, 1]), B([3]), B([4, 3])], {}),
  opCase('select', [B([4, 3]), I([]), I([3])], {}),
  opCase('min', [I([4, 3]), I([3])], {}),
  opCase('max', [I([4, 3]), I([3])], {}),
  opCase('mul', [I([4, 3]), I([3])], {}),
  opCase('cast', [[5, 7]], { dtype: 'i32' }),
  opCase('cast', [[5, 7]], { dtype: 'bool' }),
  opCase('cast', [B([5, 7])], { dtype: 'f32' }),
  opCase('cast', [I([5, 7])], { dtype: 'bool' }),
  opCase('iota', [], { length: 5, dtype: 'i32' }),
  opCase('iota', [], { length: 5, dtype: 'f32' }),
  opCase(
    'matmul',
    [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    {},
  ),
  opCase('normalize', [[2, 3, 4, 5]], { axes: [2, 3], epsilon: 1e-5 }),
  opCase('normalize', [[2, 3, 4, 5]], { axes: [3, 2], epsilon: 1e-5 }),
  opCase('normalize', [[2, 3, 4, 5]], { axes: [0, 2, 3], epsilon: 1e-5 }),
  opCase('normalize', [[2, 3, 1, 1]], { axes: [2, 3], epsilon: 1e-5 }),
  opCase(
    'normalizeGrad',
    [
      [2, 3, 4, 5],
      [2, 3, 4, 5],
      [2, 3, 1, 1],
    ],
    { axes: [2, 3] },
  ),
  opCase(
    'normalizeGrad',
    [
      [2, 3, 4, 5],
      [2, 3, 4, 5],
      [1, 3, 1, 1],
    ],
    { axes: [0, 2, 3] },
  ),
  opCase('maxPool', [[2, 3, 7, 8]], pool([3, 2], [2, 1], [1, 2, 0, 1])),
  opCase('averagePool', [[2, 3, 7, 8]], pool([3, 2], [2, 1], [1, 2, 0, 1])),
  opCase('averagePool', [[2, 3, 8, 8]], pool([3, 3], [2, 2], [1, 0, 1, 0])),
];

/** A case's graph, with outputs y0, y1 ... */
export function caseGraph({ op, inputs, params }: Case<OpName>): Graph {
  return trace((graph) => {
    graph.emit(op, inputsOf(graph, inputs), params).forEach((output, index) => {
      graph.output(`y${index}`, output);
    });
  });
}

/** What a case is called in reports. */
export function labelOf({ op, inputs, params }: Case<OpName>): string {
  return `${op} ${JSON.stringify(inputs)} ${JSON.stringify(params)}`;
}
