/** The paper's ablations: which loss terms a method has, and how long it is trained. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traceStep } from '@cyclegan/core';
import { expect, it, onTestFinished } from 'vitest';
import { scheduleFor, settleBudget } from '../../src/ablation/budget.ts';
import { methodsOf, TABLE } from '../../src/ablation/methods.ts';
import { fillIn, modelOf } from '../../src/settings/settings.ts';

it('each method has its losses, and no other', () => {
  const small = { size: 16, ngf: 2, ndf: 2, blocks: 1, discLayers: 1, lambdaIdentity: 0 };
  const lossesOf = (labels: 'A' | 'B') =>
    Object.fromEntries(
      methodsOf(labels).map(({ run, without }) => {
        const { outputs } = traceStep(modelOf(fillIn({ ...small, ...without })));
        return [run, [...outputs.keys()].filter((name) => /^loss\/(gan|cycle)/.test(name)).map((name) => name.slice(5))];
      }),
    );
  expect(lossesOf('A')).toEqual({
    'cycle-alone': ['cycleA', 'cycleB'],
    'gan-alone': ['ganAB', 'ganBA'],
    'gan-forward': ['ganAB', 'ganBA', 'cycleA'],
    'gan-backward': ['ganAB', 'ganBA', 'cycleB'],
    cyclegan: ['ganAB', 'ganBA', 'cycleA', 'cycleB'],
  });
  // forward starts from labels
  expect(lossesOf('B')['gan-forward']).toContain('cycleB');
  expect(lossesOf('B')['gan-forward']).not.toContain('cycleA');
});

it('each has figures of the paper', () => {
  for (const { published } of Object.values(TABLE)) expect(Object.keys(published.values)).toEqual(methodsOf('A').map(({ name }) => name));
});

it('half of the epochs that a budget lasts are at full learning rate', () => {
  expect(scheduleFor({ steps: 1000, stepsPerEpoch: 100 }, {})).toEqual({ epochs: 5, decayEpochs: 5 });
  expect(scheduleFor({ steps: 1001, stepsPerEpoch: 100 }, {})).toEqual({ epochs: 6, decayEpochs: 5 });
  expect(scheduleFor({ steps: 30, stepsPerEpoch: 100 }, {})).toEqual({ epochs: 1, decayEpochs: 0 });
  expect(scheduleFor({ steps: 1000, stepsPerEpoch: 100 }, { epochs: 3 })).toEqual({});
});

it('a budget is kept for when an ablation goes on, and not changed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-budget-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'ablation.json');
  const basis = { settings: { epochs: 2, decayEpochs: 1 }, stepsPerEpoch: 7, engine: { backend: 'reference', device: 'cpu' } } as const;
  expect(await settleBudget(path, { ...basis, request: { steps: 40 } })).toMatchObject({ steps: 40 });
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ steps: 40, stepsPerEpoch: 7 });
  expect(await settleBudget(path, { ...basis, request: undefined })).toMatchObject({ steps: 40 });
  await expect(settleBudget(path, { ...basis, request: { steps: 50 } })).rejects.toThrow(/has 40 steps a method.*Leave out --budget/);
  expect(await settleBudget(join(folder, 'other.json'), { ...basis, request: undefined })).toMatchObject({ steps: 21 });
});
