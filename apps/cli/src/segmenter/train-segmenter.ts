/** From labelled photos to a segmentation network in a file, its description beside it. Prints nothing but how far it is. */
import { extname } from 'node:path';
import { SEGMENTER_INPUT, SEGMENTER_OUTPUT, segmenterModel } from '@cyclegan/backend-onnx';
import { type Backend, type FcnSpec, HE_INIT, SEGMENTATION_ADAM, type TensorRecord, trainSegmentation } from '@cyclegan/core';
import { PALETTES, type Palette } from '@cyclegan/eval';
import { onnxModelChunks } from '@cyclegan/formats';
import { writeFileAtomic } from '../files.ts';
import { CountProgress } from '../terminal/count-progress.ts';
import { classWeights } from './class-weights.ts';
import type { FcnSettings } from './fcn-settings.ts';
import type { LabelPairs } from './label-pairs.ts';
import { PairBatches } from './pair-batches.ts';

/** What is learnt from what. */
export interface SegmenterTraining {
  readonly pairs: LabelPairs;
  readonly palette: Palette;
  readonly settings: FcnSettings;
  readonly backend: Backend;
  readonly signal?: { readonly aborted: boolean };
}

/** A trained network. */
export interface TrainedSegmenter {
  readonly network: FcnSpec;
  readonly weights: TensorRecord;
}

/** Trains a network, counting steps in the terminal; undefined when `signal` stopped it. Throws as `countClasses` and `trainSegmentation` do. */
export async function trainSegmenter({
  pairs,
  palette,
  settings,
  backend,
  signal,
}: SegmenterTraining): Promise<TrainedSegmenter | undefined> {
  const { width, norm, dropout, crop, batch, epochs, lr, seed, balance } = settings;
  const network = { kind: 'fcn8s', inputChannels: 3, classes: palette.classes.length, widthMultiplier: width, norm, dropout } as const;
  const batches = new PairBatches(pairs, palette, settings);
  const weights = await classWeights(batches, palette, { pairs: pairs.names.length, balance });
  const counted = weights === undefined ? {} : { classWeights: weights };
  const config = { network, batch, height: crop, width: crop, ...counted, init: HE_INIT, adam: SEGMENTATION_ADAM };
  const steps = epochs * batches.stepsPerEpoch;
  const progress = new CountProgress(steps, 'steps');
  const training = { config, backend, batch: (step: number) => batches.batch(step), learningRate: lr, steps, seed };
  try {
    for await (const event of trainSegmentation(signal === undefined ? training : { ...training, signal })) {
      if (event.kind === 'done') return { network, weights: event.weights };
      progress.advance();
    }
    return undefined;
  } finally {
    progress.end();
  }
}

/** The path of a network's description. */
export function descriptionPath(onnx: string): string {
  return `${onnx.slice(0, onnx.length - extname(onnx).length)}.json`;
}

/** Writes a network as an ONNX model, and beside it the JSON that `eval --fcn` reads; each replaces what was there in one go. */
export async function writeSegmenter(
  path: string,
  { network, weights }: TrainedSegmenter,
  { palette, settings, pairs }: Pick<SegmenterTraining, 'palette' | 'settings' | 'pairs'>,
): Promise<void> {
  await writeFileAtomic(path, onnxModelChunks(segmenterModel(network, weights)));
  const { size, ...trained } = settings;
  const known = Object.entries(PALETTES).find(([, each]) => each === palette)?.[0];
  const colours = { classes: palette.classes, ...(palette.voidColours === undefined ? {} : { void: palette.voidColours }) };
  const description = {
    about: `FCN-8s, trained on ${pairs.names.length} pairs with ${JSON.stringify({ size, ...trained })}`,
    input: { name: SEGMENTER_INPUT, width: size, height: size, channels: 'rgb', range: [-1, 1], interpolation: 'bilinear' },
    segmentation: { output: SEGMENTER_OUTPUT, ...(known === undefined ? colours : { classes: known }) },
  };
  await writeFileAtomic(descriptionPath(path), [Buffer.from(`${JSON.stringify(description, undefined, 2)}\n`)]);
}
