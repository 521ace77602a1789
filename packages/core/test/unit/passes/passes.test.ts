import { describe, expect, it } from 'vitest';
import { grad } from '../../../src/autodiff/grad.ts';
import { type Graph, type Tensor, Trace, trace } from '../../../src/graph/graph.ts';
import { verify } from '../../../src/graph/verify.ts';
import { ZEROS } from '../../../src/nn/initializers.ts';
import * as ops from '../../../src/ops.ts';
import {
  cleanUpAlgebra,
  decomposeTo,
  eliminateDeadCode,
  foldConstants,
  optimise,
  type Pass,
  shareCommonSubexpressions,
} from '../../../src/passes/passes.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import { f32, type HostTensor } from '../../../src/tensor.ts';
import { runGraph } from '../../../src/testing/index.ts';

/** The graph of y = body(x), x of shape 2x3. */
function graphOf(body: (x: Tensor) => Tensor, dtype: 'f32' | 'f16' | 'i32' = 'f32'): Graph {
  return trace((t) => t.output('y', body(t.input('x', [2, 3], dtype))));
}

/** Ops of a graph in order, declarations and constants left out. */
function opsOf(graph: Graph): string[] {
  return graph.nodes.map(({ op }) => op as string).filter((op) => !['input', 'variable', 'constant'].includes(op));
}

/** Ops that `pass` leaves of y = body(x). */
function after(pass: Pass, body: (x: Tensor) => Tensor, dtype?: 'f32' | 'f16' | 'i32'): string[] {
  const result = pass(graphOf(body, dtype));
  verify(result);
  return opsOf(result);
}

/** The constant that y is, or undefined. */
function constantResult(graph: Graph): HostTensor | undefined {
  const node = graph.outputs.get('y')?.node;
  return node?.op === 'constant' ? node.params : undefined;
}

describe('eliminateDeadCode', () => {
  it('keeps what outputs and updates need, and every declaration', () => {
    const graph = trace((t) => {
      const x = t.input('x', [2]);
      t.input('unused', [3]);
      const w = t.variable('w', [2], ZEROS);
      t.variable('idle', [], ZEROS);
      ops.exp(ops.tanh(x));
      t.update('w', ops.add(w, ops.relu(x)));
      t.output('y', ops.square(x));
    });
    const result = eliminateDeadCode(graph);
    verify(result);
    expect(opsOf(result)).toEqual(['relu', 'add', 'square']);
    expect([...result.inputs.keys()]).toEqual(['x', 'unused']);
    expect([...result.variables.keys()]).toEqual(['w', 'idle']);
    expect(result.variables.get('w')?.update?.node.op).toBe('add');
    expect(result.variables.get('w')?.init).toBe(ZEROS);
    expect(result.variables.get('idle')?.update).toBeUndefined();
  });

  it('keeps scopes', () => {
    const graph = trace((t) =>
      t.output(
        'y',
        t.scoped('genAB', () => ops.tanh(t.input('x', [2]))),
      ),
    );
    expect(eliminateDeadCode(graph).nodes.map(({ scope }) => scope)).toEqual(['', 'genAB']);
  });
});

describe('shareCommonSubexpressions', () => {
  const share = (body: (x: Tensor) => Tensor) => after(shareCommonSubexpressions, body);

  it('computes equal expressions once, whole chains of them', () => {
    expect(share((x) => ops.add(ops.exp(ops.tanh(x)), ops.exp(ops.tanh(x))))).toEqual(['tanh', 'exp', 'add']);
  });

  it('shares all results of an op', () => {
    const statistics = (x: Tensor) => ops.normalize(x, [1]);
    expect(share((x) => ops.add(ops.mul(statistics(x).y, statistics(x).mean), statistics(x).rstd))).toEqual(['normalize', 'mul', 'add']);
  });

  it('keeps other parameters, operands and results apart', () => {
    expect(share((x) => ops.add(ops.leakyRelu(x, 0.1), ops.leakyRelu(x, 0.2)))).toHaveLength(3);
    expect(share((x) => ops.mul(ops.sub(x, ops.neg(x)), ops.sub(ops.neg(x), x)))).toEqual(['neg', 'sub', 'sub', 'mul']);
    const { length } = share((x) => ops.add(ops.tanh(ops.normalize(x, [1]).mean), ops.tanh(ops.normalize(x, [1]).rstd)));
    expect(length).toBe(4);
  });

  it.each([
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.NaN, Number.POSITIVE_INFINITY],
    [0, -0],
  ])('tells %d and %d in parameters apart', (a, b) => {
    const padded = (x: Tensor, value: number) => ops.pad(x, [1, 0], [0, 0], { value });
    expect(share((x) => ops.add(padded(x, a), padded(x, b)))).toEqual(['pad', 'pad', 'add']);
    expect(share((x) => ops.add(padded(x, a), padded(x, a)))).toEqual(['pad', 'add']);
  });
});

describe('foldConstants', () => {
  it('computes what depends on constants alone', () => {
    const graph = foldConstants(graphOf((x) => ops.sqrt(ops.add(ops.mul(ops.scalar(x, 3), 4), ops.exp(ops.scalar(x, 0))))));
    verify(graph);
    expect(opsOf(graph)).toEqual([]);
    expect(constantResult(graph)?.data[0]).toBe(Math.sqrt(13));
  });

  it('leaves large fills as broadcasts', () => {
    const filled = (extent: number) => trace((t) => t.output('y', ops.broadcast(ops.scalar(t.input('x', []), 1), [extent])));
    expect(opsOf(foldConstants(filled(8)))).toEqual([]);
    expect(opsOf(foldConstants(filled(1000)))).toEqual(['broadcast']);
  });

  it('leaves f16 and composites to the backend', () => {
    expect(after(foldConstants, (x) => ops.add(x, 1), 'f16')).toEqual(['cast', 'add']);
    const graph = trace((t) => {
      const image = t.constant(f32([1, 1, 2, 2], [1, 2, 3, 4]));
      t.output('y', ops.maxPool(image, { kernel: [2, 2], strides: [1, 1], padding: [0, 0, 0, 0] }));
    });
    expect(opsOf(foldConstants(graph))).toEqual(['maxPool']);
    expect(constantResult(optimise(graph, []))?.data).toEqual(Float64Array.of(4));
  });

  it('folds comparisons, conversions and integers', () => {
    const counted = foldConstants(graphOf((x) => ops.cast(ops.compare(ops.scalar(x, 2), 'gt', 1), 'i32')));
    expect(constantResult(counted)).toEqual({ shape: [], dtype: 'i32', data: Int32Array.of(1) });
  });
});

describe('cleanUpAlgebra', () => {
  const row = (x: Tensor) => ops.slice(x, [0, 0], [1, 3]);
  const zeros = (x: Tensor) => ops.fill(x, 0);

  it.each<[string, (x: Tensor) => Tensor, string[]]>([
    ['x + 0', (x) => ops.add(x, 0), []],
    ['0 + x', (x) => ops.add(0, x), []],
    ['x + zeros', (x) => ops.add(x, zeros(x)), []],
    ['x - 0', (x) => ops.sub(x, 0), []],
    ['0 - x', (x) => ops.sub(0, x), ['neg']],
    ['x * 1', (x) => ops.mul(x, 1), []],
    ['1 * x', (x) => ops.mul(1, x), []],
    ['x / 1', (x) => ops.div(x, 1), []],
    ['x + -y', (x) => ops.add(x, ops.neg(ops.exp(x))), ['exp', 'sub']],
    ['-x + y', (x) => ops.add(ops.neg(x), ops.exp(x)), ['exp', 'sub']],
    ['x - -y', (x) => ops.sub(x, ops.neg(ops.exp(x))), ['exp', 'add']],
    ['--x', (x) => ops.neg(ops.neg(x)), []],
    ['(x * 2) * 3', (x) => ops.mul(ops.mul(x, 2), 3), ['mul']],
    ['4 * (3 * (2 * x))', (x) => ops.mul(4, ops.mul(3, ops.mul(2, x))), ['mul']],
    ['a row and zeros', (x) => ops.add(row(x), zeros(x)), ['slice', 'broadcast']],
    ['reshape twice', (x) => ops.reshape(ops.reshape(x, [6]), [3, 2]), ['reshape']],
    ['reshape and back', (x) => ops.reshape(ops.reshape(x, [6]), [2, 3]), []],
    ['transpose and back', (x) => ops.transpose(ops.transpose(x, [1, 0]), [1, 0]), []],
    ['broadcast twice', (x) => ops.broadcast(ops.broadcast(row(x), [4, 3]), [5, 4, 3]), ['slice', 'broadcast']],
    ['broadcast beside its shape', (x) => ops.mul(x, ops.broadcast(row(x), [2, 3])), ['slice', 'mul']],
    [
      'two broadcasts',
      (x) => ops.mul(ops.broadcast(row(x), [4, 3]), ops.broadcast(row(x), [4, 3])),
      ['slice', 'slice', 'broadcast', 'mul'],
    ],
    ['sum over an extent of 1', (x) => ops.sum(row(x), [0]), ['slice']],
    ['slice of everything', (x) => ops.slice(x, [0, 0], [2, 3]), []],
  ])('%s', (_, body, left) => {
    expect(after((graph) => eliminateDeadCode(cleanUpAlgebra(graph)), body)).toEqual(left);
  });

  it.each<[string, (x: Tensor) => Tensor]>([
    ['x * 0, which is NaN for an infinite x', (x) => ops.mul(x, 0)],
    ['x - x', (x) => ops.sub(x, x)],
    ['x / x', (x) => ops.div(x, x)],
    ['0 / x', (x) => ops.div(0, x)],
    ['x / 2', (x) => ops.div(x, 2)],
    ['1 - x', (x) => ops.sub(1, x)],
  ])('keeps %s', (_, body) => {
    expect(after(cleanUpAlgebra, body)).toHaveLength(1);
  });

  it('gathers no factors that meet outside the range of f32', () => {
    expect(after(cleanUpAlgebra, (x) => ops.mul(ops.mul(x, 1e-30), 1e-30))).toEqual(['mul', 'mul']);
    expect(after(cleanUpAlgebra, (x) => ops.mul(ops.mul(x, 1e30), 1e30))).toEqual(['mul', 'mul']);
  });

  it('leaves integers to themselves', () => {
    expect(after(cleanUpAlgebra, (x) => ops.sub(0, x), 'i32')).toEqual(['sub']);
    expect(after(cleanUpAlgebra, (x) => ops.mul(ops.mul(x, 3), 5), 'i32')).toEqual(['mul', 'mul']);
    expect(after(cleanUpAlgebra, (x) => ops.add(x, 0), 'i32')).toEqual([]);
  });
});

describe('decomposeTo', () => {
  const body = (x: Tensor) => ops.softmaxCrossEntropy(ops.normalize(x, [1]).y, x);

  it('keeps the composites that a backend has', () => {
    expect(after(decomposeTo(['normalize', 'softmaxCrossEntropy']), body)).toEqual(['normalize', 'softmaxCrossEntropy']);
    expect(after(decomposeTo(['normalize']), body)).toContain('normalize');
    expect(after(decomposeTo(['normalize']), body)).not.toContain('softmaxCrossEntropy');
  });

  it('replaces the others, those that gradients record included', () => {
    const graph = trace((t) => {
      const x = t.input('x', [1, 2, 3, 3]);
      const loss = ops.meanAll(ops.square(ops.normalize(x, [2, 3]).y));
      t.output('y', grad(loss, [x])[0] as Tensor);
    });
    expect(opsOf(graph)).toContain('normalizeGrad');
    expect(opsOf(decomposeTo([])(graph)).filter((op) => op.startsWith('normalize'))).toEqual([]);
  });
});

describe('optimise', () => {
  it('keeps variables and their updates working', async () => {
    const t = new Trace();
    const w = t.variable('w', [2], ZEROS);
    const x = t.input('x', [2]);
    const loss = ops.meanAll(ops.square(ops.sub(ops.mul(w, 3), x)));
    t.update('w', ops.sub(w, ops.mul(grad(loss, [w])[0] as Tensor, 0.1)));
    t.output('loss', loss);
    const graph = optimise(t.graph(), []);
    verify(graph);
    const backend = createReferenceBackend();
    const store = backend.createStore();
    await store.load({ w: f32([2], [1, 2]) });
    const program = await backend.compile(graph, { store });
    const { loss: value } = await program.run({ x: f32([2], [0, 3]) });
    // residuals 3 and 3, gradient 3 * 3 = 9 each
    expect((await value)?.data[0]).toBe(9);
    const { w: next } = await store.read(['w']);
    expect(next?.data[0]).toBeCloseTo(0.1, 12);
    expect(next?.data[1]).toBeCloseTo(1.1, 12);
  });

  it('makes the gradient of a mean of squares one product', () => {
    const graph = trace((t) => {
      const x = t.input('x', [4, 5]);
      t.output('y', grad(ops.meanAll(ops.square(x)), [x])[0] as Tensor);
    });
    expect(opsOf(optimise(graph, [])).filter((op) => op === 'mul').length).toBeLessThanOrEqual(2);
  });

  it('is what compile applies', async () => {
    const graph = graphOf((x) => ops.add(ops.resize(ops.reshape(x, [1, 1, 2, 3]), [4, 6]), 0));
    const { y } = await runGraph(createReferenceBackend(), graph, { x: f32([2, 3], [0, 1, 2, 3, 4, 5]) });
    expect(y?.shape).toEqual([1, 1, 4, 6]);
  });
});
