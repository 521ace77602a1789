import { describe, expect, it } from 'vitest';
import { type Graph, type Tensor, trace } from '../../../src/graph/graph.ts';
import { verify } from '../../../src/graph/verify.ts';
import * as ops from '../../../src/ops.ts';
import { decomposeTo, optimise } from '../../../src/passes/passes.ts';
import { peakBytes } from '../../../src/passes/peak-bytes.ts';
import { recompute } from '../../../src/passes/recompute.ts';
import { traceStep } from '../../../src/training/model.ts';
import { cycleGanModel } from '../../../src/training/paper-model.ts';
import { livelyValues, runProgram, tinyFeeds, tinyModel } from '../training/tiny.ts';

/** How often each op stands in a graph. */
function count(graph: Graph, op: string): number {
  return graph.nodes.filter((node) => node.op === op).length;
}

/** A graph that reads `start(x)` and, `steps` times three tensors of the same size later, reads it again; `x` stays until then where it is `kept`. */
function readLate(start: (x: Tensor) => Tensor, { steps = 10, kept = true, extent = 200 } = {}): Graph {
  return trace((t) => {
    const x = ops.exp(t.input('x', [extent, extent]));
    const early = start(x);
    let chain = ops.tanh(early);
    for (let step = 0; step < steps; step++) chain = ops.add(ops.tanh(chain), ops.exp(chain));
    const late = ops.mul(ops.tanh(chain), early);
    t.output('y', kept ? ops.tanh(ops.add(late, x)) : late);
  });
}

describe('recompute', () => {
  it('computes again what is cheap and read long after', () => {
    const graph = readLate(ops.relu);
    const less = recompute(graph);
    verify(less);
    expect(count(less, 'relu')).toBe(2);
    expect(peakBytes(less)).toBe(peakBytes(graph) - 200 * 200 * 4);
  });

  it('computes what that reads again, too', () => {
    const less = recompute(readLate((x) => ops.neg(ops.relu(x))));
    expect([count(less, 'relu'), count(less, 'neg')]).toEqual([2, 2]);
  });

  it('does not count small operands as much', () => {
    const scaled = (x: Tensor) => {
      const factor = ops.neg(ops.abs(ops.slice(x, [0, 0], [1, 1])));
      return ops.relu(ops.sub(ops.mul(x, factor), factor));
    };
    const less = recompute(readLate(scaled));
    verify(less);
    expect([count(less, 'relu'), count(less, 'slice'), count(less, 'mul')]).toEqual([2, 2, 3]);
  });

  it.each<[string, Graph]>([
    ['of an op that is not cheap', readLate(ops.tanh)],
    ['that is read soon', readLate(ops.relu, { steps: 4 })],
    ['whose operand would have to be kept for it', readLate(ops.relu, { kept: false })],
    ['that is small', readLate(ops.relu, { extent: 100 })],
    ['that takes a long chain', readLate((x) => [1, 2, 3].reduce((y, k) => ops.sub(ops.abs(y), k), ops.relu(x)))],
  ])('keeps a tensor %s', (_, graph) => {
    expect(recompute(graph).nodes).toHaveLength(graph.nodes.length);
  });
});

describe('recompute of a training step', () => {
  it('keeps the results, bit for bit', async () => {
    const model = tinyModel({ height: 128, width: 64 });
    const graph = optimise(traceStep(model), ['normalize', 'normalizeGrad']);
    const less = recompute(graph);
    verify(less);
    expect(count(less, 'relu')).toBeGreaterThan(count(graph, 'relu'));
    const [feeds, values] = [tinyFeeds(model, graph), livelyValues(graph)];
    const primitive = decomposeTo([]);
    expect(await runProgram(primitive(less), feeds, values)).toEqual(await runProgram(primitive(graph), feeds, values));
  });

  // 0.706 of what it is without: ReLU results, which were a part of the savings, are not kept in the first place
  it("saves a quarter of the memory of the paper's", () => {
    const graph = optimise(traceStep(cycleGanModel({ height: 256, width: 256 })), ['normalize', 'normalizeGrad']);
    expect(peakBytes(recompute(graph))).toBeLessThan(0.71 * peakBytes(graph));
  });
});
