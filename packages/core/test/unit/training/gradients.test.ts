import { describe, expect, it } from 'vitest';
import { discriminator, type Graph, grad, PAPER_INIT, reshape, sum, type Tensor, type TensorRecord, trace } from '../../../src/index.ts';
import { f32, type HostTensor } from '../../../src/tensor.ts';
import { randomTensor } from '../../../src/testing/index.ts';
import { gradientPenalty } from '../../../src/training/losses.ts';
import { type ModelConfig, traceStep } from '../../../src/training/model.ts';
import type { Pix2PixConfig } from '../../../src/training/pix2pix-step.ts';
import { predictedSlope, randomDirection, relativeError, ScalarOfVariables } from './directional.ts';
import { livelyValues, runOnce, TINY_DISCRIMINATOR, TINY_GENERATOR, tinyFeeds, tinyModel, under } from './tiny.ts';

const DIRECTIONS = [1, 2, 3];

/** Errors of the gradients that a step computes of `losses` in the weights of the networks `prefix`, along random directions. */
async function slopeErrors(model: ModelConfig, losses: RegExp, prefix: string, learningRate = 1e-3): Promise<number[]> {
  const graph = traceStep(model, { gradients: true });
  const feeds = tinyFeeds(model, graph, { learningRate });
  const values = livelyValues(graph);
  const { outputs } = await runOnce(graph, feeds, values);
  const gradients = under(outputs, 'grad/');
  const names = Object.keys(gradients).filter((name) => name.startsWith(prefix));
  const loss = await ScalarOfVariables.of(
    graph,
    [...graph.outputs.keys()].filter((name) => losses.test(name)),
    feeds,
  );
  const errors: number[] = [];
  for (const key of DIRECTIONS) {
    const direction = randomDirection(values, names, `direction ${key}`);
    errors.push(relativeError(await loss.slope(values, direction), predictedSlope(gradients, direction)));
  }
  return errors;
}

const CASES: readonly (readonly [string, ModelConfig])[] = [
  ['lsgan, 8 x 8', tinyModel()],
  ['vanilla, 12 x 8, 3 filters', tinyModel({ height: 12, adversarial: 'vanilla', generator: { ...TINY_GENERATOR, filters: 3 } })],
  [
    'lsgan, batch norm, dropout, batch 2',
    tinyModel({
      batch: 2,
      generator: { ...TINY_GENERATOR, norm: 'batch', dropout: true },
      discriminator: { ...TINY_DISCRIMINATOR, norm: 'batch' },
    }),
  ],
  ['wgangp with its penalty, batch 2', tinyModel({ batch: 2, adversarial: 'wgangp' })],
  ['a U-Net and a pixel discriminator', unetModel()],
];

function unetModel(): ModelConfig {
  return tinyModel({
    generator: { kind: 'unet', filters: 2, levels: 3, norm: 'instance', dropout: false },
    discriminator: { kind: 'pixel', filters: 2, norm: 'instance' },
  });
}

describe.each(CASES)('CycleGAN, %s', (_, model) => {
  it('has all six generator terms', () => {
    const losses = [...traceStep(model).outputs.keys()].filter((name) => /^loss\/(gan|cycle|identity)/.test(name));
    expect(losses).toHaveLength(6);
  });

  it('has the gradient of the whole generator loss', async () => {
    const errors = await slopeErrors(model, /^loss\/(gan|cycle|identity)/, 'gen');
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });

  it('has the gradient of the whole discriminator loss', async () => {
    const errors = await slopeErrors(model, /^loss\/disc/, 'disc');
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });
});

describe('pix2pix', () => {
  const model: Pix2PixConfig = {
    kind: 'pix2pix',
    generatorAB: { ...TINY_GENERATOR, inputChannels: 1, outputChannels: 3 },
    discriminatorB: { ...TINY_DISCRIMINATOR, inputChannels: 4 },
    batch: 2,
    height: 8,
    width: 12,
    adversarial: 'vanilla',
    weights: { gan: 1, l1: 10 },
    gradientPenalty: 0,
    init: { kind: 'normal', gain: 0.3 },
    adam: { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 },
  };

  it('has the gradient of the generator loss', async () => {
    // with a learning rate of 0 the discriminator that judges is the one that was loaded
    const errors = await slopeErrors(model, /^loss\/(gan|l1)/, 'gen', 0);
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });

  it('has the gradient of half the discriminator losses', async () => {
    const graph = traceStep(model, { gradients: true });
    const [feeds, values] = [tinyFeeds(model, graph), livelyValues(graph)];
    const gradients = under((await runOnce(graph, feeds, values)).outputs, 'grad/');
    const direction = randomDirection(
      values,
      Object.keys(gradients).filter((name) => name.startsWith('disc')),
      'halves',
    );
    const loss = await ScalarOfVariables.of(graph, ['loss/discReal', 'loss/discFake'], feeds);
    expect(relativeError((await loss.slope(values, direction)) / 2, predictedSlope(gradients, direction))).toBeLessThan(1e-6);
  });

  it('judges the generator by the updated discriminator, and leaves that update out of its gradient', async () => {
    const graph = traceStep(model, { gradients: true });
    const values = livelyValues(graph);
    const first = await runOnce(graph, tinyFeeds(model, graph, { learningRate: 0.05 }), values);
    const updated = Object.fromEntries(Object.entries(first.state).filter(([name]) => name.startsWith('disc')));
    const second = await runOnce(graph, tinyFeeds(model, graph, { learningRate: 0 }), { ...values, ...updated });
    expect(under(second.outputs, 'grad/gen')).toEqual(under(first.outputs, 'grad/gen'));
    expect(second.outputs['loss/gan']).toEqual(first.outputs['loss/gan']);
    expect(second.outputs['loss/discFake']).not.toEqual(first.outputs['loss/discFake']);
  });
});

describe('the gradient penalty through a PatchGAN with instance norm', () => {
  const spec = { kind: 'patch', inputChannels: 1, filters: 2, layers: 2, norm: 'instance' } as const;
  const shape = [2, 1, 12, 13];
  const context = { init: { ...PAPER_INIT, gain: 0.5 }, training: true };
  const feeds: TensorRecord = {
    real: randomTensor(shape, 'real'),
    fake: randomTensor(shape, 'fake'),
    alpha: f32([2, 1, 1, 1], Float64Array.of(0.3, 0.85)),
  };

  const graph = trace((recorder) => {
    const net = discriminator(recorder, 'discB', spec, context);
    const [real, fake] = [recorder.input('real', shape), recorder.input('fake', shape)];
    const penalty = gradientPenalty(net, real, fake, recorder.input('alpha', [2, 1, 1, 1]));
    recorder.output('penalty', penalty);
    const weights = [...net.scope.weights()];
    const gradients = grad(
      penalty,
      weights.map(([, weight]) => weight),
    );
    weights.forEach(([name], k) => {
      recorder.output(`grad/${name}`, gradients[k] as Tensor);
    });
  });

  it('agrees with finite differences, which are of second order', async () => {
    const values = livelyValues(graph);
    const gradients = under((await runOnce(graph, feeds, values)).outputs, 'grad/');
    const penalty = await ScalarOfVariables.of(graph, ['penalty'], feeds);
    for (const key of DIRECTIONS) {
      const direction = randomDirection(values, Object.keys(gradients), `penalty ${key}`);
      const slope = await penalty.slope(values, direction);
      expect(Math.abs(slope)).toBeGreaterThan(1e-3);
      expect(relativeError(slope, predictedSlope(gradients, direction))).toBeLessThan(1e-6);
    }
  });

  it('is the mean over samples of (|d logits / d pixels| - 1)² at the pictures in between', async () => {
    const values = livelyValues(graph);
    const { outputs } = await runOnce(graph, feeds, values);
    const norms = await pixelGradientNorms(values, between(feeds));
    const expected = norms.reduce((total, norm) => total + (norm - 1) ** 2, 0) / norms.length;
    expect(relativeError(outputs.penalty?.data[0] ?? Number.NaN, expected)).toBeLessThan(1e-6);
    expect(Math.abs((norms[0] ?? 0) - (norms[1] ?? 0))).toBeGreaterThan(1e-3);
  });

  function between({ real, fake, alpha }: TensorRecord): Float64Array {
    const size = (real?.data.length ?? 0) / 2;
    return Float64Array.from(real?.data ?? [], (value, at) => {
      const share = alpha?.data[Math.floor(at / size)] ?? Number.NaN;
      return share * value + (1 - share) * (fake?.data[at] ?? Number.NaN);
    });
  }

  /** For each sample, the length of the gradient of the logits' sum, pixel by pixel from finite differences. */
  async function pixelGradientNorms(values: TensorRecord, pixels: Float64Array): Promise<number[]> {
    const logits = await ScalarOfVariables.of(sumOfLogits(), ['sum'], {});
    const picture: HostTensor = { shape, dtype: 'f32', data: pixels };
    const squares = [0, 0];
    for (let at = 0; at < pixels.length; at++) {
      const unit = Float64Array.from(pixels, (_, k) => (k === at ? 1 : 0));
      const slope = await logits.slope({ ...values, picture }, { picture: { ...picture, data: unit } });
      const sample = Math.floor((2 * at) / pixels.length);
      squares[sample] = (squares[sample] ?? 0) + slope ** 2;
    }
    return squares.map(Math.sqrt);
  }

  function sumOfLogits(): Graph {
    return trace((recorder) => {
      const picture = recorder.variable('picture', shape, { kind: 'constant', value: 0 });
      const logits = discriminator(recorder, 'discB', spec, context).apply(picture);
      recorder.output('sum', reshape(sum(logits), []));
    });
  }
});
