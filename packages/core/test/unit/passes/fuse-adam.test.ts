import { describe, expect, it } from 'vitest';
import { type Graph, type Tensor, type Trace, trace } from '../../../src/graph/graph.ts';
import { verify } from '../../../src/graph/verify.ts';
import { ZEROS } from '../../../src/nn/initializers.ts';
import * as ops from '../../../src/ops.ts';
import { fuseAdam } from '../../../src/passes/fuse-adam.ts';
import { decomposeTo } from '../../../src/passes/passes.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import type { TensorRecord } from '../../../src/tensor.ts';
import { randomTensor } from '../../../src/testing/index.ts';
import { PAPER_ADAM } from '../../../src/training/adam.ts';

interface Learnt {
  readonly name: string;
  readonly shape: readonly number[];
  readonly beta1?: number;
  readonly step?: string;
}

/** Updates a weight along a gradient that is fed, and returns its next value. */
function learn(t: Trace, { name, shape, beta1 = 0.5, step = 'step' }: Learnt, gradient = t.input(`gradient/${name}`, shape)): Tensor {
  const state = [name, `m/${name}`, `v/${name}`].map((path) => t.variable(path, shape, ZEROS)) as [Tensor, Tensor, Tensor];
  const next = ops.emit('adam', [...state, gradient, t.input(step, []), t.input('correction', [])], { ...PAPER_ADAM, beta1 });
  [name, `m/${name}`, `v/${name}`].forEach((path, k) => {
    t.update(path, next[k] as Tensor);
  });
  return next[0] as Tensor;
}

const updating = (learnt: readonly Learnt[]) =>
  trace((t) => {
    for (const each of learnt) learn(t, each);
  });

/** Elements of the weights of each `adam` node. */
const adamSizes = (graph: Graph) => graph.nodes.flatMap(({ op, outputs }) => (op === 'adam' ? [outputs[0]?.shape.join('x')] : []));

/** The variables after one run of the graph with its composites written out, from random values. */
async function stateAfter(graph: Graph): Promise<TensorRecord> {
  const backend = createReferenceBackend();
  const store = backend.createStore();
  const program = await backend.compile(decomposeTo([])(graph), { store });
  const positive = (name: string, shape: readonly number[]) => positiveOf(randomTensor(shape, name));
  await store.load(Object.fromEntries([...graph.variables.values()].map(({ name, shape }) => [name, positive(name, shape)])));
  await program.run(Object.fromEntries([...graph.inputs].map(([name, { shape }]) => [name, positive(name, shape)])));
  return store.read();
}

const positiveOf = (tensor: ReturnType<typeof randomTensor>) => ({ ...tensor, data: Float64Array.from(tensor.data, Math.abs) });

describe('fuseAdam', () => {
  const learnt = [
    { name: 'genAB/a', shape: [3] },
    { name: 'genAB/large', shape: [1025] },
    { name: 'genAB/b', shape: [2, 1, 2] },
    { name: 'genBA/a', shape: [4] },
    { name: 'genAB/c', shape: [] },
    { name: 'genBA/b', shape: [1024] },
  ];

  it('joins the small weights of each network', () => {
    const graph = fuseAdam(updating(learnt));
    verify(graph);
    expect(adamSizes(graph)).toEqual(['1025', '8', '1028']);
  });

  it('keeps every bit of every variable', async () => {
    const graph = updating(learnt);
    expect(await stateAfter(fuseAdam(graph))).toEqual(await stateAfter(graph));
  });

  it.each<[string, Partial<Learnt>]>([
    ['other decay rates', { beta1: 0.9 }],
    ['another step size', { step: 'slower' }],
    ['another network', { name: 'discA/b' }],
  ])('leaves a weight with %s to itself', (_, other) => {
    const graph = fuseAdam(
      updating([
        { name: 'genAB/a', shape: [3] },
        { name: 'genAB/b', shape: [3], ...other },
      ]),
    );
    expect(adamSizes(graph)).toEqual(['3', '3']);
  });

  it('joins no weights of which one learns from the next value of the other', async () => {
    const graph = trace((t) => {
      const next = learn(t, { name: 'genAB/a', shape: [3] });
      learn(t, { name: 'genAB/b', shape: [3] }, ops.square(next));
      learn(t, { name: 'genAB/c', shape: [3] });
    });
    const fused = fuseAdam(graph);
    verify(fused);
    expect(adamSizes(fused)).toEqual(['3', '6']);
    expect(await stateAfter(fused)).toEqual(await stateAfter(graph));
  });
});
