import { describe, expect, it } from 'vitest';
import { grad } from '../../../src/autodiff/grad.ts';
import { type Graph, type Tensor, type Trace, trace } from '../../../src/graph/graph.ts';
import { verify } from '../../../src/graph/verify.ts';
import { ZEROS } from '../../../src/nn/initializers.ts';
import * as ops from '../../../src/ops.ts';
import { decomposeTo, eliminateDeadCode, optimise } from '../../../src/passes/passes.ts';
import { peakBytes } from '../../../src/passes/peak-bytes.ts';
import { schedule } from '../../../src/passes/schedule.ts';
import { traceStep } from '../../../src/training/model.ts';
import { cycleGanModel } from '../../../src/training/paper-model.ts';
import { livelyValues, runProgram, tinyFeeds, tinyModel } from '../training/tiny.ts';

/** Where the nodes of a scheduled graph come from, repetitions and leaves left out. */
function scopesOf(graph: Graph): string[] {
  const scopes = graph.nodes.filter(({ inputs }) => inputs.length > 0).map(({ scope }) => scope);
  return scopes.filter((scope, at) => scope !== scopes[at - 1]);
}

describe('schedule', () => {
  /** Two losses on one weight, both forward passes before both backward passes, and an Adam step. */
  function twoLosses(t: Trace): void {
    const w = t.variable('w', [4, 4], ZEROS);
    const m = t.variable('m', [4, 4], ZEROS);
    const loss = (name: string) =>
      t.scoped(name, () => ops.meanAll(ops.tanh(ops.matmul(ops.tanh(ops.matmul(t.input(name, [8, 4]), w)), w))));
    const [first, second] = [loss('first'), loss('second')];
    const gradient = grad(ops.add(first, second), [w])[0] as Tensor;
    t.scoped('update', () => {
      const next = ops.add(ops.mul(m, 0.5), gradient);
      t.update('m', next);
      t.update('w', ops.sub(w, next));
    });
    t.output('first', first);
    t.output('second', second);
  }

  it('takes one loss after the other forward and straight back, then updates', () => {
    const graph = schedule(eliminateDeadCode(trace(twoLosses)));
    verify(graph);
    const scopes = scopesOf(graph).filter((scope) => scope !== 'grad');
    expect(scopes).toEqual(['second', 'grad/second', 'first', 'grad/first', 'update']);
  });

  it('computes a contribution to a weight gradient as soon as its operands are there', () => {
    const { nodes } = schedule(eliminateDeadCode(trace(twoLosses)));
    const contributions = nodes.filter(({ outputs, scope }) => scope.startsWith('grad/') && outputs[0]?.shape.join() === '4,4');
    for (const node of contributions.filter(({ op }) => op === 'matmul')) {
      const latest = Math.max(...node.inputs.map((input) => nodes.indexOf(input.node)));
      expect(nodes.slice(latest + 1, nodes.indexOf(node)).filter(({ op }) => op === 'matmul')).toEqual([]);
    }
    expect(contributions.length).toBeGreaterThanOrEqual(4);
  });

  it('leaves a graph without updates in traced order', () => {
    const graph = trace((t) => {
      const x = ops.exp(t.input('x', [2]));
      t.output('y', ops.mul(ops.tanh(x), ops.abs(x)));
    });
    expect(schedule(graph).nodes.map(({ op }) => op)).toEqual(['input', 'exp', 'tanh', 'abs', 'mul']);
  });

  it('keeps a training step valid and its results equal, bit for bit', async () => {
    const model = tinyModel({ poolSize: 2, adversarial: 'wgangp' });
    const plain = eliminateDeadCode(decomposeTo([])(traceStep(model)));
    const scheduled = schedule(plain);
    verify(scheduled);
    expect(scheduled.nodes).toHaveLength(plain.nodes.length);
    expect(scheduled.nodes.map(({ op }) => op)).not.toEqual(plain.nodes.map(({ op }) => op));
    const [feeds, values] = [tinyFeeds(model, plain), livelyValues(plain)];
    expect(await runProgram(scheduled, feeds, values)).toEqual(await runProgram(plain, feeds, values));
  });

  it("takes less than half of the memory for the paper's step", () => {
    const native = ['normalize', 'normalizeGrad'] as const;
    const step = traceStep(cycleGanModel({ height: 256, width: 256 }));
    const plain = peakBytes(eliminateDeadCode(decomposeTo(native)(step)));
    const peak = peakBytes(optimise(step, native));
    expect(peak).toBeLessThan(0.45 * plain);
    expect(peak).toBeLessThan(800e6);
  });
});

describe('peakBytes', () => {
  const peak = (body: (x: Tensor, t: Trace) => void) => peakBytes(trace((t) => body(t.input('x', [10]), t)));

  it('counts a tensor from its node to its last reader', () => {
    expect(peak((x, t) => t.output('y', ops.exp(ops.tanh(ops.abs(x)))))).toBe(80);
    expect(
      peak((x, t) => {
        const early = ops.exp(x);
        t.output('y', ops.add(early, ops.tanh(ops.abs(x))));
      }),
    ).toBe(120);
  });

  it('counts a comparison by the byte, outputs to the end and a reshape not at all', () => {
    expect(peak((x, t) => t.output('y', ops.compare(x, 'gt', x)))).toBe(10);
    expect(
      peak((x, t) => {
        for (const factor of [2, 3, 4]) t.output(`y${factor}`, ops.mul(x, factor));
      }),
    ).toBe(120);
    expect(peak((x, t) => t.output('y', ops.exp(ops.reshape(ops.tanh(x), [5, 2]))))).toBe(80);
  });

  it('leaves the next values of variables to the store', () => {
    expect(
      peak((x, t) => {
        t.variable('v', [10], ZEROS);
        t.update('v', ops.exp(x));
      }),
    ).toBe(0);
  });
});
