import { describe, expect, it } from 'vitest';
import { grad } from '../../../src/autodiff/grad.ts';
import { type Graph, type Tensor, trace } from '../../../src/graph/graph.ts';
import { verify } from '../../../src/graph/verify.ts';
import * as ops from '../../../src/ops.ts';
import { cleanUpAlgebra, decomposeTo, optimise } from '../../../src/passes/passes.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import { randomTensor } from '../../../src/testing/index.ts';

const SHAPE = [2, 3, 4, 4];
const COMPOSITES = ['normalize', 'normalizeGrad'] as const;

const opsOf = (graph: Graph) => graph.nodes.map(({ op }) => op as string).filter((op) => !['input', 'constant'].includes(op));

/** Every output, on random inputs, as computed without any pass but the decomposition. */
async function valuesOf(graph: Graph): Promise<Record<string, readonly number[]>> {
  const backend = createReferenceBackend();
  const program = await backend.compile(decomposeTo([])(graph), { store: backend.createStore() });
  const outputs = await program.run(Object.fromEntries([...graph.inputs].map(([name, { shape }]) => [name, randomTensor(shape, name)])));
  return Object.fromEntries(
    await Promise.all(Object.entries(outputs).map(async ([name, value]) => [name, [...(await value).data]] as const)),
  );
}

async function expectEqual(a: Graph, b: Graph): Promise<void> {
  const [left, right] = [await valuesOf(a), await valuesOf(b)];
  for (const [name, values] of Object.entries(left)) {
    values.forEach((value, at) => {
      expect(right[name]?.[at], name).toBeCloseTo(value, 12);
    });
  }
}

/** y, mean and deviation of x + c. */
const offset = (c: readonly number[], axes: readonly number[], swapped = false) =>
  trace((t) => {
    const [x, by] = [t.input('x', SHAPE), t.input('c', c)];
    for (const [name, value] of Object.entries(ops.normalize(swapped ? ops.add(by, x) : ops.add(x, by), axes))) t.output(name, value);
  });

describe('normalize(x + c)', () => {
  it.each([
    [[1, 3, 1, 1], [2, 3], false],
    [[3, 1, 1], [2, 3], true],
    [[2, 3, 1, 1], [2, 3], false],
    [[1, 3, 1, 1], [0, 2, 3], true],
    [[], [2, 3], false],
  ] as const)('is normalize(x) for c of shape %j over the axes %j', async (c, axes, swapped) => {
    const graph = offset(c, axes, swapped);
    const result = cleanUpAlgebra(graph);
    verify(result);
    expect(opsOf(result)).toEqual(['normalize', 'add']);
    expect(result.outputs.get('y')?.node.inputs[0]?.node.op).toBe('input');
    await expectEqual(graph, result);
  });

  it.each([
    [
      [1, 3, 1, 4],
      [2, 3],
    ],
    [
      [2, 3, 1, 1],
      [0, 2, 3],
    ],
    [[4], [2, 3]],
  ] as const)('stays where c of shape %j varies along the axes %j', (c, axes) => {
    expect(opsOf(cleanUpAlgebra(offset(c, axes)))).toEqual(['add', 'normalize']);
  });

  it('stays where the sum is larger than x', () => {
    const graph = trace((t) => t.output('y', ops.normalize(ops.add(t.input('x', [1, 3, 4, 4]), t.input('c', [2, 3, 1, 1])), [2, 3]).y));
    expect(opsOf(cleanUpAlgebra(graph))).toEqual(['add', 'normalize']);
  });
});

/** Gradient of a function of conv + bias, normalised, with respect to the bias. */
const biasGradient = (axes: readonly number[], batch = 2) =>
  trace((t) => {
    const [x, bias] = [t.input('x', [batch, 3, 4, 4]), t.input('bias', [3])];
    const { y } = ops.normalize(ops.add(x, ops.reshape(bias, [1, 3, 1, 1])), axes);
    t.output('gradient', grad(ops.meanAll(ops.tanh(ops.add(ops.square(y), y))), [bias])[0] as Tensor);
  });

describe('the gradient of an offset that is normalised away', () => {
  it.each([
    [[2, 3], 2],
    [[0, 2, 3], 2],
    [[0, 2, 3], 1],
  ])('over the axes %j of a batch of %d is zeros', async (axes, batch) => {
    const graph = biasGradient(axes, batch);
    const result = optimise(graph, COMPOSITES);
    expect(opsOf(result)).toEqual([]);
    await expectEqual(graph, result);
  });

  it.each<[string, (dy: Tensor, x: Tensor) => Tensor]>([
    [
      'a sum over fewer axes',
      (dy, x) => {
        const { y, rstd } = ops.normalize(x, [2, 3]);
        return ops.sum(ops.emit('normalizeGrad', [dy, y, rstd], { axes: [2, 3] })[0] as Tensor, [3]);
      },
    ],
    [
      'a y that was not normalised over the same axes',
      (dy, x) => {
        const { y, rstd } = ops.normalize(x, [3]);
        return ops.sum(ops.emit('normalizeGrad', [dy, y, ops.sum(rstd, [2])], { axes: [2, 3] })[0] as Tensor, [2, 3]);
      },
    ],
  ])('is computed for %s', (_, body) => {
    const graph = trace((t) => t.output('y', body(t.input('dy', SHAPE), t.input('x', SHAPE))));
    expect(opsOf(cleanUpAlgebra(graph))).toContain('normalizeGrad');
  });
});
