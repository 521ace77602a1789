import { describe, expect, it } from 'vitest';
import { grad, vjp } from '../../../src/autodiff/grad.ts';
import type { Feeds } from '../../../src/backend.ts';
import { GraphError, type Tensor, Trace } from '../../../src/graph/graph.ts';
import * as ops from '../../../src/ops.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import { f32, i32, type Shape } from '../../../src/tensor.ts';
import { type CaseGraph, finiteDifferences, GRADIENT, randomTensor, runGraph } from '../../../src/testing/index.ts';

/** Gradients of the sum of `body`'s result with respect to its arguments. */
async function gradients(args: readonly number[][], body: (...args: Tensor[]) => Tensor): Promise<number[][]> {
  const t = new Trace();
  const inputs = args.map((values, k) => t.input(`x${k}`, [values.length]));
  const result = body(...inputs);
  grad(ops.reshape(ops.sum(result), []), inputs).forEach((gradient, k) => {
    t.output(`g${k}`, gradient);
  });
  const feeds = Object.fromEntries(args.map((values, k) => [`x${k}`, f32([values.length], Float64Array.from(values))]));
  const outputs = await runGraph(createReferenceBackend(), t.graph(), feeds);
  return args.map((_, k) => Array.from(outputs[`g${k}`]?.data ?? []));
}

describe('gradients at kinks, as PyTorch has them', () => {
  const around = [-2, -0, 0, 3];

  it('abs: 0 at 0', async () => {
    expect(await gradients([[-2, 0, 3]], ops.abs)).toEqual([[-1, 0, 1]]);
  });

  it('relu: 0 at 0', async () => {
    expect(await gradients([around], ops.relu)).toEqual([[0, 0, 0, 1]]);
  });

  it('leakyRelu: the slope at 0', async () => {
    expect(await gradients([around], (x) => ops.leakyRelu(x as Tensor, 0.2))).toEqual([[0.2, 0.2, 0.2, 1]]);
  });

  it('sign: 0 everywhere', async () => {
    expect(await gradients([around], ops.sign)).toEqual([[0, 0, 0, 0]]);
  });

  it('min and max: ties share equally', async () => {
    const [a, b] = [
      [1, 2, 5],
      [3, 2, 4],
    ];
    expect(await gradients([a, b], (x, y) => ops.max(x as Tensor, y as Tensor))).toEqual([
      [0, 0.5, 1],
      [1, 0.5, 0],
    ]);
    expect(await gradients([a, b], (x, y) => ops.min(x as Tensor, y as Tensor))).toEqual([
      [1, 0.5, 0],
      [0, 0.5, 1],
    ]);
  });

  it('maxReduce: ties share equally', async () => {
    expect(await gradients([[1, 4, 4, 0, 4, 4]], (x) => ops.maxReduce(x as Tensor))).toEqual([[0, 0.25, 0.25, 0, 0.25, 0.25]]);
  });

  it('maxPool: ties of a window share equally', async () => {
    const geometry = { kernel: [1, 2], strides: [1, 1], padding: [0, 0, 0, 0] } as const;
    const pool = (x: Tensor) => ops.maxPool(ops.reshape(x, [1, 1, 1, 4]), geometry);
    // windows (7 7), (7 5), (5 5)
    expect(await gradients([[7, 7, 5, 5]], (x) => pool(x as Tensor))).toEqual([[0.5, 1.5, 0.5, 0.5]]);
  });
});

describe('grad', () => {
  it('adds up the uses of a tensor', async () => {
    expect(await gradients([[3, -1]], (x) => ops.add(ops.mul(x as Tensor, x as Tensor), ops.mul(x as Tensor, 5)))).toEqual([[11, 3]]);
  });

  it('adds up the uses of one tensor by one composite', async () => {
    const cross = (x: Tensor) => ops.softmaxCrossEntropy(ops.reshape(x, [1, 2]), ops.reshape(x, [1, 2]));
    // x (log(e^x0 + e^x1) - x) summed; at x = (0, 0): log 2 - 0 + sum(x) softmax - x
    expect(await gradients([[0, 0]], (x) => cross(x as Tensor))).toEqual([[expect.closeTo(Math.log(2)), expect.closeTo(Math.log(2))]]);
    const both = (x: Tensor) => {
      const image = ops.reshape(x, [1, 2]);
      return ops.softmaxCrossEntropy(image, image);
    };
    expect(await gradients([[0.5, -1]], (x) => both(x as Tensor))).toEqual(await gradients([[0.5, -1]], (x) => cross(x as Tensor)));
  });

  it('is zero where the loss does not depend on a tensor', async () => {
    expect(await gradients([[1, 2], [3]], (x) => ops.square(x as Tensor))).toEqual([[2, 4], [0]]);
  });

  it('stops at what has no gradient', async () => {
    expect(await gradients([[1.5, 2.5]], (x) => ops.cast(ops.cast(x as Tensor, 'i32'), 'f32'))).toEqual([[0, 0]]);
    const masked = (x: Tensor) => ops.select(ops.compare(x, 'gt', 2), x, ops.mul(x, 3));
    expect(await gradients([[1.5, 2.5]], (x) => masked(x as Tensor))).toEqual([[3, 1]]);
  });

  it('differentiates with respect to a tensor inside the graph, and what comes before it', async () => {
    const t = new Trace();
    const x = t.input('x', []);
    const y = ops.square(x);
    const [dy, dx] = grad(ops.mul(y, 7), [y, x]);
    t.output('dy', dy as Tensor);
    t.output('dx', dx as Tensor);
    const outputs = await runGraph(createReferenceBackend(), t.graph(), { x: f32([], [3]) });
    expect([outputs.dy?.data[0], outputs.dx?.data[0]]).toEqual([7, 42]);
  });

  it('is 1 for the loss itself', async () => {
    expect(await gradients([[4]], (x) => x as Tensor)).toEqual([[1]]);
  });

  it('goes on to third order', async () => {
    const t = new Trace();
    const x = t.input('x', []);
    let y: Tensor = ops.mul(ops.square(x), ops.square(x));
    for (let order = 0; order < 3; order++) [y] = grad(y, [x]) as [Tensor];
    t.output('y', y);
    const outputs = await runGraph(createReferenceBackend(), t.graph(), { x: f32([], [2]) });
    expect(outputs.y?.data[0]).toBe(48);
  });

  it('marks its nodes as gradients of the scope they belong to', () => {
    const t = new Trace();
    const x = t.input('x', []);
    const y = t.scoped('genAB', () => ops.tanh(x));
    const [dx] = grad(ops.exp(y), [x]) as [Tensor];
    expect(dx.node.scope).toBe('grad/genAB');
    expect(t.graph().nodes.map(({ scope }) => scope)).toContain('grad');
  });

  it('refuses losses that are no float scalars, and cotangents that do not fit', () => {
    const t = new Trace();
    const x = t.input('x', [2]);
    expect(() => grad(x, [x])).toThrow(GraphError);
    expect(() => grad(t.input('n', [], 'i32'), [x])).toThrow('grad: the loss must be a floating-point scalar, got i32[scalar].');
    expect(() => vjp([x], [t.input('c', [3])], [x])).toThrow('vjp: cotangent 0 must have the type of its output, f32[2].');
    expect(() => vjp([x], [], [x])).toThrow(GraphError);
  });
});

describe('normalize', () => {
  it.each(['mean', 'rstd', 'y'] as const)('has a gradient through %s alone, of both orders', async (result) => {
    const errors = await scalarCheck({ x: [2, 2, 3, 3] }, ({ x }) => ops.square(ops.normalize(x, [2, 3])[result]));
    expect(Math.max(...errors)).toBeLessThan(1e-7);
  });
});

describe('a gradient penalty through a small discriminator', () => {
  const shapes = { x: [2, 2, 6, 6], w0: [3, 2, 4, 4], w1: [3, 3, 3, 3], w2: [1, 3, 2, 2] } as const;

  it('agrees with finite differences', async () => {
    const errors = await scalarCheck(shapes, ({ x, w0, w1, w2 }) => {
      const first = ops.leakyRelu(ops.conv2d(x, w0, ops.convGeometry(2, 1)), 0.2);
      const second = ops.leakyRelu(ops.normalize(ops.conv2d(ops.reflectPad(first, 1), w1), [2, 3]).y, 0.2);
      const logits = ops.conv2d(second, w2);
      const [slope] = grad(ops.reshape(ops.sum(logits), []), [x]) as [Tensor];
      const length = ops.sqrt(ops.sum(ops.square(slope), [1, 2, 3]));
      return ops.square(ops.sub(length, 1));
    });
    expect(Math.max(...errors)).toBeLessThan(1e-7);
  });
});

describe('finiteDifferences', () => {
  it('notices a wrong gradient', async () => {
    const t = new Trace();
    const x = t.input('x', [3]);
    t.output('loss', ops.reshape(ops.sum(ops.mul(ops.square(x), x)), []));
    t.output(`${GRADIENT}x`, ops.mul(ops.square(x), 2.999));
    const errors = await finiteDifferences({ graph: t.graph(), feeds: { x: f32([3], [1, 2, 3]) } }, 'wrong');
    expect(errors.get('x')).toBeGreaterThan(1e-4);
  });

  it('leaves integer feeds alone', async () => {
    const t = new Trace();
    const x = t.input('x', [3]);
    const loss = ops.reshape(ops.sum(ops.square(ops.dynamicSlice(x, t.input('at', [], 'i32'), 2))), []);
    t.output('loss', loss);
    t.output(`${GRADIENT}x`, grad(loss, [x])[0] as Tensor);
    const errors = await finiteDifferences({ graph: t.graph(), feeds: { x: f32([3], [1, 2, 3]), at: i32([], [1]) } }, 'slice');
    expect(errors.get('x')).toBeLessThan(1e-9);
  });
});

type Named<T> = Readonly<Record<string, T>>;

/** Errors of first- and second-order gradients of the sum of `body`'s result, by finite differences on normal inputs. */
async function scalarCheck<S extends Named<Shape>>(shapes: S, body: (inputs: { [K in keyof S]: Tensor }) => Tensor): Promise<number[]> {
  const errors: number[] = [];
  for (const order of [1, 2]) {
    const t = new Trace();
    const feeds: Record<string, Feeds[string]> = {};
    const inputs: Record<string, Tensor> = {};
    for (const [name, shape] of Object.entries(shapes)) {
      feeds[name] = randomTensor(shape, `grad/${name}`);
      inputs[name] = t.input(name, shape);
    }
    let loss = ops.reshape(ops.sum(body(inputs as { [K in keyof S]: Tensor })), []);
    if (order === 2) {
      const squares = grad(loss, Object.values(inputs)).map((gradient) => ops.reshape(ops.sum(ops.square(gradient)), []));
      loss = squares.reduce((total, square) => ops.add(total, square));
    }
    t.output('loss', loss);
    grad(loss, Object.values(inputs)).forEach((gradient, k) => {
      t.output(`${GRADIENT}${Object.keys(inputs)[k]}`, gradient);
    });
    const caseGraph: CaseGraph = { graph: t.graph(), feeds };
    errors.push(...(await finiteDifferences(caseGraph, `order ${order}`)).values());
  }
  return errors;
}
