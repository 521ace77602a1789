/** Variants of kernels that are chosen by measuring, and that go with a run, so that it goes on with the same bits. Needs an adapter, if only one in software. */
import {
  type BatchSource,
  compile,
  cycleGanModel,
  type EngineChoices,
  f32,
  type ModelConfig,
  PAPER_GENERATOR,
  type TrainingState,
  trace,
  train,
} from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { createWebGpuBackend, programSource } from '../../src/index.ts';

const MODEL: ModelConfig = cycleGanModel({
  height: 8,
  width: 8,
  generator: { ...PAPER_GENERATOR, filters: 2, blocks: 0 },
  discriminator: { kind: 'pixel', filters: 2, norm: 'none' },
  poolSize: 2,
});

function picture(variant: number) {
  return f32(
    [1, 3, 8, 8],
    Float32Array.from({ length: 192 }, (_, at) => Math.sin(at * 0.7 + variant)),
  );
}

const DATA: BatchSource = {
  stepsPerEpoch: 4,
  shape: { batch: 1, channels: { A: 3, B: 3 }, height: 8, width: 8 },
  batch: async (step) => ({ A: picture(step), B: picture(step + 10) }),
};

/** The checkpoints of a training up to step 4, one after every second step. */
async function trained(options: Parameters<typeof createWebGpuBackend>[0], resume?: TrainingState): Promise<TrainingState[]> {
  const backend = await createWebGpuBackend({ software: true, ...options });
  const states: TrainingState[] = [];
  const given = { model: MODEL, backend, data: DATA, learningRate: 2e-4, schedule: { kind: 'constant' }, seed: 3, maxSteps: 4 } as const;
  try {
    for await (const event of train({ ...given, checkpointEvery: 2, ...(resume === undefined ? {} : { resume }) }))
      if (event.kind === 'checkpoint') states.push(event.state);
  } finally {
    await backend.dispose();
  }
  return states;
}

const product = trace((t) => t.output('y', t.emit('matmul', [t.input('a', [20, 8]), t.input('b', [8, 20])], {})[0] as never));

/** The choices of a backend that has compiled the product, and the text of its kernels. */
async function compiled(options: Parameters<typeof createWebGpuBackend>[0]): Promise<{ choices: EngineChoices; source: string }> {
  const backend = await createWebGpuBackend({ software: true, ...options });
  const program = await compile(backend, product, { store: backend.createStore() });
  const made = { choices: backend.choices, source: programSource(program) };
  await backend.dispose();
  return made;
}

describe('choices', () => {
  it('are made by measuring, once for each shape', async () => {
    const { choices } = await compiled({ tune: true });
    expect(Object.keys(choices.variants)).toEqual(['matmul 20x8x20']);
    expect(choices.engine).toContain('software on the CPU');
  });

  it('that were made before are kept, those of another engine are not', async () => {
    const { choices, source } = await compiled({});
    const other = { 'matmul 20x8x20': '32x32' };
    expect(choices.variants).not.toEqual(other);
    const given = await compiled({ choices: { ...choices, variants: other }, tune: true });
    expect(given.choices.variants).toEqual(other);
    expect(given.source).toContain('workgroup_size(64)');
    expect(await compiled({ choices: { engine: 'another GPU', variants: other } })).toEqual({ choices, source });
  });

  it('go with a run, which goes on with the same bits', async () => {
    const [half, whole] = await trained({ tune: true });
    if (half?.choices === undefined) throw new Error('the checkpoint has no choices');
    expect(Object.keys(half.choices.variants).length).toBeGreaterThan(10);
    const [resumed] = await trained({ tune: true, choices: half.choices }, half);
    expect(resumed).toEqual(whole);
  });
});
