/** A network that judges pictures, held to its description: what goes in, what comes out, and how many pictures at a time. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type NetworkValue, type OnnxNetwork, openOnnxNetwork } from '@cyclegan/backend-onnx';
import type { HostTensor } from '@cyclegan/core';
import {
  type ClassMap,
  type Interpolation,
  mostLikelyClasses,
  type NetworkInput,
  networkInput,
  type Palette,
  type Pixels,
} from '@cyclegan/eval';
import { RunError } from '../errors.ts';
import type { NetworkDescription, NetworkTask } from './network-description.ts';

/** How a judge is opened. */
export interface JudgeOptions {
  readonly task: NetworkTask;
  /** Instead of the description's. */
  readonly interpolation?: Interpolation | undefined;
  readonly threads?: number | undefined;
  /** Pictures at a time where the network's batch is free; 8 unless given. */
  readonly batch?: number | undefined;
}

/** A network for one task. */
export interface Judge {
  readonly file: string;
  readonly sha256: string;
  readonly input: NetworkInput;
  readonly output: string;
  /** Pictures at a time. */
  readonly batch: number;
  /** Its output for up to `batch` pictures, N x ... */
  run(pictures: readonly Pixels[]): Promise<HostTensor>;
  dispose(): Promise<void>;
}

const DEFAULT_BATCH = 8;

/** Opens the network of a description for a task; throws RunError, naming the file, when its shapes are others than described. */
export async function openJudge(description: NetworkDescription, { task, interpolation, threads, batch }: JudgeOptions): Promise<Judge> {
  const { file } = description;
  const output = description[task]?.output;
  if (output === undefined)
    throw new RunError(`${file} is not described for ${task}; its JSON has no "${task}" with the name of an output.`);
  const network = await openOnnxNetwork(file, { threads });
  try {
    const fits = checkShapes(network, description, { task, output });
    const input = { ...description.input, ...(interpolation === undefined ? {} : { interpolation }) };
    return {
      file,
      sha256: await digestOf(file),
      input,
      output,
      batch: fits.batch ?? batch ?? DEFAULT_BATCH,
      run: async (pictures) => {
        const filled = fits.batch === undefined ? pictures : filledUp(pictures, fits.batch);
        return firstRows(await network.run({ [fits.name]: networkInput(filled, input) }, output), pictures.length);
      },
      dispose: () => network.dispose(),
    };
  } catch (error) {
    await network.dispose();
    throw error;
  }
}

/** As many pictures as a network takes at a time; the last one fills the rest. */
function filledUp(pictures: readonly Pixels[], batch: number): readonly Pixels[] {
  return Array.from({ length: batch }, (_, at) => pictures[Math.min(at, pictures.length - 1)]).filter((picture) => picture !== undefined);
}

function firstRows(tensor: HostTensor, count: number): HostTensor {
  const [rows = 0, ...rest] = tensor.shape;
  return rows === count
    ? tensor
    : { ...tensor, shape: [count, ...rest], data: tensor.data.subarray(0, (tensor.data.length / rows) * count) };
}

/** The class of each pixel of up to `batch` pictures, in the size that the network gives. */
export async function segment(judge: Judge, pictures: readonly Pixels[], palette: Palette): Promise<ClassMap[]> {
  const { shape, data } = await judge.run(pictures);
  const [, classes = 0, height = 0, width = 0] = shape;
  if (classes !== palette.classes.length)
    throw new RunError(
      `${judge.file}: its output ${judge.output} has ${classes} classes, the palette ${palette.name} ${palette.classes.length}; they must match.`,
    );
  return pictures.map((_, at) => mostLikelyClasses(data, { classes, width, height, start: at * classes * width * height }));
}

/** What is asked of a network's shapes. */
interface Wanted {
  readonly task: NetworkTask;
  readonly output: string;
}

/** The input's name, and the only batch that the network takes, if it is fixed. */
function checkShapes(
  network: OnnxNetwork,
  { file, input }: NetworkDescription,
  { task, output }: Wanted,
): { name: string; batch?: number } {
  const refuse = (got: string, remedy: string): never => {
    throw new RunError(`${file}: ${got}; ${remedy}.`);
  };
  const taken = input.name === undefined ? network.inputs[0] : network.inputs.find(({ name }) => name === input.name);
  if (taken === undefined || network.inputs.length !== 1)
    return refuse(`its inputs are ${namesOf(network.inputs)}`, 'expected one, with the name that the JSON gives it');
  const wanted = [undefined, 3, input.height, input.width] as const;
  const fits = taken.shape.length === 4 && wanted.every((extent, axis) => isExtent(taken.shape[axis], extent));
  if (taken.type !== 'float32' || !fits)
    return refuse(`its input ${formatValue(taken)} does not take float32 N x 3 x ${input.height} x ${input.width}`, 'correct its JSON');
  const given = network.outputs.find(({ name }) => name === output);
  if (given === undefined) return refuse(`it has no output ${output}, but ${namesOf(network.outputs)}`, 'correct its JSON');
  const rank = task === 'segmentation' ? 4 : 2;
  const flat = given.shape.length >= rank && given.shape.slice(rank).every((extent) => extent === 1);
  if (given.type !== 'float32' || !flat) {
    const expected = task === 'segmentation' ? 'N x classes x height x width' : 'a row of numbers for each picture';
    return refuse(`its output ${formatValue(given)} is not ${expected} in float32`, `name another output for ${task} in its JSON`);
  }
  const [batch] = taken.shape;
  return typeof batch === 'number' && batch > 0 ? { name: taken.name, batch } : { name: taken.name };
}

function isExtent(got: number | string | undefined, wanted: number | undefined): boolean {
  return wanted === undefined || typeof got === 'string' || got === wanted || got === -1;
}

function formatValue({ name, type, shape }: NetworkValue): string {
  return `${name} (${type} ${shape.join(' x ')})`;
}

function namesOf(values: readonly NetworkValue[]): string {
  return values.map(({ name }) => name).join(', ') || 'none';
}

/** The SHA-256 sum of a file: which network it was. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
