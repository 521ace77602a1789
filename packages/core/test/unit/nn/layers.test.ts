import { describe, expect, it } from 'vitest';
import { type Tensor, trace } from '../../../src/index.ts';
import { PAPER_INIT } from '../../../src/nn/initializers.ts';
import { convolution, dropout, norm, upConvolution } from '../../../src/nn/layers.ts';
import { Scope } from '../../../src/nn/scope.ts';
import { f32, type HostTensor } from '../../../src/tensor.ts';
import { randomTensor } from '../../../src/testing/index.ts';
import { stepFeeds } from '../../../src/training/model.ts';
import { runOnce, TINY_GENERATOR, tinyModel } from '../training/tiny.ts';

const TRAINING = { init: PAPER_INIT, training: true };
const SHAPE = [2, 2, 3, 4];

/** Mean and biased variance of channel `c`. */
function statistics({ shape, data }: HostTensor, c: number): { mean: number; variance: number } {
  const [n = 0, channels = 0, height = 0, width = 0] = shape;
  const area = height * width;
  const values = Array.from({ length: n }, (_, k) =>
    Array.from(data.slice((k * channels + c) * area, (k * channels + c + 1) * area)),
  ).flat();
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return { mean, variance: values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length };
}

/** Element by element, (x - mean) / sqrt(variance + 1e-5) * scale + offset with one number of each per channel. */
function normalised({ shape, data }: HostTensor, numbers: (channel: number) => Record<'mean' | 'variance' | 'scale' | 'offset', number>) {
  const [, channels = 0, height = 0, width = 0] = shape;
  return Array.from(data, (value, at) => {
    const { mean, variance, scale, offset } = numbers(Math.floor(at / (height * width)) % channels);
    return ((value - mean) / Math.sqrt(variance + 1e-5)) * scale + offset;
  });
}

function expectClose(got: HostTensor | undefined, expected: readonly number[]): void {
  expect(got?.data.length).toBe(expected.length);
  expected.forEach((value, at) => {
    expect(got?.data[at]).toBeCloseTo(value, 10);
  });
}

const perChannel = (first: number, second: number) => f32([2], Float64Array.of(first, second));

const BATCH_NORM = {
  'net/scale': perChannel(1.5, -0.5),
  'net/offset': perChannel(0.25, 2),
  'net/mean': perChannel(0.5, -1),
  'net/variance': perChannel(2, 0.75),
};

describe('batch norm', () => {
  const [x0, x1] = [randomTensor(SHAPE, 'first'), randomTensor(SHAPE, 'second')];
  const affine = (c: number) => ({ scale: BATCH_NORM['net/scale'].data[c] as number, offset: BATCH_NORM['net/offset'].data[c] as number });
  const graph = (training: boolean) =>
    trace((recorder) => {
      const scope = new Scope(recorder, 'net');
      for (const name of ['x0', 'x1']) {
        recorder.output(`y/${name}`, norm(scope, recorder.input(name, SHAPE), 'batch', { ...TRAINING, training }));
      }
      scope.commit();
    });

  it('normalises by the batch in training', async () => {
    const { outputs } = await runOnce(graph(true), { x0, x1 }, BATCH_NORM);
    for (const [name, x] of [['x0', x0] as const, ['x1', x1] as const]) {
      expectClose(
        outputs[`y/${name}`],
        normalised(x, (c) => ({ ...statistics(x, c), ...affine(c) })),
      );
    }
  });

  it('moves the running statistics with each application, one after the other', async () => {
    const { state } = await runOnce(graph(true), { x0, x1 }, BATCH_NORM);
    const unbiased = 24 / 23;
    for (const c of [0, 1]) {
      const [first, second] = [statistics(x0, c), statistics(x1, c)];
      const moved = (start: number, a: number, b: number) => 0.9 * (0.9 * start + 0.1 * a) + 0.1 * b;
      const mean = moved(BATCH_NORM['net/mean'].data[c] as number, first.mean, second.mean);
      const variance = moved(BATCH_NORM['net/variance'].data[c] as number, first.variance * unbiased, second.variance * unbiased);
      expect(state['net/mean']?.data[c]).toBeCloseTo(mean, 12);
      expect(state['net/variance']?.data[c]).toBeCloseTo(variance, 12);
    }
  });

  it('normalises by the running statistics outside training, and leaves them', async () => {
    const { outputs, state } = await runOnce(graph(false), { x0, x1 }, BATCH_NORM);
    const running = (c: number) => ({
      mean: BATCH_NORM['net/mean'].data[c] as number,
      variance: BATCH_NORM['net/variance'].data[c] as number,
    });
    expectClose(
      outputs['y/x0'],
      normalised(x0, (c) => ({ ...running(c), ...affine(c) })),
    );
    expect(Array.from(state['net/mean']?.data ?? [])).toEqual(Array.from(BATCH_NORM['net/mean'].data));
  });

  it('refuses one value per channel in training', () => {
    const one = (training: boolean) => () =>
      trace((recorder) => {
        norm(new Scope(recorder, 'genAB/down1/norm'), recorder.input('x', [1, 2, 1, 1]), 'batch', { ...TRAINING, training });
      });
    expect(one(true)).toThrow('batch norm at genAB/down1/norm: one value per channel has no variance');
    expect(one(false)).not.toThrow();
  });

  it('counts mean and variance among the statistics, not the weights', () => {
    trace((recorder) => {
      const scope = new Scope(recorder, 'net');
      norm(scope, recorder.input('x', SHAPE), 'batch', TRAINING);
      expect([...scope.weights().keys()]).toEqual(['net/scale', 'net/offset']);
    });
  });
});

describe('instance norm', () => {
  it('normalises each channel of each picture and has no variables', async () => {
    const x = randomTensor(SHAPE, 'x');
    const graph = trace((recorder) => {
      recorder.output('y', norm(new Scope(recorder, 'net'), recorder.input('x', SHAPE), 'instance', TRAINING));
    });
    const { outputs } = await runOnce(graph, { x });
    expect(graph.variables.size).toBe(0);
    // as one picture of four channels, batch norm's statistics are those of instance norm
    const flat = { ...x, shape: [1, 4, 3, 4] };
    expectClose(
      outputs.y,
      normalised(flat, (c) => ({ ...statistics(flat, c), scale: 1, offset: 0 })),
    );
  });
});

describe('convolutions', () => {
  it.each([
    [{ filters: 5, kernel: 3, stride: 2, padding: 1, bias: true }, [2, 5, 2, 2]],
    [{ filters: 1, kernel: 3, bias: false }, [2, 1, 1, 2]],
    [{ filters: 4, kernel: 1, padding: 2, bias: false }, [2, 4, 7, 8]],
  ])('%j makes %j', (options, shape) => {
    const graph = trace((recorder) => {
      recorder.output('y', convolution(new Scope(recorder, 'net'), recorder.input('x', SHAPE), options, TRAINING));
    });
    expect(graph.outputs.get('y')?.shape).toEqual(shape);
    expect(graph.variables.get('net/weight')?.shape).toEqual([options.filters, 2, options.kernel, options.kernel]);
    expect(graph.variables.has('net/bias')).toBe(options.bias);
  });

  it.each([3, 4])('upConvolution of kernel %d doubles height and width', (kernel) => {
    const graph = trace((recorder) => {
      const x = recorder.input('x', SHAPE);
      recorder.output('y', upConvolution(new Scope(recorder, 'net'), x, { filters: 5, kernel, bias: true }, TRAINING));
    });
    expect(graph.outputs.get('y')?.shape).toEqual([2, 5, 6, 8]);
    expect(graph.variables.get('net/weight')?.shape).toEqual([2, 5, kernel, kernel]);
    expect(graph.variables.get('net/bias')?.shape).toEqual([5]);
  });

  it('adds the bias to every pixel of its channel', async () => {
    const graph = trace((recorder) => {
      const x = recorder.input('x', [1, 1, 1, 2]);
      recorder.output('y', convolution(new Scope(recorder, 'net'), x, { filters: 2, kernel: 1, bias: true }, TRAINING));
    });
    const values = { 'net/weight': f32([2, 1, 1, 1], [1, -1]), 'net/bias': perChannel(10, 20) };
    const { outputs } = await runOnce(graph, { x: f32([1, 1, 1, 2], [3, 4]) }, values);
    expect(Array.from(outputs.y?.data ?? [])).toEqual([13, 14, 17, 16]);
  });
});

describe('dropout', () => {
  it('drops where its mask is 0 and doubles the rest', async () => {
    const graph = trace((recorder) => {
      recorder.output('y', dropout(new Scope(recorder, 'net'), recorder.input('x', [4]), TRAINING));
    });
    const [mask] = [...graph.inputs.keys()].filter((name) => name.startsWith('dropout/net/'));
    const { outputs } = await runOnce(graph, { x: f32([4], [1, 2, 3, 4]), [mask as string]: f32([4], [0, 1, 1, 0]) });
    expect(Array.from(outputs.y?.data ?? [])).toEqual([0, 4, 6, 0]);
  });

  it('has a mask for each application in training, and does nothing outside', () => {
    const graph = trace((recorder) => {
      const scope = new Scope(recorder, 'net');
      const x = recorder.input('x', [4]);
      const once: Tensor = dropout(scope, x, TRAINING);
      dropout(scope, once, TRAINING);
      expect(dropout(scope, x, { ...TRAINING, training: false })).toBe(x);
    });
    expect([...graph.inputs.keys()].filter((name) => name.startsWith('dropout/'))).toHaveLength(2);
  });

  it('is fed masks of ones and zeros, half of each, another for each mask and step', () => {
    const model = tinyModel({ generator: { ...TINY_GENERATOR, dropout: true } });
    const graph = trace((recorder) => {
      recorder.input('dropout/a', [50, 40]);
      recorder.input('dropout/b', [50, 40]);
    });
    const masks = (seed: number, step: number) => stepFeeds(model, graph, { seed, step, learningRate: 1 });
    const [first, again] = [masks(1, 4), masks(1, 4)];
    expect(again).toEqual(first);
    const drawn = [first['dropout/a'], first['dropout/b'], masks(1, 5)['dropout/a'], masks(2, 4)['dropout/a']];
    expect(new Set(drawn.map((mask) => mask?.data.join(''))).size).toBe(4);
    for (const mask of drawn) {
      const ones = Array.from(mask?.data ?? []).filter((value) => value === 1).length;
      const zeros = Array.from(mask?.data ?? []).filter((value) => value === 0).length;
      expect(ones + zeros).toBe(2000);
      expect(Math.abs(ones - 1000)).toBeLessThan(4 * Math.sqrt(500));
    }
  });
});
