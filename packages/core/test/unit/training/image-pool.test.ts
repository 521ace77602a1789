import { describe, expect, it } from 'vitest';
import { compile, type Graph, trace } from '../../../src/index.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import type { HostTensor } from '../../../src/tensor.ts';
import { imagePool, type PoolDecision, poolDecisions, poolFeeds } from '../../../src/training/image-pool.ts';
import { counting, runOnce } from './tiny.ts';

const SEED = 20170330;
const PICTURE = [2, 1, 3];

/** The buffer as a list: while it is not full an image is appended and returned; then it may change places with a stored one. */
class ListPool {
  readonly images: number[] = [];
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  query(image: number, { exchange, index }: { readonly exchange: boolean; readonly index: number }): number {
    if (this.#size === 0) return image;
    if (this.images.length < this.#size) {
      this.images.push(image);
      return image;
    }
    if (!exchange) return image;
    const old = this.images[index] as number;
    this.images[index] = image;
    return old;
  }
}

function poolGraph(batch: number, size: number): Graph {
  return trace((recorder) => {
    recorder.output('shown', imagePool('fakeB', recorder.input('images', [batch, ...PICTURE]), size));
  });
}

/** Images that are told apart by every element: image k holds 6 k + 1 ... 6 k + 6. */
function images(first: number, batch: number): HostTensor {
  const { shape, data } = counting([batch, ...PICTURE]);
  return { shape, dtype: 'f32', data: Float64Array.from(data, (value) => value + 6 * first) };
}

/** The numbers of the images in a tensor, which must be whole ones. */
function numbersOf({ data }: HostTensor): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < data.length; at += 6) {
    const number = ((data[at] ?? Number.NaN) - 1) / 6;
    expect(Array.from(data.slice(at, at + 6))).toEqual(Array.from(images(number, 1).data));
    numbers.push(number);
  }
  return numbers;
}

/** Shows `count` images to the graph, step by step; returns the numbers of those it showed. */
async function replay({ batch, size, count }: { batch: number; size: number; count: number }): Promise<number[]> {
  const graph = poolGraph(batch, size);
  const backend = createReferenceBackend();
  const store = backend.createStore();
  const program = await compile(backend, graph, { store });
  if (size > 0) await store.load({ 'pool/fakeB/images': counting([size, ...PICTURE], Number.NaN) });
  const shown: number[] = [];
  for (let step = 0; step * batch < count; step++) {
    const decisions = size === 0 ? {} : poolFeeds('fakeB', poolDecisions('fakeB', { seed: SEED, step, batch, size }));
    const outputs = await program.run({ images: images(step * batch, batch), ...decisions });
    shown.push(...numbersOf((await outputs.shown) as HostTensor));
  }
  return shown;
}

function replayList({ batch, size, count }: { batch: number; size: number; count: number }): number[] {
  const list = new ListPool(size);
  const shown: number[] = [];
  for (let step = 0; step * batch < count; step++) {
    const decisions = poolDecisions('fakeB', { seed: SEED, step, batch, size });
    decisions.forEach(({ showOld, index }, k) => {
      shown.push(list.query(step * batch + k, { exchange: showOld, index }));
    });
  }
  return shown;
}

describe('imagePool', () => {
  it.each([1, 3].flatMap((batch) => [0, 1, 50].map((size) => ({ batch, size, count: 200 }))))(
    'replays 200 decisions like a list: batch $batch, size $size',
    async (run) => {
      const shown = await replay(run);
      expect(shown.length).toBeGreaterThanOrEqual(200);
      expect(shown).toEqual(replayList(run));
      const old = shown.filter((image, at) => image !== at).length;
      if (run.size === 0) expect(old).toBe(0);
      else expect(old).toBeGreaterThan(40);
    },
  );

  it('shows images of the same batch again', async () => {
    const swap = { index: 0, store: true, showOld: true };
    const feeds = { images: images(7, 3), ...poolFeeds('fakeB', [swap, swap, { ...swap, index: 1 }]) };
    const { outputs, state } = await runOnce(poolGraph(3, 2), feeds, { 'pool/fakeB/images': images(0, 2) });
    expect(numbersOf(outputs.shown as HostTensor)).toEqual([0, 7, 1]);
    expect(numbersOf(state['pool/fakeB/images'] as HostTensor)).toEqual([8, 9]);
  });

  it('does that in the replays as well', async () => {
    for (const size of [1, 5]) {
      const shown = await replay({ batch: 3, size, count: 200 });
      expect(shown.some((image, at) => image !== at && Math.floor(image / 3) === Math.floor(at / 3))).toBe(true);
    }
  });

  it('keeps what a batch that is shown as it is would have replaced', async () => {
    const keep = { index: 1, store: false, showOld: false };
    const feeds = { images: images(5, 1), ...poolFeeds('fakeB', [keep]) };
    const { outputs, state } = await runOnce(poolGraph(1, 2), feeds, { 'pool/fakeB/images': images(0, 2) });
    expect(numbersOf(outputs.shown as HostTensor)).toEqual([5]);
    expect(numbersOf(state['pool/fakeB/images'] as HostTensor)).toEqual([0, 1]);
  });

  it('leaves no nodes, variables or inputs when its size is 0', () => {
    const graph = poolGraph(2, 0);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['input']);
    expect(graph.variables.size).toBe(0);
    expect([...graph.inputs.keys()]).toEqual(['images']);
  });
});

describe('poolDecisions', () => {
  const decide = (step: number, name = 'fakeB', seed = SEED) => poolDecisions(name, { seed, step, batch: 3, size: 50 });
  const many = (first: number, last: number): PoolDecision[] => Array.from({ length: last - first }, (_, k) => decide(first + k)).flat();

  it('is a function of the step, so that a resumed run decides alike', () => {
    const whole = many(0, 60);
    expect(many(31, 60)).toEqual(whole.slice(93));
  });

  it('differs between buffers and seeds', () => {
    const of = (name: string, seed: number) => Array.from({ length: 20 }, (_, k) => decide(100 + k, name, seed));
    expect(of('fakeA', SEED)).not.toEqual(of('fakeB', SEED));
    expect(of('fakeB', SEED + 1)).not.toEqual(of('fakeB', SEED));
  });

  it('fills the buffer in order, from the middle of a batch on exchanges', () => {
    const first = many(0, 17);
    first.slice(0, 50).forEach((decision, at) => {
      expect(decision).toEqual({ index: at, store: true, showOld: false });
    });
    for (const { store, showOld } of many(17, 100)) expect(store).toBe(showOld);
  });

  it('exchanges half of the images, with all stored ones alike', () => {
    const later = many(1000, 3000);
    const exchanged = later.filter(({ showOld }) => showOld);
    expect(exchanged.length / later.length).toBeCloseTo(0.5, 1);
    const counts = new Array<number>(50).fill(0);
    for (const { index } of exchanged) counts[index] = (counts[index] ?? 0) + 1;
    const expected = exchanged.length / 50;
    // chi-squared of 49 degrees of freedom: mean 49, deviation 9.9
    const chiSquared = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(49 + 4 * 9.9);
  });
});
