/** Evaluating one node outside a program, as constant folding does. */
import { expect, it } from 'vitest';
import { only, type Tensor, Trace } from '../../../src/graph/graph.ts';
import { evaluate } from '../../../src/reference/evaluate.ts';
import { f32 } from '../../../src/tensor.ts';

it('computes a node on host tensors, in f64', () => {
  const t = new Trace();
  const sum = only(t.emit('sum', [t.input('x', [3])], { axes: [0] }));
  expect(evaluate(sum.node, [f32([3], [1, 2, 0.25])])).toEqual([{ shape: [1], dtype: 'f32', data: Float64Array.of(3.25) }]);
});

it('refuses composites', () => {
  const t = new Trace();
  const [y] = t.emit('normalize', [t.input('x', [2])], { axes: [0], epsilon: 1 });
  expect(() => evaluate((y as Tensor).node, [f32([2], [1, 2])])).toThrow('normalize');
});
