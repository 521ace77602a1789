import { describe, expect, it } from 'vitest';
import { GraphError, Trace, trace } from '../../../src/graph/graph.ts';
import { ZEROS } from '../../../src/nn/initializers.ts';
import { add, scalar, tanh } from '../../../src/ops.ts';
import { f32 } from '../../../src/tensor.ts';

describe('Trace', () => {
  it('gives an input or a variable asked for again the same tensor', () => {
    const t = new Trace();
    expect(t.input('x', [2])).toBe(t.input('x', [2]));
    expect(t.variable('w', [2], ZEROS)).toBe(t.variable('w', [2], ZEROS));
    expect(() => t.input('x', [3])).toThrow('input x: f32[2] does not match f32[3].');
    expect(() => t.variable('w', [2], ZEROS, 'i32')).toThrow('variable w: f32[2] does not match i32[2].');
  });

  it('shares scalar constants of one value, and tells the zeros apart', () => {
    const t = new Trace();
    const x = t.input('x', [2]);
    expect(scalar(x, 2)).toBe(scalar(x, 2));
    expect(scalar(x, 0)).not.toBe(scalar(x, -0));
    expect(scalar(x, 1)).not.toBe(scalar(x, 1, 'i32'));
    expect(t.constant(f32([1], [2]))).not.toBe(scalar(x, 2));
  });

  it('takes the last update of a variable', () => {
    const graph = trace((t) => {
      const w = t.variable('w', [], ZEROS);
      t.update('w', add(w, 1));
      t.update('w', add(w, 2));
    });
    expect(graph.variables.get('w')?.update?.node.id).toBe(4);
  });

  it('refuses updates that do not fit, names that are taken, tensors of another trace', () => {
    const t = new Trace();
    const w = t.variable('w', [2], ZEROS);
    expect(() => t.update('v', w)).toThrow('update of v: there is no such variable; declare it first.');
    expect(() => t.update('w', scalar(w, 1))).toThrow('update of w: f32[scalar] does not match f32[2].');
    t.output('y', w);
    expect(() => t.output('y', w)).toThrow('output y: the name is taken.');
    const other = new Trace().input('x', [2]);
    expect(() => add(w, other)).toThrow(GraphError);
  });

  it('marks nodes with nested scopes, and closes a scope that throws', () => {
    const t = new Trace();
    const x = t.input('x', [2]);
    const y = t.scoped('genAB', () => t.scoped('block0', () => tanh(x)));
    expect(y.node.scope).toBe('genAB/block0');
    const failing = () =>
      t.scoped('genAB', () => {
        throw new Error('stop');
      });
    expect(failing).toThrow('stop');
    expect(tanh(x).node.scope).toBe('');
  });

  it('freezes what a graph has seen', () => {
    const t = new Trace();
    const x = t.input('x', [2]);
    const graph = t.graph();
    t.output('y', tanh(x));
    expect(graph.nodes).toHaveLength(1);
    expect(graph.outputs.size).toBe(0);
  });
});
