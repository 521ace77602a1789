/** New runs from the weights of others: what they take, what they leave, and what does not fit. */
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TensorRecord } from '@cyclegan/core';
import { decodeCheckpoint } from '@cyclegan/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointOf, checkpointsOf, metricsOf, type Result, run, start, TINY, workFolder } from './program.ts';

/** Nothing of the networks: these are to come from the source. */
const NEW = 'train --data data --backend onnx --threads 1 --size 16 --pool-size 3 --sample-every 0'.split(' ');

let folder: string;

beforeAll(async () => {
  folder = await workFolder({ keep: true });
  await run(folder, [...NEW, ...TINY, '--name', 'source', '--lr', '0.01', '--max-steps', '3']);
  await copyFile((await checkpointsOf(folder, 'source')).at(-1) ?? '', join(folder, 'weights.safetensors'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const begin = (name: string, line: string): Promise<Result> => run(folder, [...NEW, '--name', name, ...line.split(' ')]);
const resume = (name: string): Promise<Result> => run(folder, ['train', '--name', name, '--resume', '--max-steps', '4']);

/** Variables of networks, and all others. */
function parted(variables: TensorRecord): { readonly networks: TensorRecord; readonly others: TensorRecord } {
  const [networks, others] = [true, false].map((wanted) =>
    Object.fromEntries(Object.entries(variables).filter(([name]) => /^(gen|disc)/.test(name) === wanted)),
  );
  return { networks: networks ?? {}, others: others ?? {} };
}

describe('train --init-from', () => {
  it('starts from the weights alone, with networks like those of the source, and says so', async () => {
    const { code, stdout, stderr } = await begin('next', '--init-from source --max-steps 2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/the weights of discA, discB, genAB, genBA come from runs.source.*step-000003\.safetensors, and with them --/);
    for (const taken of ['--ngf 2', '--ndf 2', '--blocks 1', '--disc-layers 1']) expect(stdout).toContain(taken);
    const { state } = await decodeCheckpoint(await readFile((await checkpointsOf(folder, 'next'))[0] ?? ''));
    const { networks, others } = parted(state.variables);
    expect(state.step).toBe(0);
    expect(networks).toEqual(parted((await checkpointOf(folder, 'source')).state.variables).networks);
    for (const { data } of Object.values(others)) expect(data.every((value: number) => value === 0)).toBe(true);
    expect((await metricsOf(folder, 'next')).map(({ step }) => step)).toEqual([1, 2]);
  });

  it('comes out the same when it is killed before its first step, and then needs the source no more', async () => {
    expect(await begin('straight', '--init-from weights.safetensors --max-steps 4 --keep 1')).toMatchObject({ code: 0 });
    const [last = '', ...others] = await checkpointsOf(folder, 'straight');
    expect(others, "the one of step 0 is in nobody's way").toEqual([]);
    const end = await readFile(last);
    const running = start(folder, [...NEW, '--name', 'killed', '--init-from', 'weights.safetensors', '--max-steps', '100000']);
    await running.printed('runs/killed: starting');
    running.child.kill('SIGKILL');
    await running.result;
    expect(await resume('killed')).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile((await checkpointsOf(folder, 'killed')).at(-1) ?? '')).toEqual(end);

    await copyFile(join(folder, 'weights.safetensors'), join(folder, 'gone.safetensors'));
    await begin('alone', '--init-from gone.safetensors --max-steps 1');
    await rm(join(folder, 'gone.safetensors'));
    const [atStart = '', ...later] = await checkpointsOf(folder, 'alone');
    for (const path of later) await rm(path);
    const again = await resume('alone');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('runs/alone: starting again');
    expect(await readFile((await checkpointsOf(folder, 'alone')).at(-1) ?? '')).toEqual(end);

    for (const path of [atStart, ...(await checkpointsOf(folder, 'alone'))]) await rm(path, { force: true });
    expect(await resume('alone')).toMatchObject({ code: 1, stderr: expect.stringContaining('gone.safetensors') });
  });

  it('makes a pix2pix of a pix2pix, without being told', async () => {
    const train = (line: string) => run(folder, `train --data data --size 16 --threads 1 --max-steps 1 ${line}`.split(' '));
    expect(await train('--name pairs --model pix2pix --ngf 2 --ndf 2 --disc-layers 1')).toMatchObject({ code: 0 });
    const { code, stdout } = await train('--name more-pairs --init-from pairs');
    expect(stdout).toContain('the weights of discB, genAB come from');
    expect(code).toBe(0);
  });

  it.each([
    ['--init-from source --ngf 4', 2, /the weights in .* are of another model: ngf 2 there, 4 here\. Give --ngf 2\.\n/],
    ['--init-from source --generator unet', 2, /generator resnet there, unet here\. Give --generator resnet\.\n/],
    ['--init-from nowhere', 1, /there is no run 'nowhere'/],
    [
      '--init-from source --resume',
      2,
      /--init-from is for new runs: --resume goes on from the own weights of a run; leave one of them out\./,
    ],
  ])('refuses %s, leaving nothing behind', async (line, status, message) => {
    const { code, stderr } = await begin('refused', line);
    expect(stderr).toMatch(message);
    expect(code).toBe(status);
    expect(await readdir(join(folder, 'runs'))).not.toContain('refused');
  });
});

it('names --init-from where --resume cannot help', async () => {
  await mkdir(join(folder, 'runs', 'imported'));
  expect(await resume('imported')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^error: .*imported is no run that can go on: it has no config\.json\..* start a new run with --init-from\.\n$/,
    ),
  });
  await begin('short', '--init-from source --epochs 1 --decay-epochs 0');
  const { code, stdout } = await run(folder, 'train --name short --resume'.split(' '));
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/nothing to do\. .*--init-from runs.short\n$/) });
  const longer = await run(folder, 'train --name short --resume --epochs 2'.split(' '));
  expect(longer).toMatchObject({ code: 2, stderr: expect.stringContaining('--init-from short') });
});
