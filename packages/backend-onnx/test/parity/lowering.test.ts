/** Corners of the lowerings that the op cases of the testing kit do not single out, against the reference. */

import type { Backend } from '@cyclegan/core';
import {
  type DType,
  f32,
  type OpName,
  type OpParams,
  only,
  type PoolGeometry,
  type Shape,
  type Tensor,
  type Trace,
  trace,
} from '@cyclegan/core';
import { randomTensor, runGraph } from '@cyclegan/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnnxBackend } from '../../src/index.ts';
import { expectParity } from './compare.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await createOnnxBackend({ threads: 1 });
});
afterAll(() => backend.dispose());

interface Case<K extends OpName> {
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

const CASES: readonly Case<OpName>[] = [
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

describe('lowerings', () => {
  it.each(CASES.map((one, index) => ({ ...one, label: `${index} ${one.op} ${JSON.stringify(one.inputs)} ${JSON.stringify(one.params)}` })))(
    '$label',
    async ({ op, inputs, params }) => {
      const graph = trace((graph) => {
        graph.emit(op, inputsOf(graph, inputs), params).forEach((output, index) => {
          graph.output(`y${index}`, output);
        });
      });
      await expectParity(backend, graph);
    },
  );

  it.each([-3, 0, 2, 4, 9])('dynamicSlice and dynamicUpdate clamp the index %i', async (index) => {
    const graph = trace((graph) => {
      const at = graph.input('at', [], 'i32');
      const x = graph.input('x', [5, 2, 3]);
      for (const size of [1, 2, 5]) {
        graph.output(`slice${size}`, only(graph.emit('dynamicSlice', [x, at], { size })));
        graph.output(`update${size}`, only(graph.emit('dynamicUpdate', [x, graph.input(`u${size}`, [size, 2, 3]), at], {})));
      }
    });
    const feeds = {
      at: { shape: [], dtype: 'i32', data: Int32Array.of(index) },
      x: randomTensor([5, 2, 3], 'values1'),
      u1: randomTensor([1, 2, 3], 'values2'),
      u2: randomTensor([2, 2, 3], 'values3'),
      u5: randomTensor([5, 2, 3], 'values4'),
    } as const;
    await expectParity(backend, graph, feeds);
  });

  it.each(['relu', 'tanh', 'sigmoid', 'softplus', 'exp'] as const)(
    '%s lets NaN through, by which training knows that it diverged',
    async (op) => {
      const graph = trace((graph) => graph.output('y', only(graph.emit(op, [graph.input('x', [19])], {}))));
      const { y } = await runGraph(backend, graph, { x: f32([19], new Float32Array(19).fill(Number.NaN)) });
      expect([...(y?.data ?? [])]).toEqual(new Array(19).fill(Number.NaN));
    },
  );

  it('instance statistics stay exact where the mean is large', async () => {
    const x = randomTensor([1, 2, 64, 64], 'values1');
    const shifted = { ...x, data: Float32Array.from(x.data, (value) => value + 100) };
    const graph = trace((graph) => {
      const [y] = graph.emit('normalize', [graph.input('x', x.shape)], { axes: [2, 3], epsilon: 1e-5 });
      if (y !== undefined) graph.output('y', y);
    });
    await expectParity(backend, graph, { x: shifted }, 1e-5);
  });

  it('outputs may be inputs, variables, constants, or one value twice', async () => {
    const graph = trace((graph) => {
      const x = graph.input('x', [2]);
      const doubled = only(graph.emit('add', [x, x], {}));
      graph.output('x', x);
      graph.output('again', x);
      graph.output('constant', graph.constant({ shape: [3], dtype: 'i32', data: Int32Array.of(1, -2, 3) }));
      graph.output('doubled', doubled);
      graph.output('doubledAgain', doubled);
      graph.output('reshaped', only(graph.emit('reshape', [x], { shape: [2] })));
    });
    await expectParity(backend, graph);
  });

  it('takes a feed that nothing depends on', async () => {
    const graph = trace((graph) => {
      graph.input('unused', [3]);
      graph.output('y', only(graph.emit('neg', [graph.input('x', [2])], {})));
    });
    await expectParity(backend, graph);
    expect(graph.inputs.has('unused')).toBe(true);
  });
});
