/** Cutting pictures into tiles and blending them again, and tiled translations against those in one piece. */
import { afterEach, describe, expect, it } from 'vitest';
import type { GeneratorSpec, HostTensor, ResNetSpec, TensorRecord, UNetSpec } from '../../../src/index.ts';
import { f32, initialise, randomStream, sizeOf, Translator, tensorSource, traceTranslation } from '../../../src/index.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import { poolStatistics } from '../../../src/translate/tile-statistics.ts';
import { type PartNetwork, translateTiles } from '../../../src/translate/tiled.ts';
import { cutAxis } from '../../../src/translate/tiles.ts';

const generator: ResNetSpec = {
  ...({ kind: 'resnet', inputChannels: 1, outputChannels: 1, filters: 2, blocks: 1, norm: 'instance', dropout: false } as const),
};

function weightsOf(spec: GeneratorSpec): TensorRecord {
  const graph = traceTranslation('genAB', spec, { batch: 1, height: 8, width: 8 });
  const init = { kind: 'normal', mean: 0, deviation: 0.3 } as const;
  const value = (name: string) => (name.endsWith('/variance') ? ({ kind: 'constant', value: 1 } as const) : init);
  return Object.fromEntries([...graph.variables].map(([name, type]) => [name, initialise(name, type, value(name), 3)]));
}

/** Smooth shapes and some noise, brighter towards the right: tiles differ in their statistics. */
function scene(height: number, width: number): HostTensor {
  const { uniform } = randomStream(1, 'scene');
  const data = Array.from({ length: height * width }, (_, at) => {
    const [y, x] = [Math.floor(at / width), at % width];
    return 0.8 * Math.sin(x / 5) * Math.cos(y / 7) * (x / width) + x / width - 0.6 + 0.2 * uniform(0, at);
  });
  return f32([1, 1, height, width], data);
}

/** Rows as they come, put together. */
async function collect(
  picture: HostTensor,
  translate: (sink: (top: number, rows: HostTensor) => void) => Promise<void>,
): Promise<HostTensor> {
  const data = new Float32Array(sizeOf(picture.shape));
  const width = picture.shape[3] ?? 0;
  let next = 0;
  await translate((top, rows) => {
    expect(top).toBe(next);
    next += rows.shape[2] ?? 0;
    data.set(rows.data, top * width);
  });
  expect(next).toBe(picture.shape[2]);
  return f32(picture.shape, data);
}

const meanDifference = (a: HostTensor, b: HostTensor) =>
  Array.from(a.data).reduce((sum, value, at) => sum + Math.abs(value - (b.data[at] ?? 0)), 0) / a.data.length;

describe('cutAxis', () => {
  it.each([
    [{ extent: 40, tile: 40, overlap: 8, align: 4 }, 1],
    [{ extent: 44, tile: 40, overlap: 8, align: 4 }, 2],
    [{ extent: 1000, tile: 96, overlap: 12, align: 4 }, 12],
    [{ extent: 1024, tile: 512, overlap: 64, align: 1 }, 3],
  ])('covers %o with weights that sum to 1', (cut, count) => {
    const spans = cutAxis(cut);
    expect(spans).toHaveLength(count);
    const sums = new Float64Array(cut.extent);
    for (const { start, weights } of spans) {
      expect(start % cut.align).toBe(0);
      for (const [inside, weight] of weights.entries()) sums[start + inside] = (sums[start + inside] ?? 0) + weight;
    }
    for (const sum of sums) expect(sum).toBeCloseTo(1, 6);
  });
});

describe('poolStatistics', () => {
  it('is that of all values together', () => {
    // values 0, 2 and 4, 6: means 1 and 5, variances 1; together mean 3, variance 5
    const sample = (mean: number) => ({ 'n/mean': f32([1, 1, 1, 1], [mean]), 'n/rstd': f32([1, 1, 1, 1], [1]) });
    const { 'n/mean': mean, 'n/rstd': rstd } = poolStatistics([sample(1), sample(5)]);
    expect(mean?.data[0]).toBe(3);
    expect((rstd?.data[0] ?? 0) ** -2).toBeCloseTo(5, 5);
  });
});

describe('translateTiles', () => {
  it.each([
    [70, 90],
    [200, 9],
    [33, 41],
  ])('puts %i x %i pixels back where they were', async (height, width) => {
    const picture = scene(height, width);
    const same: PartNetwork = { generator, gather: async () => [], translate: async (part) => part };
    const result = await collect(picture, (sink) => translateTiles(same, { source: tensorSource(picture), sink, tile: 32 }));
    for (const [at, value] of result.data.entries()) expect(value).toBeCloseTo(picture.data[at] ?? 0, 6);
  });
});

describe('Translator.translatePicture', () => {
  const open: Translator[] = [];
  const make = (tile: number, spec: GeneratorSpec = generator) => {
    const translator = new Translator({ backend: createReferenceBackend(), generator: spec, weights: weightsOf(spec), tile });
    open.push(translator);
    return translator;
  };
  afterEach(() => {
    for (const translator of open.splice(0)) translator.dispose();
  });
  const translated = (translator: Translator, picture: HostTensor) =>
    collect(picture, (sink) => translator.translatePicture(tensorSource(picture), sink));

  it.each([
    [1, 1],
    [2, 30],
    [32, 32],
    [21, 40],
  ])('gives the same bits as in one piece where %i x %i fits a tile', async (height, width) => {
    const picture = scene(height, width);
    expect(await translated(make(32), picture)).toEqual(await make(0).translate(picture));
  });

  it('shows no seams and stays near the translation in one piece, unlike tiles with statistics of their own', async () => {
    const picture = scene(96, 260);
    const whole = await make(0).translate(picture);
    const tiled = await translated(make(96), picture);
    const plain = make(0);
    const own: PartNetwork = { generator, gather: async () => [], translate: (part) => plain.translate(part) };
    const alone = await collect(picture, (sink) => translateTiles(own, { source: tensorSource(picture), sink, tile: 96 }));
    expect(meanDifference(tiled, whole)).toBeLessThan(0.25 * meanDifference(alone, whole));
    const step = (at: number) => meanDifference(column(tiled, at), column(tiled, at - 1));
    const wholeStep = (at: number) => meanDifference(column(whole, at), column(whole, at - 1));
    const middle = [45, 46, 47];
    const sum = (steps: (at: number) => number) => middle.reduce((total, at) => total + steps(at), 0);
    expect(sum(step)).toBeLessThan(1.2 * sum(wholeStep));
  });

  it.each(['batch', 'none'] as const)('needs no statistics with norm %s', async (norm) => {
    const picture = scene(60, 110);
    const spec: GeneratorSpec = { ...generator, norm, blocks: 0 };
    expect(meanDifference(await translated(make(64, spec), picture), await make(0, spec).translate(picture))).toBeLessThan(0.01);
  });

  it('tiles a U-Net, whose tiles no alignment makes equal', async () => {
    const spec: UNetSpec = {
      ...({ kind: 'unet', inputChannels: 1, outputChannels: 1, filters: 2, levels: 3, norm: 'instance', dropout: false } as const),
    };
    const picture = scene(30, 70);
    const result = await translated(make(16, spec), picture);
    expect(Array.from(result.data).every((value) => Number.isFinite(value) && Math.abs(value) <= 1)).toBe(true);
  });
});

function column({ shape, data }: HostTensor, at: number): HostTensor {
  const [, , height = 0, width = 0] = shape;
  return f32(
    [height],
    Array.from({ length: height }, (_, y) => data[y * width + at] ?? 0),
  );
}
