/** Writing a run's networks for others: weights under the reference's names, and generators as ONNX models that are held to `translate`. */
import { rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { generatorModel, loadOnnxModel } from '@cyclegan/backend-onnx';
import {
  type Backend,
  type Direction,
  f32,
  GENERATOR_OF,
  type GeneratorSpec,
  generatorExtents,
  randomStream,
  sizeOf,
  Translator,
} from '@cyclegan/core';
import { encodePth, type NetworkName, onnxModelChunks, referenceFileName, sealedChunks, toReference } from '@cyclegan/formats';
import { onDisk } from '../disk.ts';
import { RunError } from '../errors.ts';
import { kindOfPath, writeFileAtomic } from '../files.ts';
import { modelOfNetworks, networkNames, type RunWeights } from '../runs/run-weights.ts';
import type { ExportFormat } from './export-formats.ts';

/** A file to be written, and what goes into it. */
export interface ExportJob {
  readonly path: string;
  readonly network: NetworkName;
}

/** Largest difference, of values in [-1, 1], between an ONNX model and `translate`: an eighth of the step between two of 256 grays. */
const TOLERANCE = 1e-3;

/** The files that an export makes in the folder `out`: of ONNX the generators, of the others all networks. Throws RunError when there is nothing to write, or a file may not be replaced. */
export async function planExport(
  weights: RunWeights,
  { format, out, force }: { readonly format: ExportFormat; readonly out: string; readonly force: boolean },
): Promise<ExportJob[]> {
  const networks = networkNames(weights).filter((name) => format !== 'onnx' || name.startsWith('gen'));
  if (networks.length === 0)
    throw new RunError(`${weights.path} has no generator, which ONNX files are made of; give --format safetensors or pth.`);
  const jobs = networks.map((network) => ({ network, path: join(out, fileName(weights, { network, format })) }));
  for (const { path } of jobs) {
    if (!force && (await kindOfPath(path)) !== 'nothing') throw new RunError(`${path} exists; give --force to replace it.`);
  }
  return jobs;
}

/** The name of a network's file; the reference's for weights, those of CycleGAN where the model does not show. */
export function fileName(
  { networks }: Pick<RunWeights, 'networks'>,
  { network, format }: { readonly network: NetworkName; readonly format: ExportFormat },
): string {
  if (format === 'onnx') return `${directionOf(network)}.onnx`;
  return referenceFileName(network, { extension: format, model: modelOfNetworks(networks) ?? 'cyclegan' });
}

function directionOf(network: NetworkName): Direction {
  return network === GENERATOR_OF.AtoB ? 'AtoB' : 'BtoA';
}

/** Writes a network's weights under the reference's names, as the ending of `path` says. */
export async function writeNetwork(weights: RunWeights, network: NetworkName, path: string): Promise<void> {
  const spec = weights.networks[network];
  if (spec === undefined) return;
  const own = Object.entries(await weights.read(network)).map(([name, tensor]) => [name.slice(network.length + 1), tensor] as const);
  const stateDict = toReference(spec, Object.fromEntries(own));
  await writeFileAtomic(path, extname(path) === '.pth' ? [encodePth(stateDict)] : sealedChunks(stateDict, { network }));
}

/**
 * Writes a generator as an ONNX model that was held to what `translate` computes on `backend`; returns the largest difference. Throws RunError, leaving
 * what was at the path, when it is too large.
 */
export async function writeOnnx(weights: RunWeights, { network, path }: ExportJob, backend: Backend): Promise<number> {
  const spec = weights.networks[network] as GeneratorSpec;
  const variables = await weights.read(network);
  const direction = directionOf(network);
  const unchecked = `${path}.unchecked`;
  const translator = new Translator({ backend, direction, generator: spec, weights: variables });
  try {
    await writeFileAtomic(unchecked, onnxModelChunks(generatorModel({ name: GENERATOR_OF[direction], spec, weights: variables })));
    const difference = await compare(unchecked, translator);
    if (!(difference <= TOLERANCE))
      throw new RunError(
        `${path} was not written: the ONNX model differs from translate by ${difference.toPrecision(2)} of values in [-1, 1], ${TOLERANCE} allowed. Please report this with the run's config.json.`,
      );
    await onDisk(path, 'written', () => rename(unchecked, path));
    return difference;
  } finally {
    translator.dispose();
    await rm(unchecked, { force: true });
  }
}

/** Enough for a ResNet's every layer to be more than border. */
const LEAST_SIDE = 32;

/** What models are compared on: small pictures, N x C x H x W, one that is square and two that are not. */
export function comparedShapes(spec: GeneratorSpec): readonly (readonly number[])[] {
  const { multiple, minimum } = generatorExtents(spec);
  const side = multiple * Math.ceil(Math.max(minimum, LEAST_SIDE) / multiple);
  return [
    [1, spec.inputChannels, side, side],
    [2, spec.inputChannels, side, side + multiple],
  ];
}

/** The largest difference over noise. */
async function compare(path: string, translator: Translator): Promise<number> {
  const model = await loadOnnxModel(path);
  let largest = 0;
  try {
    for (const shape of comparedShapes(translator.generator)) {
      const noise = f32(shape, Float32Array.from({ length: sizeOf(shape) }, noiseAt));
      const [got, expected] = [await model.run(noise), await translator.translate(noise)];
      // NaN stays NaN
      for (const [at, value] of expected.data.entries()) largest = Math.max(largest, Math.abs(value - (got.data[at] ?? Number.NaN)));
    }
  } finally {
    await model.dispose();
  }
  return largest;
}

const { uniform } = randomStream(0, 'export');

function noiseAt(_: unknown, at: number): number {
  return 2 * uniform(0, at) - 1;
}
