import { describe, expect, it } from 'vitest';
import { discriminator, eliminateDeadCode, type Graph, trace, verify } from '../../../src/index.ts';
import { f32Scalar, type HostTensor, type TensorRecord } from '../../../src/tensor.ts';
import { randomTensor } from '../../../src/testing/index.ts';
import { type CycleGanWeights, cycleGanWeights, traceTranslation } from '../../../src/training/cyclegan-step.ts';
import { poolFeeds } from '../../../src/training/image-pool.ts';
import type { AdversarialKind } from '../../../src/training/losses.ts';
import { initialValues, traceSamples, traceStep } from '../../../src/training/model.ts';
import { livelyValues, runOnce, TINY_DISCRIMINATOR, TINY_GENERATOR, tinyBatch, tinyFeeds, tinyModel, under } from './tiny.ts';

const NOTHING: CycleGanWeights = { ganAB: 0, ganBA: 0, cycleA: 0, cycleB: 0, identityA: 0, identityB: 0 };
const weights = (some: Partial<CycleGanWeights>) => tinyModel({ poolSize: 3, weights: { ...NOTHING, ...some } });

/** How often each generator is applied: it ends in one tanh. */
function applications(graph: Graph, net: string): number {
  return eliminateDeadCode(graph).nodes.filter(({ op, scope }) => op === 'tanh' && scope.split('/').includes(net)).length;
}

const namesOf = (graph: Graph, prefix: string) => [...graph.outputs.keys()].filter((name) => name.startsWith(prefix)).sort();
const networksOf = (graph: Graph) => [...new Set([...graph.variables.keys()].map((name) => name.split('/')[0]))].sort();

describe('each network learns from its own loss alone', () => {
  const model = tinyModel({ batch: 2, poolSize: 2, adversarial: 'wgangp' });
  const graph = traceStep(model, { gradients: true });
  const feeds = tinyFeeds(model, graph);
  const values = livelyValues(graph);
  const run = (changed: TensorRecord = {}, state: TensorRecord = {}) => runOnce(graph, { ...feeds, ...changed }, { ...values, ...state });
  const learnt = (state: TensorRecord, kind: 'gen' | 'disc') =>
    Object.fromEntries(Object.entries(state).filter(([name]) => name.replace(/^adam\/.\//, '').startsWith(kind)));

  it('the discriminators learn the same whatever the generators want', async () => {
    const plain = await run();
    const loud = Object.fromEntries(Object.keys(model.weights).map((name, k) => [`weight/${name}`, f32Scalar(1000 * (k + 1))]));
    const other = await run(loud);
    expect(learnt(other.state, 'disc')).toEqual(learnt(plain.state, 'disc'));
    expect(learnt(other.state, 'gen')).not.toEqual(learnt(plain.state, 'gen'));
  });

  it('the generators learn the same whatever the discriminators are shown', async () => {
    const swap = { index: 1, store: true, showOld: true };
    const shown = poolFeeds('fakeA', [swap, swap]);
    const stored = { 'pool/fakeA/images': randomTensor([2, 3, 8, 8], 'stored') };
    const [plain, other] = [await run(), await run({ ...shown, ...poolFeeds('fakeB', [swap, swap]) }, stored)];
    expect(learnt(other.state, 'gen')).toEqual(learnt(plain.state, 'gen'));
    expect(learnt(other.state, 'disc')).not.toEqual(learnt(plain.state, 'disc'));
  });

  it('moves each weight once, along the gradient that is reported for it', async () => {
    const { outputs, state } = await run();
    const gradients = under(outputs, 'grad/');
    const [stepSize, correction] = ['adam/stepSize', 'adam/correction'].map((name) => feeds[name]?.data[0] as number) as [number, number];
    expect(Object.keys(gradients).sort()).toEqual(Object.keys(under(state, 'adam/m/')).sort());
    for (const [name, { data }] of Object.entries(gradients)) {
      data.forEach((gradient, at) => {
        const before = (values[name] as HostTensor).data[at] as number;
        const after = before - (stepSize * 0.5 * gradient) / (Math.sqrt(0.001 * gradient ** 2) * correction + 1e-8);
        expect(state[name]?.data[at]).toBeCloseTo(after, 12);
        expect(state[`adam/m/${name}`]?.data[at]).toBeCloseTo(0.5 * gradient, 12);
      });
    }
  });

  it('judges with the discriminators as they were before the step', async () => {
    const still = Object.fromEntries(['adam/stepSize'].map((name) => [name, f32Scalar(0)]));
    const [moving, resting] = [await run(), await run(still)];
    expect(under(resting.outputs, 'loss/')).toEqual(under(moving.outputs, 'loss/'));
    expect(under(resting.outputs, 'grad/')).toEqual(under(moving.outputs, 'grad/'));
  });
});

describe('losses by hand', () => {
  /** Networks that ignore what they see: generators paint tanh(0.5) or tanh(-1), discriminators say 3 or -2. */
  const CONSTANTS = { genAB: 0.5, genBA: -1, discA: 3, discB: -2 };
  const blind = (graph: Graph): TensorRecord =>
    Object.fromEntries(
      Object.entries(initialValues(graph, 1)).map(([name, tensor]) => {
        const [net, ...path] = name.split('/');
        const value = path.join('/') === 'head/conv/bias' ? CONSTANTS[net as keyof typeof CONSTANTS] : 0;
        return [name, { ...tensor, data: new Float64Array(tensor.data.length).fill(value) }];
      }),
    );
  const lossesOf = async (adversarial: AdversarialKind, gradientPenalty = 0) => {
    const model = tinyModel({ adversarial, gradientPenalty, weights: cycleGanWeights({ lambdaA: 8, lambdaB: 2, lambdaIdentity: 0.25 }) });
    const graph = traceStep(model);
    const { outputs } = await runOnce(graph, tinyFeeds(model, graph), blind(graph));
    const losses = under(outputs, 'loss/');
    return { model, losses: Object.fromEntries(Object.entries(losses).map(([name, { data }]) => [name, data[0] as number])) };
  };

  it('cycle and identity terms are weighted mean distances to the pictures', async () => {
    const { model, losses } = await lossesOf('lsgan');
    const { A, B } = tinyBatch(model, 'step 0');
    const distance = ({ data }: HostTensor, painted: number) =>
      Array.from(data).reduce((total, value) => total + Math.abs(value - Math.tanh(painted)), 0) / data.length;
    expect(losses.cycleA).toBeCloseTo(8 * distance(A, CONSTANTS.genBA), 12);
    expect(losses.cycleB).toBeCloseTo(2 * distance(B, CONSTANTS.genAB), 12);
    expect(losses.identityA).toBeCloseTo(0.5 * distance(B, CONSTANTS.genAB), 12);
    expect(losses.identityB).toBeCloseTo(2 * distance(A, CONSTANTS.genBA), 12);
  });

  const softplus = (x: number) => Math.log1p(Math.exp(x));
  it.each([
    ['lsgan', { ganAB: 9, ganBA: 4, discB: (9 + 4) / 2, discA: (4 + 9) / 2 }],
    [
      'vanilla',
      { ganAB: softplus(2), ganBA: softplus(-3), discB: (softplus(2) + softplus(-2)) / 2, discA: (softplus(-3) + softplus(3)) / 2 },
    ],
    ['wgangp', { ganAB: 2, ganBA: -3, discB: 0, discA: 0 }],
  ] as const)("%s: generators meet the other domain's discriminator, which halves the sum of its two losses", async (kind, expected) => {
    const { losses } = await lossesOf(kind);
    for (const [name, value] of Object.entries(expected)) expect(losses[name]).toBeCloseTo(value, 12);
  });

  it('the gradient penalty of a discriminator without a slope is its weight', async () => {
    const { losses } = await lossesOf('wgangp', 7);
    expect(losses.discA).toBeCloseTo(7, 12);
    expect(losses.discB).toBeCloseTo(7, 12);
  });
});

describe('cycleGanWeights', () => {
  it("states the paper's by default", () => {
    expect(cycleGanWeights()).toEqual({ ganAB: 1, ganBA: 1, cycleA: 10, cycleB: 10, identityA: 5, identityB: 5 });
  });

  it('gives each identity term a share of the other cycle, as in the reference', () => {
    const shares = cycleGanWeights({ lambdaA: 8, lambdaB: 2, lambdaIdentity: 0.25 });
    expect(shares).toMatchObject({ cycleA: 8, cycleB: 2, identityA: 0.5, identityB: 2 });
  });
});

describe('a loss weight of 0 removes the nodes of its term', () => {
  it('all terms: every network, two adversarial losses, two uses of each generator, one of them on both domains', () => {
    const graph = traceStep(tinyModel({ poolSize: 3 }));
    verify(graph);
    expect(networksOf(graph)).toEqual(['adam', 'discA', 'discB', 'genAB', 'genBA', 'pool']);
    expect([applications(graph, 'genAB'), applications(graph, 'genBA')]).toEqual([2, 2]);
  });

  it.each([
    ['batch norm', { generatorAB: { ...tinyModel().generatorAB, norm: 'batch' as const } }, [3, 2]],
    ['large pictures', { height: 136, width: 128 }, [3, 3]],
  ])('%s: a generator that sees the domains one after the other', (_, changes, uses) => {
    const graph = traceStep({ ...tinyModel(), ...changes });
    expect([applications(graph, 'genAB'), applications(graph, 'genBA')]).toEqual(uses);
  });

  it.each([
    ['ganAB = ganBA = 0 leaves no discriminator and no buffer', { cycleA: 10, cycleB: 10 }, ['adam', 'genAB', 'genBA'], [2, 2]],
    ['cycleB = 0', { ganAB: 1, ganBA: 1, cycleA: 10 }, ['adam', 'discA', 'discB', 'genAB', 'genBA', 'pool'], [1, 2]],
    ['cycleA = 0', { ganAB: 1, ganBA: 1, cycleB: 10 }, ['adam', 'discA', 'discB', 'genAB', 'genBA', 'pool'], [2, 1]],
    ['GAN alone', { ganAB: 1, ganBA: 1 }, ['adam', 'discA', 'discB', 'genAB', 'genBA', 'pool'], [1, 1]],
    ['one GAN', { ganBA: 1 }, ['adam', 'discA', 'genBA', 'pool'], [0, 1]],
    ['forward cycle alone', { cycleA: 1 }, ['adam', 'genAB', 'genBA'], [1, 1]],
    ['one identity', { identityB: 1 }, ['adam', 'genBA'], [0, 1]],
  ] as const)('%s', (_, some, networks, uses) => {
    const graph = traceStep(weights(some), { gradients: true });
    verify(graph);
    expect(networksOf(graph)).toEqual(networks);
    expect([applications(graph, 'genAB'), applications(graph, 'genBA')]).toEqual(uses);
    const discriminators = networks.filter((name) => name.startsWith('disc')).map((name) => `loss/${name}`);
    expect(namesOf(graph, 'loss/')).toEqual([...Object.keys(some).map((name) => `loss/${name}`), ...discriminators].sort());
    expect([...graph.inputs.keys()].filter((name) => name.startsWith('weight/')).sort()).toEqual(
      Object.keys(some)
        .map((name) => `weight/${name}`)
        .sort(),
    );
  });

  it('leaves fewer nodes with each term that goes', () => {
    const sizes = [{}, { identityA: 0, identityB: 0 }, { identityA: 0, identityB: 0, cycleB: 0 }].map(
      (without) => traceStep(tinyModel({ weights: { ...cycleGanWeights(), ...without } })).nodes.length,
    );
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(new Set(sizes).size).toBe(3);
  });

  it('runs what is left, and samples from it', async () => {
    const model = weights({ ganBA: 1 });
    const graph = traceStep(model);
    const { state } = await runOnce(graph, tinyFeeds(model, graph), initialValues(graph, 1));
    const samples = traceSamples(model);
    const { outputs } = await runOnce(samples, tinyBatch(model, 'sample'), state);
    expect(Object.keys(outputs).sort()).toEqual(['picture/fakeA', 'picture/idtB']);
  });

  it('has a gradient penalty only with wgangp and a weight for it', () => {
    const penalties = (options: Parameters<typeof tinyModel>[0]) =>
      [...traceStep(tinyModel(options)).inputs.keys()].filter((name) => name.startsWith('penalty/'));
    expect(penalties({ adversarial: 'wgangp' })).toEqual(['penalty/discB', 'penalty/discA']);
    expect(penalties({ adversarial: 'wgangp', gradientPenalty: 0 })).toEqual([]);
    expect(penalties({ adversarial: 'lsgan' })).toEqual([]);
  });
});

describe('ModelError', () => {
  it('for weights that are none', () => {
    expect(() => traceStep(weights({}))).toThrow('all loss weights are 0');
    expect(() => traceStep(weights({ cycleA: -1 }))).toThrow('loss weight cycleA: expected a number of at least 0, got -1.');
  });

  it('for identity losses between domains of different channels', () => {
    const channels = { A: 1, B: 3 };
    expect(() => traceStep(tinyModel({ channels }))).toThrow('the identity loss needs domains of equal channels, got 1 and 3');
    expect(() => traceStep(tinyModel({ channels, weights: cycleGanWeights({ lambdaIdentity: 0 }) }))).not.toThrow();
  });

  it('for sizes that the generator does not take', () => {
    expect(() => traceStep(tinyModel({ width: 10 }))).toThrow('multiples of 4');
  });

  it('for generators that do not fit together', () => {
    const model = tinyModel();
    expect(() => traceStep({ ...model, generatorBA: { ...model.generatorBA, inputChannels: 1 } })).toThrow(
      'genBA takes pictures of 1 channels, got 3.',
    );
  });
});

describe('samples', () => {
  const model = tinyModel({ batch: 2, generator: { ...TINY_GENERATOR, norm: 'batch', dropout: true } });

  it('are all six pictures, and change no variable', () => {
    const graph = traceSamples(model);
    verify(graph);
    expect(namesOf(graph, 'picture/')).toEqual(['fakeA', 'fakeB', 'idtA', 'idtB', 'recA', 'recB'].map((name) => `picture/${name}`));
    expect([...graph.variables.values()].filter(({ update }) => update !== undefined)).toEqual([]);
    expect([...graph.inputs.keys()].sort()).toEqual(['A', 'B']);
  });

  it('are four where the domains differ in channels', () => {
    expect(namesOf(traceSamples({ ...model, ...tinyModel({ channels: { A: 1, B: 3 } }) }), 'picture/')).toHaveLength(4);
  });

  it('are what the translation program makes', async () => {
    const samples = traceSamples(model);
    const values = livelyValues(samples);
    const batch = tinyBatch(model, 'sample');
    const { outputs } = await runOnce(samples, batch, values);
    const { height, width } = model;
    const forward = traceTranslation('genAB', model.generatorAB, { batch: 2, height, width });
    const weightsAB = Object.fromEntries([...forward.variables.keys()].map((name) => [name, values[name] as HostTensor]));
    expect((await runOnce(forward, { x: batch.A }, weightsAB)).outputs.y).toEqual(outputs['picture/fakeB']);
    expect((await runOnce(forward, { x: batch.B }, weightsAB)).outputs.y).toEqual(outputs['picture/idtA']);
  });

  it('come with what each discriminator says of real and of made pictures, if asked', async () => {
    const asked = tinyModel({ batch: 2, discriminator: { ...TINY_DISCRIMINATOR, norm: 'batch' } });
    const samples = traceSamples(asked, { patches: true });
    verify(samples);
    expect([...samples.variables.values()].filter(({ update }) => update !== undefined)).toEqual([]);
    const values = livelyValues(samples);
    const batch = tinyBatch(asked, 'sample');
    const { outputs } = await runOnce(samples, batch, values);
    const { 'picture/fakeA': fakeA, 'picture/fakeB': fakeB } = outputs;
    const shown = { realA: batch.A, fakeA, realB: batch.B, fakeB };
    expect(Object.keys(under(outputs, 'patch/')).sort()).toEqual(Object.keys(shown).sort());
    for (const [name, picture] of Object.entries(shown)) {
      const judged = trace((recorder) => {
        const [disc, spec] = name.endsWith('A') ? (['discA', asked.discriminatorA] as const) : (['discB', asked.discriminatorB] as const);
        const x = recorder.input('x', picture?.shape ?? []);
        recorder.output('y', discriminator(recorder, disc, spec, { init: asked.init, training: true }).apply(x));
      });
      const weights = Object.fromEntries([...judged.variables.keys()].map((key) => [key, values[key] as HostTensor]));
      expect((await runOnce(judged, { x: picture as HostTensor }, weights)).outputs.y, name).toEqual(outputs[`patch/${name}`]);
    }
  });

  it('come with nothing of a discriminator that does not learn', () => {
    const asked = (given: Partial<CycleGanWeights>) => namesOf(traceSamples(weights(given), { patches: true }), 'patch/');
    expect(asked({ ganAB: 1, cycleA: 1 })).toEqual(['patch/fakeB', 'patch/realB']);
    expect(asked({ cycleA: 1 })).toEqual([]);
    expect(namesOf(traceSamples(model), 'patch/')).toEqual([]);
  });
});
