import { describe, expect, it } from 'vitest';
import { GraphError, trace } from '../../../src/graph/graph.ts';
import * as ops from '../../../src/ops.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import { f32, type HostTensor } from '../../../src/tensor.ts';
import { runGraph } from '../../../src/testing/index.ts';

const X = f32([2, 3], [1, -2, 3, -4, 5, -6]);

/** What `body` makes of x = [[1, -2, 3], [-4, 5, -6]]. */
async function evaluate(body: (x: Parameters<typeof ops.neg>[0]) => ReturnType<typeof ops.neg>): Promise<HostTensor> {
  const graph = trace((t) => t.output('y', body(t.input('x', [2, 3]))));
  const { y } = await runGraph(createReferenceBackend(), graph, { x: X });
  return y as HostTensor;
}

describe('ops', () => {
  it('turn numbers into constants of the other operand', async () => {
    expect((await evaluate((x) => ops.sub(10, x))).data).toEqual(Float64Array.of(9, 12, 7, 14, 5, 16));
    expect((await evaluate((x) => ops.div(x, 2))).data).toEqual(Float64Array.of(0.5, -1, 1.5, -2, 2.5, -3));
  });

  it('reduce to means that keep their axes, and losses to scalars', async () => {
    const rows = await evaluate((x) => ops.mean(x, [1]));
    expect(rows.shape).toEqual([2, 1]);
    expect(rows.data[1]).toBeCloseTo(-5 / 3, 15);
    expect(await evaluate(ops.meanAll)).toEqual({ shape: [], dtype: 'f32', data: Float64Array.of(-0.5) });
  });

  it('cut one axis', async () => {
    expect(await evaluate((x) => ops.sliceAxis(x, 1, 1, 3))).toEqual({ shape: [2, 2], dtype: 'f32', data: Float64Array.of(-2, 3, 5, -6) });
  });

  it('sum what broadcasting stretched', async () => {
    expect(await evaluate((x) => ops.sumTo(x, [3]))).toEqual({ shape: [3], dtype: 'f32', data: Float64Array.of(-3, 3, -3) });
    expect((await evaluate((x) => ops.sumTo(x, [2, 1]))).shape).toEqual([2, 1]);
    expect((await evaluate((x) => ops.sumTo(x, []))).data).toEqual(Float64Array.of(-3));
  });

  it('compute cross-entropy with logits without overflow', async () => {
    const { data } = await evaluate((x) => ops.sigmoidCrossEntropy(ops.mul(x, 1000), 1));
    expect(data[0]).toBe(0);
    expect(data[1]).toBe(2000);
  });

  it('record nothing where there is nothing to do', () => {
    trace((t) => {
      const x = t.input('x', [2, 3]);
      const nodes = t.size;
      expect(ops.reshape(x, [2, 3])).toBe(x);
      expect(ops.transpose(x, [0, 1])).toBe(x);
      expect(ops.broadcast(x, [2, 3])).toBe(x);
      expect(ops.sumTo(x, [2, 3])).toBe(x);
      expect(ops.sum(x, [])).toBe(x);
      expect(ops.maxReduce(x, [])).toBe(x);
      expect(ops.cast(x, 'f32')).toBe(x);
      expect(ops.pad(x, [0, 0], [0, 0])).toBe(x);
      expect(ops.concat([x], 0)).toBe(x);
      expect(t.size).toBe(nodes);
    });
  });

  it('make f16 constants by conversion', () => {
    const graph = trace((t) => t.output('y', ops.mul(t.input('x', [2], 'f16'), 3)));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['input', 'constant', 'cast', 'mul']);
  });

  it('refuse what has no tensor or does not fit', () => {
    expect(() => ops.add(1, 2)).toThrow(GraphError);
    trace((t) => {
      expect(() => ops.sumTo(t.input('x', [2, 3]), [2])).toThrow('sumTo: 2x3 is not a broadcast of 2.');
    });
  });
});
