/** Models as written: names, what is left out, and what is shared. Values are compared in the parity tests. */
import {
  add,
  conv2dInputGrad,
  convGeometry,
  f32,
  mul,
  neg,
  only,
  relu,
  reshape,
  slice,
  sum,
  type Trace,
  trace,
  transpose,
  ZEROS,
} from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { graphToOnnx } from '../../src/index.ts';

const lower = (body: (t: Trace) => void) => graphToOnnx(trace(body));

describe('graphToOnnx', () => {
  it('names nodes after the scope, inputs and outputs after the graph', () => {
    const { model, ...names } = lower((t) => {
      const x = t.input('x', [2]);
      const w = t.variable('genAB/w', [2], ZEROS);
      const y = t.scoped('genAB/block0', () => relu(mul(x, w)));
      t.output('y', y);
      t.update('genAB/w', add(w, y));
    });
    expect(model.inputs.map(({ name }) => name)).toEqual(['x', 'genAB/w']);
    expect(model.outputs.map(({ name }) => name)).toEqual(['y', 'genAB/w/next']);
    expect(model.nodes.map(({ name }) => name)).toEqual(['genAB/block0/mul2/Mul', 'genAB/block0/relu3/Relu', 'add4/Add']);
    expect(names).toEqual({
      inputs: new Map([['x', 'x']]),
      variables: new Map([['genAB/w', 'genAB/w']]),
      outputs: new Map([['y', 'y']]),
      updates: new Map([['genAB/w', 'genAB/w/next']]),
      hostUpdates: [],
      operands: [],
    });
  });

  it('keeps names apart that the graph uses twice', () => {
    const { model, outputs } = lower((t) => {
      t.output('x', neg(t.input('x', [2])));
      t.output('w', t.variable('w', [2], ZEROS));
    });
    const names = [...model.inputs, ...model.outputs].map(({ name }) => name);
    expect(new Set(names).size).toBe(4);
    expect([...outputs.keys()]).toEqual(['x', 'w']);
  });

  it('leaves out what no output needs', () => {
    const { model, inputs, variables } = lower((t) => {
      const x = t.input('x', [2]);
      neg(t.input('unused', [3]));
      mul(x, t.variable('w', [2], ZEROS));
      mul(x, t.constant(f32([2], [7, 8])));
      t.output('y', neg(x));
    });
    expect(model.nodes.map(({ opType }) => opType)).toEqual(['Neg']);
    expect(model.initializers).toEqual([]);
    expect([...inputs.keys()]).toEqual(['x']);
    expect([...variables.keys()]).toEqual([]);
  });

  it('writes no node for an op that changes nothing', () => {
    const { model } = lower((t) => {
      const x = t.input('x', [2, 1, 3]);
      const same = slice(reshape(sum(x, [1]), [2, 1, 3]), [0, 0, 0], [2, 1, 3]);
      t.output('y', neg(transpose(same, [1, 0, 2])));
    });
    expect(model.nodes.map(({ opType }) => opType)).toEqual(['Reshape', 'Neg']);
  });

  it('flips a kernel once for all the convolutions that need it', () => {
    const { model } = lower((t) => {
      const w = t.variable('w', [8, 8, 3, 3], ZEROS);
      for (const name of ['a', 'b']) {
        t.output(name, conv2dInputGrad(t.input(`d${name}`, [1, 8, 4, 4]), w, { ...convGeometry(1, 1), inputSize: [4, 4] }));
      }
    });
    const count = (opType: string) => model.nodes.filter((node) => node.opType === opType).length;
    expect([count('Conv'), count('Transpose'), count('Slice')]).toEqual([2, 1, 1]);
  });

  it('counts in the element type that is asked for', () => {
    const { model } = lower((t) => t.output('y', only(t.emit('iota', [], { length: 3, dtype: 'f16' }))));
    expect(model.outputs).toEqual([{ name: 'y', dtype: 'float16', shape: [3] }]);
    expect(model.nodes.map(({ opType }) => opType)).toEqual(['Cast']);
  });

  it('refuses an op without a lowering', () => {
    const body = (t: Trace) => {
      const x = t.input('x', [1, 2, 3, 3]);
      t.emit('softmaxCrossEntropy', [x, x], {});
    };
    expect(() => lower(body)).toThrow('softmaxCrossEntropy: the onnx backend has no lowering');
  });
});
