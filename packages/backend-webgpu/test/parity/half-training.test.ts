/** Training in mixed precision on an adapter that has f16: beside f32, through an overflow, and from a checkpoint. */
import {
  type Backend,
  type BatchSource,
  cycleGanModel,
  cycleGanWeights,
  f32Scalar,
  LOSS_SCALE,
  PAPER_GENERATOR,
  type Precision,
  type TrainEvent,
  type TrainingState,
  type TrainOptions,
  train,
} from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { randomTensor } from '@cyclegan/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebGpuBackend, type WebGpuBackend } from '../../src/index.ts';
import { hasHalf } from './adapter-features.ts';

const model = cycleGanModel({
  height: 16,
  width: 16,
  generator: { ...PAPER_GENERATOR, filters: 4, blocks: 1 },
  discriminator: { kind: 'patch', filters: 4, layers: 1, norm: 'instance' },
  weights: cycleGanWeights({ lambdaIdentity: 0 }),
  poolSize: 2,
});

/** On so few pixels gradients are large, and f16 does not hold them by the scale that runs begin with. */
const SCALE = 1024;

const data: BatchSource = {
  shape: { batch: 1, height: 16, width: 16, channels: { A: 3, B: 3 } },
  stepsPerEpoch: 4,
  batch: async (step) => ({ A: randomTensor([1, 3, 16, 16], `A/${step % 4}`), B: randomTensor([1, 3, 16, 16], `B/${step % 4}`) }),
};

const paper = { model, data, learningRate: 2e-4, schedule: { kind: 'constant' }, seed: 1 } as const;

const statesOf = (events: readonly TrainEvent[]) => events.flatMap((event) => (event.kind === 'checkpoint' ? [event.state] : []));

describe.skipIf(!(await hasHalf()))('training in mixed precision', () => {
  let webgpu: WebGpuBackend;
  beforeAll(async () => {
    webgpu = await createWebGpuBackend();
  });
  afterAll(() => webgpu.dispose());

  /** Losses of each step, and states, the first before step 1. */
  async function trained(backend: Backend, precision: Precision, maxSteps: number, options: Partial<TrainOptions> = {}) {
    const events: TrainEvent[] = [];
    for await (const event of train({ ...paper, backend, precision, maxSteps, ...options })) events.push(event);
    return { losses: events.flatMap((event) => (event.kind === 'step' ? [event.losses] : [])), states: statesOf(events) };
  }

  const from = (scale: number) => ({ initial: { 'lossScale/value': f32Scalar(scale) } });
  const scaleOf = ({ variables }: TrainingState) => variables['lossScale/value']?.data[0];
  const changed = (a: TrainingState, b: TrainingState) =>
    Object.keys(a.variables).filter((name) => a.variables[name]?.data.some((value, at) => value !== b.variables[name]?.data[at]));

  it('has the losses of f32, within what f16 rounds', async () => {
    const half = await trained(webgpu, 'f16', 10, from(SCALE));
    // in software kernels take long to compile: those of f32 are tried elsewhere
    const single = await trained(createReferenceBackend(), 'f32', 10);
    expect(half.losses).toHaveLength(10);
    half.losses.forEach((losses, step) => {
      for (const [name, loss] of Object.entries(losses)) {
        const expected = single.losses[step]?.[name] as number;
        expect(Math.abs(loss - expected) / expected, `${name} of step ${step + 1}`).toBeLessThan(0.01);
      }
    });
    const end = half.states[1] as TrainingState;
    expect([scaleOf(end), end.variables['lossScale/goodSteps']?.data[0]]).toEqual([SCALE, 10]);
    expect(half.losses).not.toEqual(single.losses);
  });

  it('skips an update that overflows, and halves the scale', async () => {
    const { states, losses } = await trained(webgpu, 'f16', 1, from(2 ** 24));
    const [start, end] = states as [TrainingState, TrainingState];
    expect(changed(start, end).filter((name) => !name.startsWith('pool/'))).toEqual(['lossScale/value']);
    expect(scaleOf(end)).toBe(2 ** 23);
    expect(Object.values(losses[0] ?? {}).every(Number.isFinite)).toBe(true);
  });

  it('stops, with whole weights saved, when gradients overflow at the least scale', async () => {
    const events: TrainEvent[] = [];
    // f16 holds 65504: nothing of a loss in millions
    const large = { ...model, weights: cycleGanWeights({ lambdaA: 1e9, lambdaIdentity: 0 }) };
    const run = train({ ...paper, model: large, backend: webgpu, precision: 'f16', maxSteps: 9, ...from(LOSS_SCALE.least) });
    const ended = (async () => {
      for await (const event of run) events.push(event);
    })();
    await expect(ended).rejects.toMatchObject({ name: 'PrecisionExhausted', step: 2, message: expect.stringContaining('in f32') });
    const [start, end] = statesOf(events) as [TrainingState, TrainingState];
    expect(events.at(-1)?.kind).toBe('checkpoint');
    // gradients of the discriminators are small enough
    expect(changed(start, end).filter((name) => name.includes('gen'))).toEqual([]);
    expect(scaleOf(end)).toBeLessThan(LOSS_SCALE.least);
  });

  it('goes on from a checkpoint bit for bit', async () => {
    const whole = await trained(webgpu, 'f16', 4, { ...from(SCALE), checkpointEvery: 2 });
    const [, middle, end] = whole.states as [TrainingState, TrainingState, TrainingState];
    const resumed = await trained(webgpu, 'f16', 4, { resume: middle });
    expect(changed(middle, end)).toContain('genAB/stem/conv/weight');
    expect(changed(end, resumed.states[0] as TrainingState)).toEqual([]);
    expect(resumed.losses).toEqual(whole.losses.slice(2));
  });
});
