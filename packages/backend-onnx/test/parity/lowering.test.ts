/** Corners of the lowerings that the op cases of the testing kit do not single out, against the reference. */

import type { Backend } from '@cyclegan/core';
import { f32, only, trace } from '@cyclegan/core';
import { randomTensor, runGraph } from '@cyclegan/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnnxBackend } from '../../src/index.ts';
import { expectParity } from './compare.ts';
import { CASES, caseGraph, labelOf } from './lowering-cases.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await createOnnxBackend({ threads: 1 });
});
afterAll(() => backend.dispose());

describe('lowerings', () => {
  it.each(CASES.map((one, index) => ({ one, label: `${index} ${labelOf(one)}` })))('$label', ({ one }) =>
    expectParity(backend, caseGraph(one)),
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
