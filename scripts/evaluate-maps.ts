/**
 * How far a run's translations are from the truth where the truth is known: test pictures of one name in both domains show the same
 * place, as in the maps data set (A aerial, B map). Beside the trained model stand its initial weights, the untranslated input,
 * constant pictures, and a real picture of another place: flawless, but wrong. Because a constant beats any sharp picture that is not
 * exact, two more rows ask whether the translation knows more than a constant: differences of block means, and the translation
 * faded towards the mean colour as far as serves it best on training pairs. Prints a Markdown table and JSON:
 *   npx tsx --conditions=source scripts/evaluate-maps.ts --data DIR --run runs/NAME --size 64
 */
import { readdir, readFile } from 'node:fs/promises';
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
import { blockMeans, type Colour, ColourCounts, l1Distance, paint, type Score, summarise } from '@cyclegan/eval';
import { decodeCheckpoint } from '@cyclegan/formats';

const CHANNELS = 3;

/** Something that makes a picture of the other domain. */
type Method = (input: HostTensor) => HostTensor | Promise<HostTensor>;

/** Scores of a method pixel by pixel, and on the means of blocks. */
interface Scores {
  readonly pixels: Score;
  readonly blocks: Score;
}

/** Pictures of one place: the input and the truth. */
interface Pair {
  readonly from: string;
  readonly to: string;
}

async function load(path: string, size: number): Promise<HostTensor> {
  return pictureToTensor(await decodePicture(path, { channels: CHANNELS, size: { height: size, width: size } }));
}

/** The colours of some pictures. */
async function coloursOf(paths: readonly string[], size: number): Promise<ColourCounts> {
  const colours = new ColourCounts();
  for (const path of paths) colours.add(await load(path, size));
  return colours;
}

function painted(colour: Colour): Method {
  return (input) => paint(colour, input);
}

/** A picture faded towards another: all of the one at 0, all of the other at 1. */
function faded(constant: HostTensor, picture: HostTensor, share: number): HostTensor {
  return { ...picture, data: Float32Array.from(picture.data, (value, at) => share * value + (1 - share) * (constant.data[at] ?? 0)) };
}

/** Pairs of pictures of one name; throws when there is none. */
async function pairsIn(folder: string, part: 'train' | 'test', limit: number): Promise<{ A: string; B: string }[]> {
  const { A, B } = await findDomains(folder, part);
  const byName = new Map(B.map(({ path }) => [parse(path).name, path]));
  const pairs = A.flatMap(({ path }) => {
    const other = byName.get(parse(path).name);
    return other === undefined ? [] : [{ A: path, B: other }];
  });
  if (pairs.length === 0) throw new Error(`${folder}: no picture of ${part}A has the name of one of ${part}B.`);
  return pairs.slice(0, limit);
}

/** The scores of `methods` from one domain to the other; `another` names the control that shows the truth of the next pair. */
async function score(
  methods: Readonly<Record<string, Method>>,
  pairs: readonly Pair[],
  { size, another }: { readonly size: number; readonly another: string },
): Promise<Record<string, Scores>> {
  const found = new Map([...Object.keys(methods), another].map((name) => [name, { pixels: [] as number[], blocks: [] as number[] }]));
  for (const [at, { from, to }] of pairs.entries()) {
    const [input, truth, other] = await Promise.all([from, to, pairs[(at + 1) % pairs.length]?.to ?? to].map((path) => load(path, size)));
    if (input === undefined || truth === undefined || other === undefined) continue;
    for (const [name, distances] of found) {
      const picture = (await methods[name]?.(input)) ?? other;
      distances.pixels.push(l1Distance(picture, truth));
      distances.blocks.push(l1Distance(blockMeans(picture), blockMeans(truth)));
    }
  }
  return Object.fromEntries(
    [...found].map(([name, { pixels, blocks }]) => [name, { pixels: summarise(pixels), blocks: summarise(blocks) }]),
  );
}

const SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** The share of a method's picture over a constant that comes closest to the truth on some pairs. */
async function bestShare(
  method: Method,
  constant: Method,
  { pairs, size }: { readonly pairs: readonly Pair[]; readonly size: number },
): Promise<number> {
  const totals = SHARES.map(() => 0);
  for (const { from, to } of pairs) {
    const [input, truth] = await Promise.all([load(from, size), load(to, size)]);
    const [picture, plain] = [await method(input), await constant(input)];
    SHARES.forEach((share, at) => {
      totals[at] = (totals[at] ?? 0) + l1Distance(faded(plain, picture, share), truth);
    });
  }
  return SHARES[totals.indexOf(Math.min(...totals))] ?? 0;
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

/** The table of both directions. */
function table(scores: Readonly<Record<Direction, Readonly<Record<string, Scores>>>>): string {
  const cell = ({ mean, standardError }: Score) => `${mean.toFixed(2)} ± ${standardError.toFixed(2)}`;
  const cells = (value: Scores | undefined) => (value === undefined ? ['', ''] : [cell(value.pixels), cell(value.blocks)]);
  const rows = Object.keys(scores.AtoB).map(
    (name) => `| ${[name, ...cells(scores.AtoB[name]), ...cells(scores.BtoA[name])].join(' | ')} |`,
  );
  const heads = ['A to B, pixels', 'A to B, blocks', 'B to A, pixels', 'B to A, blocks'];
  return [`| L1 to the truth, 0 to 255 | ${heads.join(' | ')} |`, '|---|---|---|---|---|', ...rows].join('\n');
}

interface Options {
  readonly data: string;
  readonly run: string;
  readonly size: number;
  readonly limit: number;
  readonly threads?: number;
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { data: text, run: text, size: text, limit: text, threads: text } });
  const { data, run, size, limit, threads } = values;
  if (data === undefined || run === undefined || !(Number(size) >= 1))
    throw new Error('expected --data DIR --run FOLDER --size N (and --limit N pairs, --threads N).');
  return {
    data,
    run,
    size: Number(size),
    limit: Number(limit ?? Number.POSITIVE_INFINITY),
    ...(threads === undefined ? {} : { threads: Number(threads) }),
  };
}

async function newestCheckpoint(run: string): Promise<string> {
  const folder = join(run, 'checkpoints');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.safetensors')).sort();
  return join(folder, names.at(-1) ?? '');
}

async function main(): Promise<void> {
  const { data, run, size, limit, ...cpu } = readOptions();
  const { model, state, settings } = await decodeCheckpoint(await readFile(await newestCheckpoint(run)));
  if (model.kind !== 'cyclegan') throw new Error(`${run} is a ${model.kind} model; both directions need a cyclegan.`);
  const untrained = initialValues(traceStep(model), Number(settings.seed ?? 0));
  const [train, test] = [await pairsIn(data, 'train', limit), await pairsIn(data, 'test', limit)];
  const domains = await findDomains(data);
  const backend = await createOnnxBackend(cpu);

  const evaluate = async (direction: Direction) => {
    const [source, target] = direction === 'AtoB' ? (['A', 'B'] as const) : (['B', 'A'] as const);
    const paired = (pairs: typeof test) => pairs.map((pair) => ({ from: pair[source], to: pair[target] }));
    const colours = await coloursOf(
      domains[target].map(({ path }) => path),
      size,
    );
    const [mean, median] = [painted(colours.mean), painted(colours.median)];
    const trained = generatorOf(backend, model, { direction, weights: state.variables });
    const share = await bestShare(trained, mean, { pairs: paired(train), size });
    const methods = {
      'trained model': trained,
      'untrained model': generatorOf(backend, model, { direction, weights: untrained }),
      'untranslated input': (input: HostTensor) => input,
      'constant, mean colour': mean,
      'constant, median colour': median,
      'trained model, faded': async (input: HostTensor) => faded(await mean(input), await trained(input), share),
    };
    return { share, scores: await score(methods, paired(test), { size, another: 'real picture of another place' }) };
  };
  const [AtoB, BtoA] = [await evaluate('AtoB'), await evaluate('BtoA')];
  await backend.dispose();
  const scores = { AtoB: AtoB.scores, BtoA: BtoA.scores };
  const shares = { AtoB: AtoB.share, BtoA: BtoA.share };
  console.log(`${basename(run)}: step ${state.step}, ${test.length} test pairs at ${size} x ${size}; mean and standard error`);
  console.log(`Faded: ${shares.AtoB} of the translation and the rest mean colour from A to B, ${shares.BtoA} from B to A.\n`);
  console.log(`${table(scores)}\n`);
  console.log(JSON.stringify({ run: basename(run), step: state.step, pairs: test.length, size, scale: '0..255', shares, scores }));
}

await main();
