/** What is said of real trainings: small ones made to go wrong, each in its way, and healthy ones. */
import { createOnnxBackend } from '@cyclegan/backend-onnx';
import { type Batch, type BatchSource, f32, type HostTensor, type TensorRecord, train } from '@cyclegan/core';
import { pictureToTensor } from '@cyclegan/data';
import { townTile } from '@cyclegan/data/town';
import { describe, expect, it } from 'vitest';
import { type GivenSettings, modelOf, resolveSettings } from '../../src/settings/settings.ts';
import { Diagnosis } from '../../src/train/diagnosis.ts';
import { run, temporaryFolder } from './program.ts';

const SIZE = 24;
const PLACES = 20;
const SMALL = { size: SIZE, ngf: 8, ndf: 8, blocks: 1, discLayers: 1, lr: 5e-4 } as const satisfies GivenSettings;

type Draw = (place: number) => HostTensor;

const tile = (place: number) => townTile({ seed: 1, place, size: SIZE });
const aerial: Draw = (place) => pictureToTensor(tile(place).aerial);

/** A part of a larger picture: roofs, lawns and streets, without the detail that tiny networks blur. */
const closeUp: Draw = (place) => {
  const { data } = pictureToTensor(townTile({ seed: 1, place, size: 3 * SIZE }).aerial);
  const rows = Array.from({ length: 3 * SIZE }, (_, row) => (Math.floor(row / SIZE) * 3 * SIZE + SIZE + (row % SIZE)) * 3 * SIZE + SIZE);
  return f32([1, 3, SIZE, SIZE], Float32Array.from(rows.flatMap((from) => [...data.subarray(from, from + SIZE)])));
};
const map: Draw = (place) => pictureToTensor(tile(place).map);
const negative = ({ shape, data }: HostTensor) =>
  f32(
    shape,
    Float32Array.from(data, (value) => -value),
  );

/** Batches of places from `first` on, those of B elsewhere. */
function town(A: Draw, B: Draw, first = 0): BatchSource & { batch(step: number): Promise<Batch> } {
  const places = Array.from({ length: PLACES }, (_, place) => ({ A: A(first + place), B: B(first + place + PLACES) }));
  const shape = { batch: 1, channels: { A: 3, B: 3 }, height: SIZE, width: SIZE };
  return { stepsPerEpoch: PLACES, shape, batch: async (step) => places[step % PLACES] as Batch };
}

interface Training {
  readonly settings?: GivenSettings;
  readonly A?: Draw;
  readonly B?: Draw;
  readonly steps?: number;
  readonly initial?: TensorRecord;
}

/** Trains, and returns what was said at each sample after the first hundred steps, and the weights. */
async function follow({ settings = {}, A = aerial, B = map, steps = 400, initial }: Training) {
  const model = modelOf(resolveSettings({ ...SMALL, ...settings }));
  const { lr: learningRate } = resolveSettings({ ...SMALL, ...settings });
  const diagnosis = new Diagnosis(model);
  const said: string[][] = [];
  let weights: TensorRecord = {};
  const backend = await createOnnxBackend({ threads: 1 });
  const test = town(A, B, 500);
  const sampleBatches = await Promise.all([0, 1, 2, 3].map((at) => test.batch(at)));
  const options = { model, backend, data: town(A, B), learningRate, schedule: { kind: 'constant' }, seed: 1 } as const;
  try {
    for await (const event of train({ ...options, maxSteps: steps, sampleEvery: 100, sampleBatches, ...(initial && { initial }) })) {
      if (event.kind === 'step') diagnosis.step(event);
      if (event.kind === 'sample') said.push(diagnosis.sample(event).map(({ kind, side }) => `${kind} ${side}`));
      if (event.kind === 'checkpoint') weights = event.state.variables;
    }
  } finally {
    await backend.dispose();
  }
  return { said, weights };
}

describe('a run that goes wrong', () => {
  it('has a generator that does not listen to its discriminator, which wins', async () => {
    const { said } = await follow({ settings: { lambdaGanB: 1e-4, ndf: 16 } });
    expect(said.at(-1)).toEqual(['discriminator-won B']);
  });

  it('has a saturated generator, which paints everything in one colour', async () => {
    const { said } = await follow({ settings: { lambdaA: 0, lambdaB: 0, lambdaIdentity: 0, lr: 0.02, norm: 'none' } });
    expect(said.at(-1)).toContain('collapsed B');
  });

  it('goes on making negatives where it began with them', async () => {
    const elsewhere: Draw = (place) => closeUp(place + 1000);
    const pix2pix = { model: 'pix2pix', generator: 'resnet', norm: 'instance', dropout: false, lambdaGanB: 0, lr: 1e-3 } as const;
    // the same places on both sides: B is A's negative
    const { weights } = await follow({ settings: pix2pix, A: closeUp, B: (place) => negative(closeUp(place - PLACES)), steps: 200 });
    const both = Object.entries(weights).filter(([name]) => name.startsWith('genAB/'));
    const initial = Object.fromEntries(
      both.flatMap(([name, value]) => [
        [name, value],
        [name.replace('genAB', 'genBA'), value],
      ]),
    );
    const { said } = await follow({ settings: { lambdaIdentity: 0, lr: 2e-4 }, A: closeUp, B: elsewhere, initial, steps: 300 });
    expect(said.at(-1)).toEqual(['colours-inverted B', 'colours-inverted A']);
  });
});

it.each([
  ['with least squares', {}],
  ['with cross-entropy', { ganMode: 'vanilla' }],
  ['with a U-Net', { generator: 'unet' }],
] as const)('nothing is said of a healthy run %s', async (_, settings) => {
  const { said } = await follow({ settings, steps: 300 });
  expect(said).toEqual([[], [], []]);
});

it('is told once in the terminal, however often it is found', async () => {
  const folder = await temporaryFolder();
  expect(await run(folder, 'synth --out data --size 24 --count 20'.split(' '))).toMatchObject({ code: 0 });
  const settings = '--size 24 --ngf 8 --ndf 16 --blocks 1 --disc-layers 1 --lr 5e-4 --preprocess none --lambda-gan-b 1e-4';
  const how = '--data data --name deaf --threads 1 --max-steps 450 --sample-every 50';
  const { code, stderr } = await run(folder, `train ${settings} ${how}`.split(' '));
  expect(code).toBe(0);
  const warnings = stderr.split('\n').filter((line) => line.startsWith('warning:'));
  expect(warnings).toEqual([
    expect.stringMatching(/^warning: step \d+: The discriminator of B has won\..*--lambda-gan-b 1 \(it is 0\.0001\)/),
  ]);
});
