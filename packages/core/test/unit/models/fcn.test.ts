import { describe, expect, it } from 'vitest';
import { BILINEAR, conv2dInputGrad, convGeometry, type FcnSpec, resize, trace, traceSegmentation } from '../../../src/index.ts';
import { initialise } from '../../../src/nn/initializers.ts';
import { randomTensor } from '../../../src/testing/index.ts';
import { initialValues } from '../../../src/training/model.ts';
import { runOnce } from '../training/tiny.ts';

const FCN: FcnSpec = { kind: 'fcn8s', inputChannels: 3, classes: 21, widthMultiplier: 1, norm: 'none', dropout: true };
const TINY: FcnSpec = { ...FCN, classes: 3, widthMultiplier: 1 / 64 };

/** Shapes of the network's weights by their names. */
function weightsOf(spec: FcnSpec, suffix = 'weight'): Record<string, readonly number[]> {
  const { variables } = traceSegmentation(spec, { batch: 1, height: 32, width: 64 });
  return Object.fromEntries(
    [...variables.values()].flatMap(({ name, shape }) =>
      name.endsWith(`/${suffix}`) ? [[name.slice(4, -suffix.length - 1), shape] as const] : [],
    ),
  );
}

describe('FCN-8s', () => {
  it('has the published layers', () => {
    expect(weightsOf(FCN)).toEqual({
      'conv1-1/conv': [64, 3, 3, 3],
      'conv1-2/conv': [64, 64, 3, 3],
      'conv2-1/conv': [128, 64, 3, 3],
      'conv2-2/conv': [128, 128, 3, 3],
      'conv3-1/conv': [256, 128, 3, 3],
      'conv3-2/conv': [256, 256, 3, 3],
      'conv3-3/conv': [256, 256, 3, 3],
      'conv4-1/conv': [512, 256, 3, 3],
      'conv4-2/conv': [512, 512, 3, 3],
      'conv4-3/conv': [512, 512, 3, 3],
      'conv5-1/conv': [512, 512, 3, 3],
      'conv5-2/conv': [512, 512, 3, 3],
      'conv5-3/conv': [512, 512, 3, 3],
      fc6: [4096, 512, 7, 7],
      fc7: [4096, 4096, 1, 1],
      'score-fc7': [21, 4096, 1, 1],
      'enlarge-fc7': [21, 21, 4, 4],
      'score-pool4': [21, 512, 1, 1],
      'enlarge-pool4': [21, 21, 4, 4],
      'score-pool3': [21, 256, 1, 1],
      'enlarge-pool3': [21, 21, 16, 16],
    });
    expect(Object.keys(weightsOf(FCN, 'bias'))).toHaveLength(18);
  });

  it('has them narrower, and batch norm in place of biases, where it is told', () => {
    const weights = weightsOf({ ...FCN, widthMultiplier: 1 / 16, norm: 'batch' });
    expect([weights['conv1-1/conv'], weights['conv5-3/conv'], weights.fc6]).toEqual([
      [4, 3, 3, 3],
      [32, 32, 3, 3],
      [256, 32, 7, 7],
    ]);
    expect(Object.keys(weightsOf({ ...FCN, norm: 'batch' }, 'norm/variance'))).toHaveLength(13);
    expect(Object.keys(weightsOf({ ...FCN, norm: 'batch' }, 'bias'))).toHaveLength(5);
  });

  it('gives scores for each pixel, and refuses other sizes, channels and settings', () => {
    const scores = (spec: FcnSpec, height: number, width: number) =>
      traceSegmentation(spec, { batch: 2, height, width }).outputs.get('logits')?.shape;
    expect(scores(TINY, 64, 96)).toEqual([2, 3, 64, 96]);
    expect(() => scores(TINY, 64, 80)).toThrow('multiples of 32, got 64x80');
    expect(() => scores({ ...TINY, classes: 1 }, 32, 32)).toThrow('classes must be a whole number of at least 2, got 1');
    expect(() => scores({ ...TINY, widthMultiplier: 0 }, 32, 32)).toThrow('widthMultiplier must be a number above 0, got 0');
  });

  it('adds up scores of three depths', async () => {
    const graph = traceSegmentation(TINY, { batch: 1, height: 32, width: 32 });
    const values = initialValues(graph, 1);
    const photos = randomTensor([1, 3, 32, 32], 'photos');
    const logits = async (...kept: string[]) => {
      const without = Object.entries(values).map(([name, value]) => {
        const muted = name.includes('/score-') && !kept.some((each) => name.includes(`/score-${each}/`));
        return [name, muted ? { ...value, data: new Float64Array(value.data.length) } : value] as const;
      });
      return (await runOnce(graph, { photos }, Object.fromEntries(without))).outputs.logits?.data ?? [];
    };
    const [all, ...parts] = [await logits('fc7', 'pool4', 'pool3'), await logits('fc7'), await logits('pool4'), await logits('pool3')];
    for (const part of parts) expect(Math.max(...Array.from(part, Math.abs))).toBeGreaterThan(1e-3);
    for (const [at, value] of all.entries()) expect(parts.reduce((total, part) => total + (part[at] ?? 0), 0)).toBeCloseTo(value, 10);
  });
});

describe.each([2, 8])('a transposed convolution that starts bilinear, times %i', (factor) => {
  it('resizes bilinearly, but for the border, where all channels fade alike', async () => {
    const [channels, height, width] = [3, 4, 5];
    const shape = [channels, channels, 2 * factor, 2 * factor];
    const size = [factor * height, factor * width] as const;
    const graph = trace((recorder) => {
      const x = recorder.input('x', [1, channels, height, width]);
      const geometry = { ...convGeometry(factor, factor / 2), inputSize: size };
      recorder.output('enlarged', conv2dInputGrad(x, recorder.input('weight', shape), geometry));
      recorder.output('resized', resize(x, size));
      recorder.output(
        'whole',
        conv2dInputGrad(recorder.input('ones', [1, channels, height, width]), recorder.input('weight', shape), geometry),
      );
    });
    const weight = initialise('w', { shape, dtype: 'f32' }, BILINEAR, 0);
    const ones = { shape: [1, channels, height, width], dtype: 'f32', data: new Float64Array(channels * height * width).fill(1) } as const;
    const { outputs } = await runOnce(graph, { x: randomTensor([1, channels, height, width], 'x'), weight, ones });
    const [enlarged, resized, whole] = [outputs.enlarged?.data, outputs.resized?.data ?? [], outputs.whole?.data];
    for (const [at, value] of resized.entries()) expect((enlarged?.[at] ?? Number.NaN) / (whole?.[at] ?? 0)).toBeCloseTo(value, 12);
    const middle = factor * width * Math.floor((factor * height) / 2) + Math.floor((factor * width) / 2);
    expect(whole?.[middle]).toBe(1);
  });
});
