/**
 * A short training of a small CycleGAN on the synthetic town, the same from one seed on every engine, and the same training resumed from
 * the checkpoint of another engine.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Backend,
  type BatchSource,
  cycleGanModel,
  type HostTensor,
  PAPER_GENERATOR,
  type TrainEvent,
  type TrainingState,
  train,
} from '@cyclegan/core';
import { pictureToTensor } from '@cyclegan/data';
import { townTile } from '@cyclegan/data/town';
import { decodeCheckpoint, encodeCheckpoint } from '@cyclegan/formats';
import type { Engine } from './engines.ts';
import type { CheckpointResult, Progress, TrainingResult } from './protocol.ts';
import { type NodeCount, withProfile } from './provider-nodes.ts';
import { measured } from './section.ts';

/** Steps of the training. */
export const STEPS = 10;

/** Steps before the checkpoint. */
export const STEPS_BEFORE = 5;

const SIZE = 16;
const SEED = 7;

const MODEL = cycleGanModel({
  height: SIZE,
  width: SIZE,
  generator: { ...PAPER_GENERATOR, filters: 4, blocks: 1 },
  discriminator: { kind: 'patch', filters: 4, layers: 2, norm: 'instance' },
  // smaller than the steps are many, so that pictures leave the buffer as well
  poolSize: 3,
});

const TOWN: BatchSource = {
  stepsPerEpoch: STEPS,
  shape: { batch: 1, channels: { A: 3, B: 3 }, height: SIZE, width: SIZE },
  batch: async (step) => ({ A: picture('aerial', 2 * step), B: picture('map', 2 * step + 1) }),
};

function picture(view: 'aerial' | 'map', place: number): HostTensor {
  return pictureToTensor(townTile({ seed: SEED, place, size: SIZE })[view]);
}

/** Where an engine leaves its checkpoint. */
function checkpointOf(folder: string, engine: string): string {
  return join(folder, `${engine.replace(':', '-')}.safetensors`);
}

type Losses = Record<string, number>[];

/** What of the training is done: from where, and up to which step. */
interface Part {
  readonly resume?: TrainingState;
  readonly maxSteps?: number;
}

async function losses(backend: Backend, { maxSteps = STEPS, ...part }: Part, each: (event: TrainEvent) => unknown): Promise<Losses> {
  const schedule = { kind: 'constant' } as const;
  const options = { model: MODEL, backend, data: TOWN, learningRate: 2e-4, schedule, seed: SEED, maxSteps, ...part };
  const found: Losses = [];
  for await (const event of train({ ...options, checkpointEvery: STEPS_BEFORE })) {
    if (event.kind === 'step') found.push({ ...event.losses });
    await each(event);
  }
  return found;
}

/** Trains from new weights, and leaves the checkpoint of the middle in `folder`. */
export function trainOn(engine: Engine, backend: Backend, folder: string, tell: Progress): Promise<TrainingResult> {
  const each = async (event: TrainEvent) => {
    if (event.kind === 'step') tell(event.step, STEPS);
    if (event.kind !== 'checkpoint' || event.state.step !== STEPS_BEFORE) return;
    const environment = { engine: engine.name, description: backend.device.description };
    await writeFile(checkpointOf(folder, engine.name), await encodeCheckpoint(event.state, { model: MODEL, settings: {}, environment }));
  };
  return measured(backend, async () => {
    const found = await losses(backend, {}, each);
    const nodes = await nodesOfStep(engine);
    return { section: 'training', losses: found, ...(nodes === undefined ? {} : { nodes }) };
  });
}

/** Where the nodes of the step ran, for an engine with a provider: one step of it on a backend that writes profiles. */
async function nodesOfStep({ provider, create }: Engine): Promise<NodeCount | undefined> {
  if (provider === undefined) return undefined;
  const { nodes } = await withProfile(provider, async (profile) => {
    const profiled = await create({ profile });
    try {
      await losses(profiled, { maxSteps: 1 }, () => undefined);
    } finally {
      await profiled.dispose();
    }
  });
  return nodes;
}

/** Goes on from the checkpoint that the engine `from` left in `folder`. */
export function resumeOn(
  backend: Backend,
  { folder, from }: { readonly folder: string; readonly from: string },
  tell: Progress,
): Promise<CheckpointResult> {
  const each = (event: TrainEvent) => {
    if (event.kind === 'step') tell(event.step - STEPS_BEFORE, STEPS - STEPS_BEFORE);
  };
  return measured(backend, async () => {
    const { state } = await decodeCheckpoint(await readFile(checkpointOf(folder, from)));
    return { section: 'checkpoint', from, losses: await losses(backend, { resume: state }, each) };
  });
}
