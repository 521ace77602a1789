/** The translator against the network it runs, on the reference backend. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Backend, TensorRecord } from '../../../src/index.ts';
import {
  compile,
  f32,
  initialise,
  PAPER_GENERATOR,
  randomStream,
  sizeOf,
  Translator,
  tileWithin,
  traceTranslation,
  type UNetSpec,
} from '../../../src/index.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';

const generator: UNetSpec = { kind: 'unet', inputChannels: 1, outputChannels: 2, filters: 1, levels: 2, norm: 'instance', dropout: false };

function weightsOf(name: 'genAB' | 'genBA'): TensorRecord {
  const graph = traceTranslation(name, generator, { batch: 1, height: 4, width: 4 });
  const init = { kind: 'normal', mean: 0, deviation: 0.5 } as const;
  return Object.fromEntries([...graph.variables.values()].map((variable) => [variable.name, initialise(variable.name, variable, init, 7)]));
}

function noise(shape: readonly number[]) {
  const { uniform } = randomStream(1, 'test');
  return f32(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, at) => 2 * uniform(0, at) - 1),
  );
}

/** A reference backend that counts what it compiles and what of that is disposed of. */
function countingBackend(): Backend & { readonly compiled: number; readonly disposed: number } {
  const inner = createReferenceBackend();
  const counts = { compiled: 0, disposed: 0 };
  return {
    ...inner,
    get compiled() {
      return counts.compiled;
    },
    get disposed() {
      return counts.disposed;
    },
    async compile(graph, options) {
      counts.compiled++;
      const program = await inner.compile(graph, options);
      return {
        stats: program.stats,
        run: (feeds, fetch) => program.run(feeds, fetch),
        dispose() {
          counts.disposed++;
          program.dispose();
        },
      };
    },
  };
}

describe('Translator', () => {
  const open: Translator[] = [];
  const make = (options: Partial<ConstructorParameters<typeof Translator>[0]> = {}) => {
    const translator = new Translator({ backend: createReferenceBackend(), generator, weights: weightsOf('genAB'), ...options });
    open.push(translator);
    return translator;
  };
  afterEach(() => {
    for (const translator of open.splice(0)) translator.dispose();
  });

  it('gives what the network gives, for a size that it takes', async () => {
    const backend = createReferenceBackend();
    const store = backend.createStore();
    const program = await compile(backend, traceTranslation('genAB', generator, { batch: 2, height: 8, width: 4 }), { store });
    await store.load(weightsOf('genAB'));
    const x = noise([2, 1, 8, 4]);
    const expected = await (await program.run({ x })).y;
    expect([...(await make().translate(x)).data]).toEqual([...Float32Array.from(expected?.data ?? [])]);
  });

  it.each([
    [1, 1],
    [3, 9],
    [7, 2],
    [4, 4],
  ])('keeps a size of %i x %i', async (height, width) => {
    expect((await make().translate(noise([1, 1, height, width]))).shape).toEqual([1, 2, height, width]);
  });

  it('keeps the programs of the sizes used last', async () => {
    const backend = countingBackend();
    const translator = make({ backend, programs: 2 });
    for (const height of [4, 8, 3, 12, 4, 8]) await translator.translate(noise([1, 1, height, 4]));
    // 4 and 3 are one size; 12 pushes out 8, and the last 8 pushes out 12
    expect([backend.compiled, backend.disposed]).toEqual([4, 2]);
  });

  it('keeps no more programs than two tiles take', async () => {
    const backend = countingBackend();
    const translator = make({ backend, tile: 8 });
    for (const height of [8, 4, 12, 8]) await translator.translate(noise([1, 1, height, 8]));
    // 12 x 8 pushes out 8 x 8, which then pushes out both others
    expect([backend.compiled, backend.disposed]).toEqual([4, 3]);
  });

  it('translates one after the other when asked at once', async () => {
    const backend = countingBackend();
    const translator = make({ backend, programs: 1 });
    const pictures = [noise([1, 1, 4, 4]), noise([1, 1, 8, 8]), noise([1, 1, 4, 4])];
    const [first, , third] = await Promise.all(pictures.map((picture) => translator.translate(picture)));
    expect(third).toEqual(first);
    expect(backend.compiled).toBe(3);
  });

  it('reads the generator of its direction, and says what is missing', async () => {
    const picture = noise([1, 1, 4, 4]);
    await expect(make({ direction: 'BtoA' }).translate(picture)).rejects.toThrow(/variable genBA\/down0\/conv\/weight/);
    await make({ direction: 'BtoA', weights: weightsOf('genBA') }).translate(picture);
    await expect(make().translate(noise([1, 3, 4, 4]))).rejects.toThrow(/N x 1 x H x W .* got 1x3x4x4/);
  });
});

it.each([
  [16, 1110],
  [32, 1510],
  [64, 1970],
])('takes tiles that fit the memory with %i filters, of which a pixel was measured to take %i bytes', (filters, bytesPerPixel) => {
  const tile = tileWithin(2 ** 30, { ...PAPER_GENERATOR, filters, inputChannels: 3, outputChannels: 3 });
  expect(tile ** 2 * bytesPerPixel).toBeLessThan(1.05 * 2 ** 30);
  expect(tile ** 2 * bytesPerPixel).toBeGreaterThan(0.8 * 2 ** 30);
});
