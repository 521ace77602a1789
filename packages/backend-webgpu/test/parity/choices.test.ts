/** Variants of kernels that are chosen by measuring, and that go with a run, so that it goes on with the same bits. Needs an adapter, if only one in software. */
import { compile, conv2d, convGeometry, type EngineChoices, f32, mul, sub, type TensorRecord, trace, ZEROS } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { createWebGpuBackend, programSource } from '../../src/index.ts';

type Options = Parameters<typeof createWebGpuBackend>[0];

function waves(shape: readonly number[]) {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return f32(
    shape,
    Float32Array.from({ length }, (_, at) => Math.sin(at * 0.7) / 3),
  );
}

const SHAPE = [1, 8, 6, 6];

/** A picture that is blurred in each step. */
const step = trace((t) => {
  const picture = t.variable('picture', SHAPE, ZEROS);
  const blurred = conv2d(picture, t.input('kernel', [8, 8, 3, 3]), convGeometry(1, 1));
  t.update('picture', sub(blurred, mul(picture, 0.3)));
});

/** The picture after so many steps from `start`, and the choices that were made or given. */
async function stepped(start: TensorRecord, steps: number, options: Options): Promise<{ state: TensorRecord; choices: EngineChoices }> {
  const backend = await createWebGpuBackend({ software: true, ...options });
  try {
    const store = backend.createStore();
    const program = await compile(backend, step, { store });
    await store.load(start);
    for (let done = 0; done < steps; done++) await program.run({ kernel: waves([8, 8, 3, 3]) });
    return { state: await store.read(), choices: backend.choices };
  } finally {
    await backend.dispose();
  }
}

const product = trace((t) => t.output('y', t.emit('matmul', [t.input('a', [20, 8]), t.input('b', [8, 20])], {})[0] as never));

/** The choices of a backend that has compiled the product, and the text of its kernels. */
async function compiled(options: Options): Promise<{ choices: EngineChoices; source: string }> {
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

  it('that were made by measuring give the same bits when they are handed back', async () => {
    const start = { picture: waves(SHAPE) };
    const half = await stepped(start, 2, { tune: true });
    const whole = await stepped(start, 4, { choices: half.choices, tune: true });
    expect(Object.keys(half.choices.variants)).toHaveLength(1);
    expect(await stepped(half.state, 2, { choices: half.choices, tune: true })).toEqual(whole);
  });
});
