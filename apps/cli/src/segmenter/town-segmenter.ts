/** The network that judges pictures of a synthetic town where no other is given: trained when it is first asked for, then kept with the town's labels. */
import { join } from 'node:path';
import { createBackend } from '../backends.ts';
import { chooseEngine, type EngineRequest } from '../engines/choose-engine.ts';
import { RunError } from '../errors.ts';
import { type NetworkDescription, readNetworkDescription } from '../evaluate/network-description.ts';
import { kindOfPath } from '../files.ts';
import { TOWN_FCN } from './fcn-settings.ts';
import { townLabels } from './label-pairs.ts';
import { descriptionPath, trainSegmenter, writeSegmenter } from './train-segmenter.ts';

/** Where the network of a town lies; whoever draws the town anew removes it with the labels. */
export function townSegmenterPath(data: string): string {
  return join(data, 'labels', 'fcn.onnx');
}

/** The town's network, trained and written where it is not there yet, which is told. Throws as `trainSegmenter` does. */
export async function townSegmenter(data: string, engine: EngineRequest): Promise<NetworkDescription> {
  const path = townSegmenterPath(data);
  const files = await Promise.all([path, descriptionPath(path)].map(kindOfPath));
  if (!files.every((kind) => kind === 'file')) await trainFor(data, path, engine);
  return readNetworkDescription('--fcn', path);
}

async function trainFor(data: string, path: string, engine: EngineRequest): Promise<void> {
  const { train, palette } = await townLabels(data);
  process.stdout.write(
    `${path} is not there yet: an FCN-8s learns the classes of ${train.names.length} aerial pictures, once for this town (train-fcn makes better ones).\n`,
  );
  const backend = await createBackend(await chooseEngine(engine));
  try {
    const training = { pairs: train, palette, settings: TOWN_FCN };
    const trained = await trainSegmenter({ ...training, backend });
    if (trained === undefined) throw new RunError(`the training of ${path} was stopped.`);
    await writeSegmenter(path, trained, training);
  } finally {
    await backend.dispose();
  }
}
