/** Training in mixed precision on an adapter that has f16: beside f32, through an overflow, and from a checkpoint. */
import {
  type BatchSource,
  cycleGanModel,
  cycleGanWeights,
  f32Scalar,
  PAPER_GENERATOR,
  type Precision,
  type TrainEvent,
  type TrainingState,
  type TrainOptions,
  train,
} from '@cyclegan/core';
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

describe.skipIf(!(await hasHalf()))('training in mixed precision', () => {
  let backend: WebGpuBackend;
  beforeAll(async () => {
    backend = await createWebGpuBackend();
  });
  afterAll(() => backend.dispose());

  /** Losses of each step, and states, the first before step 1. */
  async function trained(precision: Precision, maxSteps: number, options: Partial<TrainOptions> = {}) {
    const events: TrainEvent[] = [];
    const schedule = { kind: 'constant' } as const;
    for await (const event of train({ model, backend, data, precision, learningRate: 2e-4, schedule, seed: 1, maxSteps, ...options })) {
      events.push(event);
    }
    const states = events.flatMap((event) => (event.kind === 'checkpoint' ? [event.state] : []));
    return { losses: events.flatMap((event) => (event.kind === 'step' ? [event.losses] : [])), states };
  }

  const from = (scale: number) => ({ initial: { 'lossScale/value': f32Scalar(scale) } });
  const scaleOf = ({ variables }: TrainingState) => variables['lossScale/value']?.data[0];
  const changed = (a: TrainingState, b: TrainingState) =>
    Object.keys(a.variables).filter((name) => a.variables[name]?.data.some((value, at) => value !== b.variables[name]?.data[at]));

  it('has the losses of f32, within what f16 rounds', async () => {
    const half = await trained('f16', 10, from(SCALE));
    const single = await trained('f32', 10);
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
    const { states, losses } = await trained('f16', 1, from(2 ** 24));
    const [start, end] = states as [TrainingState, TrainingState];
    expect(changed(start, end).filter((name) => !name.startsWith('pool/'))).toEqual(['lossScale/value']);
    expect(scaleOf(end)).toBe(2 ** 23);
    expect(Object.values(losses[0] ?? {}).every(Number.isFinite)).toBe(true);
  });

  it('goes on from a checkpoint bit for bit', async () => {
    const whole = await trained('f16', 4, { ...from(SCALE), checkpointEvery: 2 });
    const [, middle, end] = whole.states as [TrainingState, TrainingState, TrainingState];
    const resumed = await trained('f16', 4, { resume: middle });
    expect(changed(middle, end)).toContain('genAB/stem/conv/weight');
    expect(changed(end, resumed.states[0] as TrainingState)).toEqual([]);
    expect(resumed.losses).toEqual(whole.losses.slice(2));
  });
});
