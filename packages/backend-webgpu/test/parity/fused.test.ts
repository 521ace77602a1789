/** Fused graphs give what the oracle gives: whatever the compiler joins, the values stay. */

import {
  abs,
  add,
  broadcast,
  cast,
  compare,
  conv2d,
  convGeometry,
  type Feeds,
  grad,
  leakyRelu,
  meanAll,
  mul,
  normalize,
  reflectPad,
  relu,
  reshape,
  select,
  sigmoidCrossEntropy,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  trace,
  transpose,
} from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { describeDifference, difference, runGraph } from '@cyclegan/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebGpuBackend, type WebGpuBackend } from '../../src/index.ts';
import { TracedInputs } from './traced-inputs.ts';

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await createWebGpuBackend({ software: true });
});
afterAll(() => backend.dispose());

const GRAPHS: Readonly<Record<string, (inputs: TracedInputs) => Readonly<Record<string, Tensor>>>> = {
  'a convolution with bias and activation': (inputs) => {
    const convolved = conv2d(inputs.of('x', 2, 3, 8, 8), inputs.of('w', 5, 3, 3, 3), convGeometry(1, 1));
    return { y: tanh(add(convolved, inputs.of('b', 1, 5, 1, 1))) };
  },
  'a convolution of a picture padded by reflection, with all gradients': (inputs) => {
    const [x, w] = [inputs.of('x', 2, 4, 8, 8), inputs.of('w', 4, 4, 3, 3)];
    const y = conv2d(reflectPad(relu(x), 1), w);
    const [dx, dw] = grad(meanAll(square(y)), [x, w]);
    return { y, dx: dx as Tensor, dw: dw as Tensor };
  },
  'a residual block with its gradients': (inputs) => {
    const [x, w, v] = [inputs.of('x', 1, 4, 8, 8), inputs.of('w', 4, 4, 3, 3), inputs.of('v', 4, 4, 3, 3)];
    const inner = relu(normalize(conv2d(reflectPad(x, 1), w), [2, 3]).y);
    const y = add(x, normalize(conv2d(reflectPad(inner, 1), v), [2, 3]).y);
    const loss = meanAll(abs(sub(y, inputs.of('target', 1, 4, 8, 8))));
    const [dx, dw, dv] = grad(loss, [x, w, v]);
    return { loss, y, dx: dx as Tensor, dw: dw as Tensor, dv: dv as Tensor };
  },
  'a discriminator with a strided convolution and a loss': (inputs) => {
    const [x, w, b] = [inputs.of('x', 1, 3, 12, 12), inputs.of('w', 4, 3, 4, 4), inputs.of('b', 1, 4, 1, 1)];
    const logits = leakyRelu(add(conv2d(x, w, convGeometry(2, 1)), b), 0.2);
    const loss = meanAll(sigmoidCrossEntropy(logits, 1));
    const [dx, dw, db] = grad(loss, [x, w, b]);
    return { loss, dx: dx as Tensor, dw: dw as Tensor, db: db as Tensor };
  },
  'sums of what is computed as they read it, used again': (inputs) => {
    const [x, y] = [inputs.of('x', 3, 40), inputs.of('y', 40)];
    const products = mul(x, y);
    const total = sum(products, [1]);
    return { total: mul(total, 3), rest: sub(products, total), mask: cast(compare(products, 'gt', total), 'i32') };
  },
  'more operands than a kernel binds': (inputs) => {
    const terms = Array.from({ length: 20 }, (_, k) => inputs.of(`x${k}`, 4, 4));
    return { y: terms.reduce((total, term, k) => add(mul(total, k % 2 === 0 ? 0.5 : 2), term)) };
  },
  'values that are moved and stretched on the way': (inputs) => {
    const x = inputs.of('x', 4, 6);
    const moved = transpose(square(x), [1, 0]);
    const stretched = broadcast(reshape(sum(x, [0]), [6, 1]), [6, 4]);
    return { y: select(compare(moved, 'lt', stretched), mul(moved, 2), stretched), z: add(moved, 1) };
  },
};

describe('fused graphs', () => {
  it.each(Object.keys(GRAPHS))('%s', async (name) => {
    let feeds: Feeds = {};
    const graph = trace((recorder) => {
      const inputs = new TracedInputs(recorder);
      for (const [output, value] of Object.entries(GRAPHS[name]?.(inputs) ?? {})) recorder.output(output, value);
      feeds = inputs.feeds;
    });
    const expected = await runGraph(createReferenceBackend(), graph, feeds);
    const got = await runGraph(backend, graph, feeds);
    for (const [output, value] of Object.entries(expected)) {
      const result = got[output] as typeof value;
      expect(difference(result, value).error, `${output}: ${describeDifference(result, value)}`).toBeLessThan(2e-5);
    }
    expect(backend.liveTensors()).toBe(0);
  });
});
