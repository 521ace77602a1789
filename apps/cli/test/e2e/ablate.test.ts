/** `ablate` and `train --eval`: runs that are measured by the program itself. */
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PALETTES } from '@cyclegan/eval';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeNearestColour } from './judge-networks.ts';
import { checkpointsOf, metricsOf, run, TINY, temporaryFolder } from './program.ts';
import { reportOf } from './report-data.ts';

const SIZE = 16;
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder({ keep: true });
  await run(folder, ['synth', '--out', 'town', '--count', '3', '--test-count', '3', '--size', String(SIZE)]);
  await writeNearestColour(folder, PALETTES.town, { size: SIZE });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('trains five methods alike, once for both tables, and goes on where it was stopped', async () => {
  const ablate = (table: string, ...args: string[]) =>
    run(folder, ['ablate', '--table', table, '--data', 'town', ...TINY, '--threads', '1', ...args]);
  const first = await ablate('5', '--budget', '2');
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toMatch(/Table 5: .*\nEach trained for 2 steps \(0\.7 epochs\) at 16 x 16/);
  expect(first.stdout).toMatch(/per-pixel, paper/);
  const losses = async (method: string) => Object.keys((await metricsOf(folder, method, 'runs/ablation'))[0]?.losses ?? {});
  expect(await losses('cycle-alone')).not.toContain('ganAB');
  expect(await losses('gan-alone')).not.toContain('cycleA');
  // of a town, label pictures are of domain B
  expect(await losses('gan-forward')).toEqual(expect.arrayContaining(['ganAB', 'ganBA', 'cycleB']));
  const { rows, baseline } = JSON.parse(await readFile(join(folder, 'runs/ablation/table-5/comparison.json'), 'utf8'));
  expect(rows.map(({ name }: { name: string }) => name)).toEqual([
    'Cycle alone',
    'GAN alone',
    'GAN + forward cycle',
    'GAN + backward cycle',
    'CycleGAN',
  ]);
  expect(baseline).toBe('CycleGAN');

  // as if it had been stopped before the last method was done
  await rm(join(folder, 'runs/ablation/cyclegan'), { recursive: true });
  const second = await ablate('4', '--fcn', 'segmenter.onnx');
  expect(second).toMatchObject({ code: 0 });
  expect(second.stderr.match(/trained already/g)).toHaveLength(4);
  expect(second.stdout).toContain('Table 4');
  expect(await readdir(join(folder, 'runs/ablation/table-4'))).toEqual(['comparison.html', 'comparison.json']);
  const { options } = JSON.parse(await readFile(join(folder, 'runs/ablation/cyclegan/evaluation/fcn.json'), 'utf8'));
  expect(options.direction).toBe('BtoA');

  const other = await ablate('4', '--fcn', 'segmenter.onnx', '--budget', '3');
  expect(other).toMatchObject({ code: 1 });
  expect(other.stderr).toMatch(/this ablation has 2 steps a method/);
});

it('measures checkpoints while it trains, keeps the best, and goes on with what it knows', async () => {
  const options = ['--eval-every', '2', '--checkpoint-every', '2', '--keep', '1', '--keep-every-epochs', '0', '--threads', '1'];
  const trained = await run(folder, [
    'train',
    '--data',
    'town',
    '--name',
    'measured',
    ...TINY,
    ...options,
    '--eval',
    'maps',
    '--max-steps',
    '4',
  ]);
  expect(trained).toMatchObject({ code: 0, stderr: '' });
  expect(trained.stdout).toMatch(/step 2: A to B, L1 \d+\.\d+, .*; the best so far/);
  const resumed = await run(folder, ['train', '--name', 'measured', '--resume', '--max-steps', '6', '--log', 'json']);
  const events = resumed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.filter(({ event }) => event === 'evaluation')).toMatchObject([{ step: 6, figures: { 'A to B, L1': expect.any(Number) } }]);
  const lines = (await readFile(join(folder, 'runs/measured/evaluations.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ step }) => step)).toEqual([2, 4, 6]);
  const values: number[] = lines.map(({ figures }) => figures[0].value);
  const best = 2 * (values.indexOf(Math.min(...values)) + 1);
  const { evaluations } = await reportOf(folder, 'measured');
  expect(evaluations?.best).toBe(best);
  expect(evaluations?.curves.steps).toEqual([2, 4, 6]);
  const kept = [...new Set([best, 6])].map((step) => join(folder, 'runs/measured/checkpoints', `step-00000${step}.safetensors`));
  expect(await checkpointsOf(folder, 'measured')).toEqual(kept);
});

it('says before it trains, not after thousands of steps, that no network is there for the FCN score', async () => {
  for (const domain of ['trainA', 'trainB', 'testA', 'testB'])
    await cp(join(folder, 'town', domain), join(folder, 'photos', domain), { recursive: true });
  const measured = ['--eval-every', '500', '--eval', 'fcn'];
  const { code, stderr } = await run(folder, ['train', '--data', 'photos', '--name', 'photos', ...TINY, ...measured, '--max-steps', '1']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/--fcn FILE is needed/);
});
