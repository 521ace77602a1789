/**
 * What translating in tiles costs and changes: memory of the process, steps across seams compared with those beside them, and the colour
 * difference to an untiled translation. Without a run the generator is the paper's (ResNet, 9 blocks) with random weights:
 *   npx tsx --conditions=source scripts/measure-tiles.ts --picture FILE --size 6000x4000 [--run RUN|FILE] [--tile N] [--untiled] [--own]
 * `--untiled` translates in one piece as well, which takes some 2 kB a pixel; `--own` lets each tile use its own statistics instead.
 */
import { parseArgs } from 'node:util';
import { createOnnxBackend } from '@cyclegan/backend-onnx';
import {
  GENERATOR_OF,
  type GeneratorSpec,
  initialise,
  type PixelSource,
  type RowSink,
  type TensorRecord,
  TILE_MEMORY,
  Translator,
  tileWithin,
  traceTranslation,
} from '@cyclegan/core';
import { decodePicture, type Picture, pictureToTensor, tensorToPicture } from '@cyclegan/data';
import { openRunWeights } from '../apps/cli/src/runs/run-weights.ts';
import { cut, translateTiles } from '../packages/core/src/translate/tiled.ts';

const PAPER: GeneratorSpec = {
  ...({ kind: 'resnet', inputChannels: 3, outputChannels: 3, filters: 64, blocks: 9, norm: 'instance', dropout: false } as const),
};
/** Columns on each side that a seam is compared with. */
const BESIDE = 16;

const { values } = parseArgs({
  options: {
    ...{ picture: { type: 'string' }, size: { type: 'string' }, run: { type: 'string' }, tile: { type: 'string' } },
    ...{ threads: { type: 'string' }, untiled: { type: 'boolean' }, own: { type: 'boolean' } },
  },
});

/** The generator of a run, or the paper's with random weights. */
async function network(run: string | undefined): Promise<{ readonly generator: GeneratorSpec; readonly weights: TensorRecord }> {
  if (run !== undefined) {
    const opened = await openRunWeights('runs', run);
    const generator = opened.networks.genAB;
    if (generator === undefined) throw new Error(`${run} has no generator from A to B.`);
    return { generator, weights: await opened.read('genAB') };
  }
  const graph = traceTranslation(GENERATOR_OF.AtoB, PAPER, { batch: 1, height: 8, width: 8 });
  const init = { kind: 'normal', mean: 0, deviation: 0.02 } as const;
  const values = [...graph.variables].map(([name, variable]) => [name, initialise(name, variable, init, 1)] as const);
  return { generator: PAPER, weights: Object.fromEntries(values) };
}

/** Collects rows as a picture. */
function collector(source: PixelSource, channels: 1 | 3 | 4): { readonly sink: RowSink; readonly picture: Picture } {
  const picture = { width: source.width, height: source.height, channels, data: new Uint8Array(source.width * source.height * channels) };
  return { picture, sink: (top, rows) => picture.data.set(tensorToPicture(rows).data, top * source.width * channels) };
}

/** Mean absolute difference from the position before, for each column (or row). */
function steps({ width, height, channels, data }: Picture, axis: 'columns' | 'rows'): number[] {
  const [length, across] = axis === 'columns' ? [width, height] : [height, width];
  const [stride, crossing] = axis === 'columns' ? [channels, width * channels] : [width * channels, channels];
  return Array.from({ length }, (_, at) => {
    if (at === 0) return 0;
    let sum = 0;
    for (let other = 0; other < across; other++) {
      for (let channel = 0; channel < channels; channel++) {
        const here = at * stride + other * crossing + channel;
        sum += Math.abs((data[here] ?? 0) - (data[here - stride] ?? 0));
      }
    }
    return sum / across / channels;
  });
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

/** Mean step at the seams (where both tiles count half), over that of the positions beside them. */
function seamRatio(picture: Picture, axis: 'columns' | 'rows', tile: number, generator: GeneratorSpec): number | undefined {
  const extent = axis === 'columns' ? picture.width : picture.height;
  const spans = cut(extent, Math.min(tile, extent), generator);
  const seams = spans.slice(1).map(({ start }, at) => Math.round((start + (spans[at]?.start ?? 0) + tile) / 2));
  if (seams.length === 0) return undefined;
  const all = steps(picture, axis);
  const beside = seams.flatMap((seam) => [...all.slice(seam - BESIDE, seam - 1), ...all.slice(seam + 2, seam + BESIDE + 1)]);
  return mean(seams.flatMap((seam) => all.slice(seam, seam + 1))) / mean(beside);
}

async function main(): Promise<void> {
  const { generator, weights } = await network(values.run);
  const tile = values.tile === undefined ? tileWithin(TILE_MEMORY, generator) : Number(values.tile);
  const [width, height] = values.size?.split('x').map(Number) ?? [];
  const size = width === undefined || height === undefined ? {} : { size: { width, height } };
  if (values.picture === undefined) throw new Error('give --picture FILE.');
  const picture = await decodePicture(values.picture, { channels: 3, ...size });
  const source = sourceOf(picture);
  const backend = await createOnnxBackend(values.threads === undefined ? {} : { threads: Number(values.threads) });
  const translator = new Translator({ backend, generator, weights, tile: values.own ? 0 : tile });
  const started = performance.now();
  const tiled = collector(source, 3);
  if (values.own) {
    const own = {
      generator,
      gather: async () => [],
      translate: (part: Parameters<Translator['translate']>[0]) => translator.translate(part),
    };
    await translateTiles(own, { source, sink: tiled.sink, tile });
  } else {
    await translator.translatePicture(source, tiled.sink);
  }
  const seconds = (performance.now() - started) / 1000;
  const report: Record<string, unknown> = {
    ...{ picture: `${picture.width}x${picture.height}`, tile, seconds: Math.round(seconds), maxMegabytes: maxMegabytes() },
    ...{ seamColumns: seamRatio(tiled.picture, 'columns', tile, generator), seamRows: seamRatio(tiled.picture, 'rows', tile, generator) },
  };
  translator.dispose();
  if (values.untiled) {
    const whole = new Translator({ backend, generator, weights, tile: 0 });
    const untiled = collector(source, 3);
    await whole.translatePicture(source, untiled.sink);
    const { data } = tiled.picture;
    let sum = 0;
    for (let at = 0; at < data.length; at++) sum += Math.abs((data[at] ?? 0) - (untiled.picture.data[at] ?? 0));
    report.meanDifference = sum / data.length;
    report.spread = deviation(untiled.picture);
    whole.dispose();
  }
  await backend.dispose();
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** Reads parts of a picture without a copy of all of it. */
function sourceOf(picture: Picture): PixelSource {
  const { width, height, channels, data } = picture;
  const read = (rows: Int32Array, columns: Int32Array) => {
    const part = new Uint8Array(rows.length * columns.length * channels);
    let at = 0;
    for (const y of rows)
      for (const x of columns) for (let c = 0; c < channels; c++) part[at++] = data[(y * width + x) * channels + c] ?? 0;
    return pictureToTensor({ width: columns.length, height: rows.length, channels, data: part });
  };
  return { width, height, read };
}

function deviation({ data }: Picture): number {
  let [sum, squares] = [0, 0];
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  return Math.sqrt(squares / data.length - (sum / data.length) ** 2);
}

function maxMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1000);
}

await main();
