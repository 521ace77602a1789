/** Training in mixed precision on an adapter that has f16: beside f32, through an overflow, and from a checkpoint. */
import {
  type BatchSource,
  cycleGanModel,
  LOSS_SCALE,
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
import { hasHalf } from './half-adapter.ts';

const model = cycleGanModel({
  height: 16,
  width: 16,
  generator: { ...PAPER_GENERATOR, filters: 4, blocks: 1 },
  discriminator: { kind: 'patch', filters: 4, layers: 1, norm: 'instance' },
  poolSize: 2,
});

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

  async function trained(precision: Precision, options: Partial<TrainOptions>) {
    const events: TrainEvent[] = [];
    const schedule = { kind: 'constant' } as const;
    for await (const event of train({ model, backend, data, precision, learningRate: 2e-4, schedule, seed: 1, maxSteps: 10, ...options })) {
      events.push(event);
    }
    const states = events.flatMap((event) => (event.kind === 'checkpoint' ? [event.state] : []));
    return { losses: events.flatMap((event) => (event.kind === 'step' ? [event.losses] : [])), states };
  }

  const scaleOf = ({ variables }: TrainingState) => variables['lossScale/value']?.data[0];
  const changed = (a: TrainingState, b: TrainingState) =>
    Object.keys(a.variables).filter((name) => a.variables[name]?.data.some((value, at) => value !== b.variables[name]?.data[at]));

  it('has the losses of f32, within what f16 rounds', async () => {
    const half = await trained('f16', {});
    const single = await trained('f32', {});
    expect(half.losses).toHaveLength(10);
    half.losses.forEach((losses, step) => {
      for (const [name, loss] of Object.entries(losses)) {
        const expected = single.losses[step]?.[name] as number;
        expect(Math.abs(loss - expected) / expected, `${name} of step ${step + 1}`).toBeLessThan(0.01);
      }
    });
    expect(scaleOf(half.states.at(-1) as TrainingState)).toBe(LOSS_SCALE.initial);
    expect(changed(half.states.at(-1) as TrainingState, single.states.at(-1) as TrainingState)).toContain('genAB/stem/conv/weight');
  });

  it('skips an update that overflows, and halves the scale', async () => {
    const { states } = await trained('f16', { maxSteps: 2, checkpointEvery: 1 });
    const [start] = states as [TrainingState];
    const scale = { shape: [], dtype: 'f32', data: Float32Array.of(2 ** 30) } as const;
    const resume = { ...start, variables: { ...start.variables, 'lossScale/value': scale } };
    const { states: after, losses } = await trained('f16', { resume, maxSteps: 2 });
    const [end] = after as [TrainingState];
    expect(scaleOf(end)).toBe(2 ** 29);
    expect(end.variables['lossScale/goodSteps']?.data[0]).toBe(0);
    expect(changed(resume, end).filter((name) => !name.startsWith('pool/'))).toEqual(['lossScale/value', 'lossScale/goodSteps']);
    expect(Object.values(losses[0] ?? {}).every(Number.isFinite)).toBe(true);
  });

  it('goes on from a checkpoint bit for bit', async () => {
    const whole = await trained('f16', { maxSteps: 4, checkpointEvery: 2 });
    const resumed = await trained('f16', { maxSteps: 4, resume: whole.states[0] as TrainingState });
    expect(changed(whole.states[1] as TrainingState, resumed.states[0] as TrainingState)).toEqual([]);
    expect(resumed.losses).toEqual(whole.losses.slice(2));
  });
});
