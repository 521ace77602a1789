import { describe, expect, it } from 'vitest';
import { type Tensor, trace } from '../../../src/index.ts';
import { randomTensor } from '../../../src/testing/index.ts';
import { type AdamOptions, adamFeeds, PAPER_ADAM } from '../../../src/training/adam.ts';
import { runOnce } from './tiny.ts';

const SHAPE = [2, 3];

const step = (options: AdamOptions) =>
  trace((recorder) => {
    const inputs = ['weight', 'm', 'v', 'gradient'].map((name) => recorder.input(name, SHAPE));
    const scalars = ['adam/stepSize', 'adam/correction'].map((name) => recorder.input(name, []));
    const outputs = recorder.emit('adam', [...inputs, ...scalars], options);
    ['weight', 'm', 'v'].forEach((name, k) => {
      recorder.output(name, outputs[k] as Tensor);
    });
  });

/** One element's update as PyTorch documents it for `torch.optim.Adam`. */
function torchAdam(
  state: { readonly weight: number; readonly m: number; readonly v: number },
  { gradient, learningRate, count, beta1, beta2, epsilon }: AdamOptions & Record<'gradient' | 'learningRate' | 'count', number>,
) {
  const m = beta1 * state.m + (1 - beta1) * gradient;
  const v = beta2 * state.v + (1 - beta2) * gradient * gradient;
  const mHat = m / (1 - beta1 ** count);
  const vHat = v / (1 - beta2 ** count);
  return { weight: state.weight - (learningRate * mHat) / (Math.sqrt(vHat) + epsilon), m, v };
}

describe('adam with adamFeeds', () => {
  it.each([
    ['as in the paper', PAPER_ADAM, 2e-4],
    ['with a large epsilon', { beta1: 0.9, beta2: 0.99, epsilon: 0.1 }, 0.03],
    ['without momentum', { beta1: 0, beta2: 0.9, epsilon: 1e-8 }, 1e-4],
  ] as const)("takes three of PyTorch's steps, %s", async (_, options, baseRate) => {
    const graph = step(options);
    let ours: Record<string, { readonly data: ArrayLike<number> }> = { weight: randomTensor(SHAPE, 'w'), m: zeros(), v: zeros() };
    let theirs = Array.from(randomTensor(SHAPE, 'w').data, (weight) => ({ weight, m: 0, v: 0 }));
    for (const count of [1, 2, 3]) {
      const learningRate = baseRate / count;
      const gradient = randomTensor(SHAPE, `gradient ${count}`);
      const feeds = { ...(ours as Record<'weight' | 'm' | 'v', ReturnType<typeof zeros>>), gradient };
      ours = (await runOnce(graph, { ...feeds, ...adamFeeds(learningRate, count, options) })).outputs;
      theirs = theirs.map((state, at) => torchAdam(state, { ...options, gradient: gradient.data[at] as number, learningRate, count }));
      theirs.forEach((state, at) => {
        for (const key of ['weight', 'm', 'v'] as const) expect(ours[key]?.data[at]).toBeCloseTo(state[key], 15);
      });
    }
  });

  it('moves each weight by the learning rate in the first step, whatever the gradient', async () => {
    const gradient = randomTensor(SHAPE, 'gradient');
    const feeds = { weight: zeros(), m: zeros(), v: zeros(), gradient, ...adamFeeds(0.01, 1, PAPER_ADAM) };
    const { outputs } = await runOnce(step(PAPER_ADAM), feeds);
    gradient.data.forEach((value, at) => {
      expect(outputs.weight?.data[at]).toBeCloseTo(-0.01 * Math.sign(value), 7);
    });
  });

  it('keeps its corrections in f64', () => {
    const feeds = adamFeeds(1, 1, PAPER_ADAM);
    expect(feeds['adam/stepSize']?.data).toEqual(Float64Array.of(2));
    expect(feeds['adam/correction']?.data).toEqual(Float64Array.of(1 / Math.sqrt(1 - 0.999)));
  });
});

function zeros() {
  return { shape: SHAPE, dtype: 'f32' as const, data: new Float64Array(6) };
}
