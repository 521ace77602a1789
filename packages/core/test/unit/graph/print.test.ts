import { describe, expect, it } from 'vitest';
import { trace } from '../../../src/graph/graph.ts';
import { printGraph, printGraphviz } from '../../../src/graph/print.ts';
import { ZEROS } from '../../../src/nn/initializers.ts';
import { add, mul, normalize, pad } from '../../../src/ops.ts';
import { f32 } from '../../../src/tensor.ts';

const GRAPH = trace((t) => {
  const x = t.input('x', [1, 1, 2, 2]);
  const w = t.variable('net/w', [1, 1, 2, 3], ZEROS);
  const { y, rstd } = t.scoped('net', () => normalize(pad(x, [0, 0, 0, 1], [0, 0, 0, 0]), [2, 3]));
  t.update('net/w', add(w, y));
  t.output('scaled', mul(rstd, t.constant(f32([5], [1, 2, 3, 4, 5]))));
});

describe('printGraph', () => {
  it('writes a line a node', () => {
    expect(printGraph(GRAPH)).toMatchInlineSnapshot(`
      "input x : f32[1x1x2x2]
      variable net/w : f32[1x1x2x3] <- %4
      %0 = input() {name: x, shape: 1,1,2,2, dtype: f32} : f32[1x1x2x2]
      %1 = variable() {name: net/w, shape: 1,1,2,3, dtype: f32} : f32[1x1x2x3]
      %2 = pad(%0) {low: 0,0,0,1, high: 0,0,0,0, interior: 0,0,0,0, value: 0} : f32[1x1x2x3]  # net
      %3.0, %3.1, %3.2 = normalize(%2) {axes: 2,3, epsilon: 0.00001} : f32[1x1x2x3], f32[1x1x1x1], f32[1x1x1x1]  # net
      %4 = add(%1, %3.0) : f32[1x1x2x3]
      %5 = constant() {shape: 5, dtype: f32, data: [1,2,3,4,...]} : f32[5]
      %6 = mul(%3.2, %5) : f32[1x1x1x5]
      output scaled = %6
      "
    `);
  });
});

describe('printGraphviz', () => {
  it('groups nodes by scope, and shows outputs and updates', () => {
    expect(printGraphviz(GRAPH)).toMatchInlineSnapshot(`
      "digraph {
        node [shape=box];
        subgraph cluster0 {
          label="";
          n0 [label="input {name: x, shape: 1,1,2,2, dtype: f32}\\nf32[1x1x2x2]"];
          n1 [label="variable {name: net/w, shape: 1,1,2,3, dtype: f32}\\nf32[1x1x2x3]"];
          n4 [label="add\\nf32[1x1x2x3]"];
          n5 [label="constant {shape: 5, dtype: f32, data: [1,2,3,4,...]}\\nf32[5]"];
          n6 [label="mul\\nf32[1x1x1x5]"];
        }
        subgraph cluster1 {
          label="net";
          n2 [label="pad {low: 0,0,0,1, high: 0,0,0,0, interior: 0,0,0,0, value: 0}\\nf32[1x1x2x3]"];
          n3 [label="normalize {axes: 2,3, epsilon: 0.00001}\\nf32[1x1x2x3], f32[1x1x1x1], f32[1x1x1x1]"];
        }
        n0 -> n2;
        n2 -> n3;
        n1 -> n4;
        n3 -> n4;
        n3 -> n6;
        n5 -> n6;
        "output scaled" [shape=plain];
        n6 -> "output scaled";
        "update net/w" [shape=plain];
        n4 -> "update net/w";
      }
      "
    `);
  });
});
