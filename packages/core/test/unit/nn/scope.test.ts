import { describe, expect, it } from 'vitest';
import { add, trace } from '../../../src/index.ts';
import { ZEROS } from '../../../src/nn/initializers.ts';
import { Scope } from '../../../src/nn/scope.ts';

describe('Scope', () => {
  it('shares a variable between applications, and between children of one name', () => {
    trace((recorder) => {
      const scope = new Scope(recorder, 'net');
      const weight = scope.child('conv').variable('weight', [2], ZEROS);
      expect(scope.child('conv').variable('weight', [2], ZEROS)).toBe(weight);
      expect(scope.child('other').variable('weight', [2], ZEROS)).not.toBe(weight);
      expect([...scope.weights().keys()]).toEqual(['net/conv/weight', 'net/other/weight']);
    });
  });

  it('shows later uses what was set, and updates variables only when committed', () => {
    const graph = trace((recorder) => {
      const scope = new Scope(recorder, 'net');
      const before = scope.variable('mean', [2], ZEROS, 'statistic');
      scope.variable('kept', [2], ZEROS);
      const after = add(before, 1);
      scope.set('net/mean', after);
      expect(scope.variable('mean', [2], ZEROS, 'statistic')).toBe(after);
      expect(recorder.graph().variables.get('net/mean')?.update).toBeUndefined();
      scope.commit();
    });
    expect(graph.variables.get('net/mean')?.update?.node.op).toBe('add');
    expect(graph.variables.get('net/kept')?.update).toBeUndefined();
  });

  it('refuses to set what was not declared', () => {
    trace((recorder) => {
      const scope = new Scope(recorder, 'net');
      const weight = scope.variable('weight', [2], ZEROS);
      expect(() => scope.set('net/weigth', weight)).toThrow('net/weigth is not a variable of net.');
    });
  });

  it('marks nodes with the parts they belong to', () => {
    const graph = trace((recorder) => {
      const scope = new Scope(recorder, 'net');
      recorder.scoped('net', () => scope.within('block0', (at) => at.variable('weight', [2], ZEROS)));
    });
    expect(graph.nodes.map(({ scope }) => scope)).toEqual(['net/block0']);
    expect([...graph.variables.keys()]).toEqual(['net/block0/weight']);
  });
});
