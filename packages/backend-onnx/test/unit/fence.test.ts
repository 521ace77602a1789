/** Fences in models written by hand: a learning rate `rate` that is fed, weights of the networks `g` and `d`. */
import type { OnnxNode } from '@cyclegan/formats';
import { describe, expect, it } from 'vitest';
import { fenceUpdates } from '../../src/fence.ts';
import { inPlaceVariables } from '../../src/in-place.ts';
import type { LoweredGraph } from '../../src/lowering/graph-to-onnx.ts';

type Line = readonly [output: string, opType: string, ...inputs: string[]];

function model(variables: readonly string[], lines: readonly Line[], rate: readonly number[] = []): LoweredGraph {
  const nodes = lines.map(([output, opType, ...inputs]) => ({ opType, inputs, outputs: [output] }));
  const input = (name: string, shape: readonly number[]) => ({ name, dtype: 'float32', shape }) as const;
  return {
    model: { nodes, initializers: [], inputs: [input('rate', rate), ...variables.map((name) => input(name, [4]))], outputs: [] },
    inputs: new Map([['rate', 'rate']]),
    variables: new Map(variables.map((name) => [name, name])),
    outputs: new Map(),
    updates: new Map(variables.map((name) => [name, `${name}/next`])),
  };
}

const safeIn = (lowered: LoweredGraph) => [...inPlaceVariables(lowered.model.nodes, lowered)];

/** Whether every node comes after those that it reads. */
function inOrder(nodes: readonly OnnxNode[]): boolean {
  const computed = new Set(nodes.flatMap(({ outputs }) => outputs));
  return nodes.every(({ inputs, outputs }) => {
    const ready = inputs.every((input) => !computed.has(input));
    for (const output of outputs) computed.delete(output);
    return ready;
  });
}

/** Two layers: the gradient of the first layer's weight follows the second's input gradient, which its own weight gradient does not. */
const layers = (network: string, gate: string): Line[] => [
  [`${network}/dw2`, 'WeightGradient', 'dy'],
  [`${network}/step2`, 'Mul', `${network}/dw2`, gate],
  [`${network}/w2/next`, 'Sub', `${network}/w2`, `${network}/step2`],
  [`${network}/dx2`, 'InputGradient', 'dy', `${network}/w2`],
  [`${network}/dw1`, 'WeightGradient', `${network}/dx2`],
  [`${network}/step1`, 'Mul', `${network}/dw1`, gate],
  [`${network}/w1/next`, 'Sub', `${network}/w1`, `${network}/step1`],
  [`${network}/dx1`, 'InputGradient', `${network}/dx2`, `${network}/w1`],
];

describe('fenceUpdates', () => {
  it('makes each network wait for its own last readers, and all its updates safe', () => {
    const half: Line = ['half', 'Mul', 'rate', 'rate'];
    const lowered = model(['g/w1', 'g/w2', 'd/w1', 'd/w2'], [half, ...layers('g', 'half'), ...layers('d', 'rate')]);
    expect(safeIn(lowered)).toEqual([]);
    const fenced = fenceUpdates(lowered);
    expect(safeIn(fenced)).toEqual(['g/w1', 'g/w2', 'd/w1', 'd/w2']);
    expect(inOrder(fenced.model.nodes)).toBe(true);
    const added = fenced.model.nodes.filter(({ name }) => name !== undefined);
    expect(added.map(({ opType, inputs }) => [opType, ...inputs].join(' '))).toEqual([
      'Shape g/dx1',
      'Concat g/fence~0',
      'Reshape half g/fence~',
      'Shape d/dx1',
      'Concat d/fence~0',
      'Reshape rate d/fence~',
    ]);
    expect(fenced.model.nodes.find(({ outputs }) => outputs[0] === 'g/step2')?.inputs).toEqual(['g/dw2', 'g/fence/half']);
  });

  it('changes nothing where every update is safe', () => {
    const lowered = model(['g/w'], [
      ['step', 'Mul', 'dy', 'rate'],
      ['g/w/next', 'Sub', 'g/w', 'step'],
    ] as const);
    expect(fenceUpdates(lowered).model.nodes).toEqual(lowered.model.nodes);
  });

  it.each<[string, Line[], number[]]>([
    [
      'a reader waits for the update',
      [
        ['step', 'Mul', 'dy', 'rate'],
        ['g/w/next', 'Sub', 'g/w', 'step'],
        ['late', 'Mul', 'g/w/next', 'g/w'],
      ],
      [],
    ],
    [
      'the update reads what it overwrites',
      [
        ['step', 'Mul', 'dy', 'rate'],
        ['g/w/next', 'MatMul', 'g/w', 'step'],
      ],
      [],
    ],
    [
      'there is no scalar',
      [
        ['step', 'Mul', 'dy', 'rate'],
        ['g/w/next', 'Sub', 'g/w', 'step'],
        ['y', 'Conv', 'x', 'g/w'],
      ],
      [4],
    ],
  ])('leaves two tensors where %s', (_, lines, rate) => {
    const fenced = fenceUpdates(model(['g/w'], lines, rate));
    expect(fenced.model.nodes).toHaveLength(lines.length);
    expect(safeIn(fenced)).toEqual([]);
  });
});
