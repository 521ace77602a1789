/**
 * How far a run's translations are from the truth where the truth is known: test pictures of one name in both domains show the same
 * place, as in the maps data set (A aerial, B map). Beside the trained model stand its initial weights, the untranslated input
 * and constant pictures, which any trained model must beat. Prints a Markdown table and JSON:
 *   npx tsx --conditions=source scripts/evaluate-maps.ts --data DIR --run runs/NAME --size 64
 */
import { readFile } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { parseArgs } from 'node:util';
import { createOnnxBackend } from '@cyclegan/backend-onnx';
import {
  type Backend,
  type CycleGanConfig,
  type Direction,
  type HostTensor,
  initialValues,
  type TensorRecord,
  Translator,
  traceStep,
} from '@cyclegan/core';
import { decodePicture, findDomains, pictureToTensor } from '@cyclegan/data';
import { decodeCheckpoint } from '@cyclegan/formats';

const LEVELS = 256;
const CHANNELS = 3;
/** From the networks' [-1, 1] to the scale of the table. */
const TO_8_BITS = 127.5;

/** One colour for the whole picture, in [-1, 1] by channel. */
type Colour = readonly number[];

/** Something that makes a picture of the other domain. */
type Method = (input: HostTensor) => HostTensor | Promise<HostTensor>;

/** Mean over pictures of the mean absolute difference, and the standard error of that mean. */
interface Score {
  readonly mean: number;
  readonly standardError: number;
}

async function load(path: string, size: number): Promise<HostTensor> {
  return pictureToTensor(await decodePicture(path, { channels: CHANNELS, size: { height: size, width: size } }));
}

/** Mean and median colour of some pictures, from a histogram of each channel. */
async function coloursOf(paths: readonly string[], size: number): Promise<{ mean: Colour; median: Colour }> {
  const counts = Array.from({ length: CHANNELS }, () => new Float64Array(LEVELS));
  for (const path of paths) {
    const { data } = await decodePicture(path, { channels: CHANNELS, size: { height: size, width: size } });
    data.forEach((value, at) => {
      const channel = counts[at % CHANNELS];
      if (channel !== undefined) channel[value] = (channel[value] ?? 0) + 1;
    });
  }
  const total = paths.length * size * size;
  const scaled = (level: number) => level / TO_8_BITS - 1;
  return {
    mean: counts.map((channel) => scaled(channel.reduce((sum, count, level) => sum + count * level, 0) / total)),
    median: counts.map((channel) => scaled(medianOf(channel, total))),
  };
}

/** The level that half of all samples lie at or below. */
function medianOf(counts: Float64Array, total: number): number {
  let level = 0;
  for (let below = counts[0] ?? 0; below < total / 2; below += counts[level] ?? 0) level++;
  return level;
}

function painted(colour: Colour): Method {
  return ({ shape, data }) => {
    const plane = data.length / CHANNELS;
    return { shape, dtype: 'f32', data: Float32Array.from(data, (_, at) => colour[Math.floor(at / plane)] ?? 0) };
  };
}

/** Mean absolute difference of two pictures, on the scale 0 to 255. */
function distance(a: HostTensor, b: HostTensor): number {
  let sum = 0;
  a.data.forEach((value, at) => {
    sum += Math.abs(value - (b.data[at] ?? 0));
  });
  return (sum / a.data.length) * TO_8_BITS;
}

function summarise(values: readonly number[]): Score {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, standardError: Math.sqrt(variance / values.length) };
}

/** Pairs of test pictures of one name; throws when there is none. */
async function pairsIn(folder: string): Promise<{ A: string; B: string }[]> {
  const { A, B } = await findDomains(folder, 'test');
  const byName = new Map(B.map((path) => [parse(path).name, path]));
  const pairs = A.flatMap((path) => {
    const other = byName.get(parse(path).name);
    return other === undefined ? [] : [{ A: path, B: other }];
  });
  if (pairs.length === 0) throw new Error(`${folder}: no picture of testA has the name of one of testB.`);
  return pairs;
}

/** The scores of `methods` from one domain to the other. */
async function score(
  methods: Readonly<Record<string, Method>>,
  pairs: readonly { readonly from: string; readonly to: string }[],
  size: number,
): Promise<Record<string, Score>> {
  const distances = new Map(Object.keys(methods).map((name) => [name, [] as number[]]));
  for (const { from, to } of pairs) {
    const [input, truth] = await Promise.all([load(from, size), load(to, size)]);
    for (const [name, method] of Object.entries(methods)) distances.get(name)?.push(distance(await method(input), truth));
  }
  return Object.fromEntries([...distances].map(([name, values]) => [name, summarise(values)]));
}

/** A generator of the model as a method. */
function generatorOf(
  backend: Backend,
  model: CycleGanConfig,
  { direction, weights }: { direction: Direction; weights: TensorRecord },
): Method {
  const generator = direction === 'AtoB' ? model.generatorAB : model.generatorBA;
  const translator = new Translator({ backend, generator, weights, direction });
  return (input) => translator.translate(input);
}

/** The table of a direction beside that of the other. */
function table(scores: Readonly<Record<Direction, Record<string, Score>>>): string {
  const cell = (value: Score | undefined) => (value === undefined ? '' : `${value.mean.toFixed(2)} ± ${value.standardError.toFixed(2)}`);
  const rows = Object.keys(scores.AtoB).map((name) => `| ${name} | ${cell(scores.AtoB[name])} | ${cell(scores.BtoA[name])} |`);
  return ['| L1 to the truth, 0 to 255 | A to B | B to A |', '|---|---|---|', ...rows].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      run: { type: 'string' },
      size: { type: 'string' },
      limit: { type: 'string' },
      threads: { type: 'string' },
    },
  });
  const { data, run } = values;
  const size = Number(values.size);
  if (data === undefined || run === undefined || !Number.isInteger(size) || size < 1)
    throw new Error('expected --data DIR --run FOLDER --size N (and --limit N test pairs, --threads N).');

  const { model, state, settings } = decodeCheckpoint(await readFile(join(run, 'checkpoints', 'latest.safetensors')));
  if (model.kind !== 'cyclegan') throw new Error(`${run} is a ${model.kind} model; both directions need a cyclegan.`);
  const untrained = initialValues(traceStep(model), Number(settings.seed ?? 0));
  const pairs = (await pairsIn(data)).slice(0, values.limit === undefined ? undefined : Number(values.limit));
  const train = await findDomains(data);
  const backend = await createOnnxBackend(values.threads === undefined ? {} : { threads: Number(values.threads) });

  const evaluate = async (direction: Direction) => {
    const [source, target] = direction === 'AtoB' ? (['A', 'B'] as const) : (['B', 'A'] as const);
    const { mean, median } = await coloursOf(train[target], size);
    const methods = {
      'trained model': generatorOf(backend, model, { direction, weights: state.variables }),
      'untrained model': generatorOf(backend, model, { direction, weights: untrained }),
      'untranslated input': (input: HostTensor) => input,
      'constant, mean colour': painted(mean),
      'constant, median colour': painted(median),
    };
    return score(
      methods,
      pairs.map((pair) => ({ from: pair[source], to: pair[target] })),
      size,
    );
  };
  const scores = { AtoB: await evaluate('AtoB'), BtoA: await evaluate('BtoA') };
  await backend.dispose();
  console.log(`${basename(run)}: step ${state.step}, ${pairs.length} test pairs at ${size} x ${size}; mean and standard error\n`);
  console.log(`${table(scores)}\n`);
  console.log(JSON.stringify({ run: basename(run), step: state.step, pairs: pairs.length, size, scale: '0..255', scores }));
}

await main();
