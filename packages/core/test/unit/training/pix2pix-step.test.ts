import { describe, expect, it } from 'vitest';
import { concat, discriminator, trace, verify } from '../../../src/index.ts';
import { PAPER_INIT } from '../../../src/nn/initializers.ts';
import type { HostTensor } from '../../../src/tensor.ts';
import { PAPER_ADAM } from '../../../src/training/adam.ts';
import { initialValues, traceSamples, traceStep } from '../../../src/training/model.ts';
import type { Pix2PixConfig } from '../../../src/training/pix2pix-step.ts';
import { runOnce, TINY_DISCRIMINATOR, TINY_GENERATOR, tinyBatch, tinyFeeds } from './tiny.ts';

const MODEL: Pix2PixConfig = {
  kind: 'pix2pix',
  generatorAB: { ...TINY_GENERATOR, inputChannels: 3, outputChannels: 1 },
  discriminatorB: { ...TINY_DISCRIMINATOR, inputChannels: 4, norm: 'batch' },
  batch: 1,
  height: 8,
  width: 12,
  adversarial: 'wgangp',
  weights: { gan: 1, l1: 100 },
  gradientPenalty: 10,
  init: PAPER_INIT,
  adam: PAPER_ADAM,
};

const lossesOf = (model: Pix2PixConfig) => [...traceStep(model).outputs.keys()].filter((name) => name.startsWith('loss/'));
const withWeights = (gan: number, l1: number): Pix2PixConfig => ({ ...MODEL, weights: { gan, l1 } });

describe('the pix2pix step', () => {
  it('judges fakes, then real pairs, with a penalty, and the fakes again', () => {
    const graph = traceStep(MODEL);
    verify(graph);
    expect(lossesOf(MODEL)).toEqual(['loss/discFake', 'loss/discReal', 'loss/gan', 'loss/l1']);
    expect(graph.inputs.has('penalty/discB')).toBe(true);
    // fakes, reals, the penalty and fakes again each move the running statistics by a tenth
    const ops = graph.variables.get('discB/layer1/norm/mean')?.update;
    let [node, applications] = [ops?.node, 0];
    for (; node?.op === 'add'; node = node.inputs[0]?.node.inputs[0]?.node) applications++;
    expect(applications).toBe(4);
  });

  it('has no discriminator without its loss, and no L1 without its weight', () => {
    expect(lossesOf(withWeights(0, 1))).toEqual(['loss/l1']);
    expect([...traceStep(withWeights(0, 1)).variables.keys()].filter((name) => name.includes('disc'))).toEqual([]);
    expect(lossesOf(withWeights(1, 0))).toEqual(['loss/discFake', 'loss/discReal', 'loss/gan']);
  });

  it.each([
    [0, 0, 'all loss weights are 0'],
    [-1, 100, 'loss weight gan: expected a number of at least 0, got -1.'],
    [1, Number.NaN, 'loss weight l1: expected a number of at least 0, got NaN.'],
  ])('refuses the weights %d and %d', (gan, l1, message) => {
    expect(() => traceStep(withWeights(gan, l1))).toThrow(message);
  });

  it('refuses a discriminator of anything but pairs', () => {
    const discriminatorB = { ...MODEL.discriminatorB, inputChannels: 3 };
    expect(() => traceStep({ ...MODEL, discriminatorB })).toThrow('discB takes pictures of 3 channels, got 4.');
  });

  it('runs, and samples from what it learnt', async () => {
    const graph = traceStep(MODEL);
    const { state, outputs } = await runOnce(graph, tinyFeeds(MODEL, graph), initialValues(graph, 1));
    for (const name of lossesOf(MODEL)) expect(outputs[name]?.data[0]).toSatisfy(Number.isFinite);
    const sample = await runOnce(traceSamples(MODEL), tinyBatch(MODEL, 'sample'), state);
    expect(sample.outputs['picture/fakeB']?.shape).toEqual([1, 1, 8, 12]);
  });

  it('shows what the discriminator says of pairs', async () => {
    const samples = traceSamples(MODEL, { patches: true });
    const values = initialValues(samples, 1);
    const batch = tinyBatch(MODEL, 'sample');
    const { outputs } = await runOnce(samples, batch, values);
    expect(Object.keys(outputs).sort()).toEqual(['patch/fakeB', 'patch/realB', 'picture/fakeB']);
    const judged = trace((recorder) => {
      const net = discriminator(recorder, 'discB', MODEL.discriminatorB, { init: MODEL.init, training: true });
      const [A, B] = [recorder.input('A', batch.A.shape), recorder.input('B', batch.B.shape)];
      recorder.output('y', net.apply(concat([A, B], 1)));
    });
    const weights = Object.fromEntries([...judged.variables.keys()].map((name) => [name, values[name] as HostTensor]));
    const judgement = async (B: HostTensor) => (await runOnce(judged, { A: batch.A, B }, weights)).outputs.y;
    expect(await judgement(batch.B)).toEqual(outputs['patch/realB']);
    expect(await judgement(outputs['picture/fakeB'] as HostTensor)).toEqual(outputs['patch/fakeB']);
    expect([...traceSamples(withWeights(0, 1), { patches: true }).outputs.keys()]).toEqual(['picture/fakeB']);
  });
});
