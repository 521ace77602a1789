import { describe, expect, it } from 'vitest';
import { f32Scalar } from '../../../src/tensor.ts';
import { adamFeeds } from '../../../src/training/adam.ts';
import { poolDecisions, poolFeeds } from '../../../src/training/image-pool.ts';
import { initialValues, pickVariables, stepFeeds, traceSamples, traceStep } from '../../../src/training/model.ts';
import { TINY_GENERATOR, tinyModel } from './tiny.ts';

const MODEL = tinyModel({ batch: 2, poolSize: 3, adversarial: 'wgangp', generator: { ...TINY_GENERATOR, dropout: true } });
const GRAPH = traceStep(MODEL);

describe('stepFeeds', () => {
  const at = (step: number, seed = 4) => stepFeeds(MODEL, GRAPH, { seed, step, learningRate: 0.01 });

  it('feeds everything but the pictures', () => {
    expect(['A', 'B', ...Object.keys(at(0))].sort()).toEqual([...GRAPH.inputs.keys()].sort());
    for (const [name, { shape, dtype }] of Object.entries(at(0))) expect({ shape, dtype }).toEqual(GRAPH.inputs.get(name));
  });

  it('counts the optimiser steps from 1, loss weights as they are, and buffers from the step', () => {
    expect(at(0)).toMatchObject(adamFeeds(0.01, 1, MODEL.adam));
    expect(at(41)).toMatchObject(adamFeeds(0.01, 42, MODEL.adam));
    expect(at(0)).toMatchObject({ 'weight/cycleA': f32Scalar(10), 'weight/identityB': f32Scalar(5), 'weight/ganAB': f32Scalar(1) });
    expect(at(9)).toMatchObject(poolFeeds('fakeA', poolDecisions('fakeA', { seed: 4, step: 9, batch: 2, size: 3 })));
  });

  it('draws one position in [0, 1) for each picture and penalty', () => {
    const positions = ['penalty/discA', 'penalty/discB'].flatMap((name) => Array.from(at(0)[name]?.data ?? []));
    expect(new Set(positions).size).toBe(4);
    for (const position of positions) expect(position >= 0 && position < 1).toBe(true);
  });

  it('is a function of the step and the seed', () => {
    expect(at(5)).toEqual(at(5));
    for (const other of [at(6), at(5, 5)]) expect(other['penalty/discA']).not.toEqual(at(5)['penalty/discA']);
  });
});

describe('initialValues', () => {
  it('has a value for every variable, moments and buffers at 0', () => {
    const values = initialValues(GRAPH, 1);
    expect(Object.keys(values)).toEqual([...GRAPH.variables.keys()]);
    for (const [name, { shape, data }] of Object.entries(values)) {
      expect(shape).toEqual(GRAPH.variables.get(name)?.shape);
      if (/^(adam|pool)\/|\/bias$/.test(name)) expect(data.every((value: number) => value === 0)).toBe(true);
      else expect(new Set(data).size).toBe(data.length);
    }
  });
});

describe('pickVariables', () => {
  it("takes a graph's own variables, and names one that is missing", () => {
    const all = initialValues(GRAPH, 1);
    const samples = traceSamples(MODEL);
    expect(Object.keys(pickVariables(all, samples)).sort()).toEqual([...samples.variables.keys()].sort());
    const { 'genBA/head/conv/bias': _, ...rest } = all;
    expect(() => pickVariables(rest, samples)).toThrow('there is no value for the variable genBA/head/conv/bias');
  });
});
