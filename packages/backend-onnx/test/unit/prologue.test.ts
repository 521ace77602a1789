/** Which part of a model becomes its prologue, and what its values are called. */
import type { OnnxModel, OnnxNode } from '@cyclegan/formats';
import { describe, expect, it } from 'vitest';
import { splitPrologue } from '../../src/prologue.ts';

/** A node that computes the value `output`. */
const node = (output: string, opType: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): OnnxNode => ({
  ...{ name: output, opType, inputs, outputs: [output], attributes },
});

interface Changes {
  readonly nodes: readonly OnnxNode[];
  readonly results?: readonly string[];
  readonly constant?: number;
}

/** A model of inputs `x` and `w` and a constant `c`. */
function modelOf({ nodes, results = ['y'], constant = 1 }: Changes): OnnxModel {
  const value = (name: string) => ({ name, dtype: 'float32' as const, shape: [2, 2] });
  const initializers = [{ name: 'c', dtype: 'float32' as const, dims: [], data: Float32Array.of(constant) }];
  return { inputs: ['x', 'w'].map(value), outputs: results.map(value), initializers, nodes };
}

const split = (changes: Changes, variable = 'weights') => splitPrologue(modelOf(changes), new Map([['w', variable]]));
const namesOf = (nodes: readonly { readonly name?: string }[] | undefined) => nodes?.map(({ name }) => name);

/** y = x (w c). */
const SCALED = [node('v', 'Mul', ['w', 'c']), node('y', 'MatMul', ['x', 'v'])];
/** The key of what is derived in that model, changed. */
const keyOf = (changes: Partial<Changes>, variable?: string) => split({ nodes: SCALED, ...changes }, variable)?.derived[0]?.key;

describe('splitPrologue', () => {
  it('takes what depends on steady inputs alone, with the constants that it reads', () => {
    const { prologue, main, derived } = split({ nodes: SCALED }) ?? {};
    expect([namesOf(prologue?.nodes), namesOf(prologue?.inputs), namesOf(prologue?.initializers)]).toEqual([['v'], ['w'], ['c']]);
    expect([namesOf(main?.nodes), namesOf(main?.inputs), namesOf(main?.initializers)]).toEqual([['y'], ['x'], []]);
    expect(derived).toEqual([{ value: 'v', key: expect.any(String), sources: ['weights'] }]);
    expect(namesOf(prologue?.outputs)).toEqual(['v']);
  });

  it('is undefined when nothing is steady, and when it would take no work', () => {
    expect(splitPrologue(modelOf({ nodes: SCALED }), new Map())).toBeUndefined();
    expect(split({ nodes: [node('v', 'Reshape', ['w', 'c']), node('y', 'MatMul', ['x', 'v'])] })).toBeUndefined();
  });

  it('hands on a value that both parts read', () => {
    const nodes = [
      node('v', 'Mul', ['w', 'c']),
      node('u', 'Sqrt', ['v']),
      node('z', 'MatMul', ['x', 'v']),
      node('y', 'MatMul', ['z', 'u']),
    ];
    const { prologue, derived } = split({ nodes }) ?? {};
    expect(namesOf(prologue?.nodes)).toEqual(['v', 'u']);
    expect(derived?.map(({ value }) => value)).toEqual(['v', 'u']);
  });

  it('leaves what is an output of the model, and what is read of it', () => {
    const nodes = [node('u', 'Sqrt', ['w']), node('v', 'Mul', ['u', 'c']), node('t', 'Sqrt', ['v']), node('y', 'MatMul', ['x', 't'])];
    const { prologue, main } = split({ nodes, results: ['v', 'y'] }) ?? {};
    expect(namesOf(prologue?.nodes)).toEqual(['u']);
    expect(namesOf(main?.nodes)).toEqual(['v', 't', 'y']);
  });

  it('leaves operators that make other element types or much of little', () => {
    for (const opType of ['Cast', 'Greater', 'Expand'])
      expect(split({ nodes: [node('v', opType, ['w', 'c']), node('y', 'MatMul', ['x', 'v'])] })).toBeUndefined();
  });

  it('has one key for an expression in all models, and others for others', () => {
    const key = keyOf({});
    const renamed = [node('z', 'Sqrt', ['x']), node('other', 'Mul', ['w', 'c']), node('y', 'MatMul', ['z', 'other'])];
    expect(keyOf({ nodes: renamed })).toBe(key);
    const reading = (v: OnnxNode) => keyOf({ nodes: [v, node('y', 'MatMul', ['x', 'v'])] });
    const others = [
      keyOf({}, 'biases'),
      keyOf({ constant: 2 }),
      reading(node('v', 'Add', ['w', 'c'])),
      reading(node('v', 'Mul', ['c', 'w'])),
      reading(node('v', 'Mul', ['w', 'c'], { axis: { type: 'int', value: 1 } })),
    ];
    expect(new Set([key, ...others]).size).toBe(6);
    expect(others).not.toContain(undefined);
  });

  it('names expressions in time that grows with their nodes', () => {
    const doubled = Array.from({ length: 60 }, (_, at) => node(`v${at + 1}`, 'Add', [`v${at}`, `v${at}`]));
    const nodes = [node('v0', 'Sqrt', ['w']), ...doubled, node('y', 'MatMul', ['x', 'v60'])];
    expect(split({ nodes })?.derived.map(({ value }) => value)).toEqual(['v60']);
  });
});
