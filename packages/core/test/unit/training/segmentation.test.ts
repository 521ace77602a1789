import { describe, expect, it } from 'vitest';
import {
  type FcnSpec,
  HE_INIT,
  type LabelledBatch,
  SEGMENTATION_ADAM,
  type SegmentationConfig,
  segmentationLoss,
  segmentationRate,
  trace,
  traceSegmentationStep,
  trainSegmentation,
} from '../../../src/index.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import { i32, type TensorRecord } from '../../../src/tensor.ts';
import { randomTensor } from '../../../src/testing/index.ts';
import { adamFeeds } from '../../../src/training/adam.ts';
import { randomFeeds } from '../../../src/training/model.ts';
import { predictedSlope, randomDirection, relativeError, ScalarOfVariables } from './directional.ts';
import { livelyValues, runOnce, under } from './tiny.ts';

const VOID = 255;
const NETWORK: FcnSpec = { kind: 'fcn8s', inputChannels: 3, classes: 3, widthMultiplier: 1 / 64, norm: 'none', dropout: false };
const CONFIG: SegmentationConfig = { network: NETWORK, batch: 2, height: 32, width: 32, init: HE_INIT, adam: SEGMENTATION_ADAM };

function labelsOf(pixels: number, key: number): Int32Array {
  return Int32Array.from({ length: pixels }, (_, at) => [0, 1, 2, VOID][(at * 7 + key * 3 + (at >> 5)) % 4] ?? 0);
}

function batchOf({ batch, height, width }: SegmentationConfig, key: number): LabelledBatch {
  return {
    photos: randomTensor([batch, 3, height, width], `photos ${key}`),
    labels: i32([batch, 1, height, width], labelsOf(batch * height * width, key)),
  };
}

describe('the loss', () => {
  const shape = [2, 3, 2, 4];
  const labels = i32([2, 1, 2, 4], labelsOf(16, 1));
  const loss = async (logits: TensorRecord[string], chosen = labels, weights?: readonly number[]) => {
    const graph = trace((recorder) => {
      recorder.output('loss', segmentationLoss(recorder.input('logits', shape), recorder.input('labels', [2, 1, 2, 4], 'i32'), weights));
    });
    return (await runOnce(graph, { logits, labels: chosen })).outputs.loss?.data[0];
  };

  it('is the mean of -log p by the weights of classes, over pixels that are not void', async () => {
    const logits = randomTensor(shape, 'logits');
    const weights = [1, 0.5, 3];
    let [total, counted] = [0, 0];
    for (const [at, label] of labels.data.entries()) {
      if (label === VOID) continue;
      const score = (each: number) => logits.data[Math.floor(at / 8) * 24 + each * 8 + (at % 8)] ?? 0;
      const weight = weights[label] ?? 0;
      total -= weight * Math.log(Math.exp(score(label)) / (Math.exp(score(0)) + Math.exp(score(1)) + Math.exp(score(2))));
      counted += weight;
    }
    expect(await loss(logits, labels, weights)).toBeCloseTo(total / counted, 12);
  });

  it('does not see void pixels, and is 0 where all are', async () => {
    const logits = randomTensor(shape, 'logits');
    const wild = Float64Array.from(logits.data, (value, at) =>
      labels.data[Math.floor(at / 24) * 8 + (at % 8)] === VOID ? 50 * value : value,
    );
    expect(await loss({ ...logits, data: wild })).toBe(await loss(logits));
    expect(await loss(logits, i32([2, 1, 2, 4], new Int32Array(16).fill(VOID)))).toBe(0);
  });

  it('refuses weights of other classes', async () => {
    await expect(loss(randomTensor(shape, 'logits'), labels, [1, 2])).rejects.toThrow('expected 3 numbers of at least 0, got 1, 2');
  });
});

describe.each<[string, Partial<FcnSpec>]>([
  ['as published', {}],
  ['with dropout', { dropout: true }],
  ['with batch norm', { norm: 'batch' }],
])('the step %s', (_, spec) => {
  it('has gradients that agree with finite differences', async () => {
    const config = { ...CONFIG, network: { ...NETWORK, ...spec }, classWeights: [1, 2, 0.5] };
    const graph = traceSegmentationStep(config, { gradients: true });
    const feeds = { ...batchOf(config, 1), ...adamFeeds(1e-3, 1, config.adam), ...randomFeeds(graph, { seed: 1, step: 0 }) };
    const values = livelyValues(graph);
    const gradients = under((await runOnce(graph, feeds, values)).outputs, 'grad/');
    const loss = await ScalarOfVariables.of(graph, ['loss/segmentation'], feeds);
    for (const key of [1, 2]) {
      const direction = randomDirection(values, Object.keys(gradients), `direction ${key}`);
      expect(relativeError(await loss.slope(values, direction), predictedSlope(gradients, direction))).toBeLessThan(1e-5);
    }
  });
});

describe('training', () => {
  it('lowers the loss, ends with the weights, and is the same twice', async () => {
    const run = async () => {
      const losses: number[] = [];
      let weights: TensorRecord = {};
      const training = { config: CONFIG, backend: createReferenceBackend(), learningRate: 1e-2, steps: 6, seed: 3 };
      for await (const event of trainSegmentation({ ...training, batch: async () => batchOf(CONFIG, 1) })) {
        if (event.kind === 'step') losses.push(event.loss);
        else weights = event.weights;
      }
      return { losses, weights };
    };
    const first = await run();
    expect(first.losses).toHaveLength(6);
    expect(first.losses.at(-1)).toBeLessThan(first.losses[0] ?? 0);
    expect(Object.keys(first.weights).every((name) => name.startsWith('fcn/'))).toBe(true);
    expect(await run()).toEqual(first);
  });

  it('ends without weights once it is stopped, and with the error of a batch', async () => {
    const signal = { aborted: false };
    const kinds: string[] = [];
    const training = { config: CONFIG, backend: createReferenceBackend(), learningRate: 1e-2, steps: 3, seed: 3 };
    for await (const { kind } of trainSegmentation({ ...training, batch: async () => batchOf(CONFIG, 1), signal })) {
      kinds.push(kind);
      signal.aborted = true;
    }
    expect(kinds).toEqual(['step']);
    const broken = async (step: number) => {
      if (step === 1) throw new Error('no such picture');
      return batchOf(CONFIG, step);
    };
    const all = async () => {
      for await (const _ of trainSegmentation({ ...training, batch: broken }));
    };
    await expect(all()).rejects.toThrow('no such picture');
  });

  it('learns at a rate that falls in the second half', () => {
    expect([0, 5, 6, 9].map((step) => segmentationRate(step, { learningRate: 1, steps: 10 }))).toEqual([
      1,
      1,
      0.8,
      expect.closeTo(0.2, 12),
    ]);
  });
});
