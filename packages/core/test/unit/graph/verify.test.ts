import { describe, expect, it } from 'vitest';
import { type AnyNode, type Graph, GraphError, type Tensor, Trace, trace } from '../../../src/graph/graph.ts';
import { verify } from '../../../src/graph/verify.ts';
import { ZEROS } from '../../../src/nn/initializers.ts';
import { add, normalize, tanh } from '../../../src/ops.ts';
import { OP_CASES, opCaseGraphs } from '../../../src/testing/index.ts';

const GOOD = trace((t) => {
  const x = t.input('x', [2]);
  const w = t.variable('w', [2], ZEROS);
  const y = t.scoped('net', () => tanh(add(x, w)));
  t.update('w', y);
  t.output('y', y);
});

/** The good graph with the node of `op` replaced by a broken copy. */
function withNode(op: string, change: (node: AnyNode) => Partial<AnyNode>): Graph {
  return { ...GOOD, nodes: GOOD.nodes.map((node) => (node.op === op ? ({ ...node, ...change(node) } as AnyNode) : node)) };
}

const retyped = (tensor: Tensor, shape: readonly number[]): Tensor => Object.assign(Object.create(tensor), { shape });

const stranger = new Trace().input('x', [2]);

const BROKEN: Readonly<Record<string, [Graph, string]>> = {
  'a node before its input': [
    { ...GOOD, nodes: [...GOOD.nodes].reverse() },
    'node 3 (tanh in net) reads a add that is not computed before it',
  ],
  'an input of another trace': [
    withNode('tanh', () => ({ inputs: [stranger] })),
    'node 3 (tanh in net) reads a input that is not computed',
  ],
  'inputs that do not fit the op': [
    withNode('tanh', () => ({ inputs: [] })),
    'node 3 (tanh in net) does not fit its inputs: tanh(): it takes 1 input',
  ],
  'an output of the wrong type': [
    withNode('add', ({ outputs }) => ({ outputs: outputs.map((tensor) => retyped(tensor, [3])) })),
    'output 0 of node 2 (add in net) is f32[3], expected f32[2]',
  ],
  'too many outputs': [withNode('add', ({ outputs }) => ({ outputs: [...outputs, ...outputs] })), 'has 2 outputs, its op has 1'],
  'an output of another node': [
    withNode('add', ({ inputs }) => ({ outputs: inputs.slice(0, 1) })),
    'output 0 of node 2 (add in net) does not point back to it',
  ],
  'an undeclared input': [{ ...GOOD, inputs: new Map() }, 'input x is read but not declared'],
  'an undeclared variable': [{ ...GOOD, variables: new Map() }, 'variable w is read but not declared'],
  'an input of another type': [
    { ...GOOD, inputs: new Map([['x', { shape: [2], dtype: 'f16' as const }]]) },
    'input x is f32[2], expected f16[2]',
  ],
  'an output that is not computed': [{ ...GOOD, outputs: new Map([['z', stranger]]) }, 'output z is not computed by the graph'],
  'an update that is not computed': [
    { ...GOOD, variables: new Map([['w', { name: 'w', shape: [2], dtype: 'f32' as const, init: ZEROS, update: stranger }]]) },
    'the update of w is not computed by the graph',
  ],
};

/** A graph whose update has another type than its variable, which Trace would not record. */
function mistypedUpdate(): Graph {
  const t = new Trace();
  const w = t.variable('w', [2], ZEROS);
  const other = t.input('x', [3]);
  return { ...t.graph(), variables: new Map([['w', { name: 'w', shape: w.shape, dtype: w.dtype, init: ZEROS, update: other }]]) };
}

describe('verify', () => {
  it('accepts what a trace recorded, gradients included', () => {
    expect(() => verify(GOOD)).not.toThrow();
    for (const opCase of OP_CASES) {
      const { forward, gradient, second } = opCaseGraphs(opCase);
      for (const caseGraph of [forward, gradient, second]) if (caseGraph !== undefined) verify(caseGraph.graph);
    }
  });

  it('accepts nodes with several outputs', () => {
    expect(() => verify(trace((t) => t.output('rstd', normalize(t.input('x', [1, 2, 2, 2]), [2, 3]).rstd)))).not.toThrow();
  });

  it.each(Object.entries(BROKEN))('rejects %s', (_, [graph, message]) => {
    expect(() => verify(graph)).toThrow(GraphError);
    expect(() => verify(graph)).toThrow(message);
  });

  it('rejects an update of another type', () => {
    expect(() => verify(mistypedUpdate())).toThrow('verify: the update of w is f32[3], expected f32[2].');
  });
});
