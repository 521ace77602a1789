/** Sample pictures as a user finds them in a run's folder. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePicture, readPictureSize } from '@cyclegan/data';
import { describe, expect, it } from 'vitest';
import { run, TINY, workFolder, writePicture } from './program.ts';

const BEGIN = ['train', '--data', 'data', ...TINY, '--threads', '1', '--sample-every', '1'];
const BASIC = ['fake', 'idt', 'rec'];
const ALL = ['fake', 'idt', 'idt-difference', 'patch-fake', 'patch-real', 'rec', 'rec-difference'];

/** A data set that has test pictures: two of A, one of B. */
async function testedFolder(): Promise<string> {
  const folder = await workFolder();
  for (const [number, name] of ['testA/left.png', 'testA/deep/right.png', 'testB/only.png'].entries())
    await writePicture(join(folder, 'data', name), [24, 20], 100 + number);
  return folder;
}

const filesOf = async (folder: string, samples: string) => (await readdir(join(folder, 'runs', samples))).sort();
const afterStep = (step: number, kinds: readonly string[]) => kinds.map((kind) => `step-00000${step}-${kind}.png`).sort();

async function listOf(folder: string, name: string): Promise<[folder: string, name: string, from: string][]> {
  const listed = JSON.parse(await readFile(join(folder, 'runs', name, 'samples/fixed/pictures.json'), 'utf8'));
  return listed.map((picture: Record<'folder' | 'name' | 'from', string>) => [picture.folder, picture.name, picture.from]);
}

async function expectPictures(folder: string, samples: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const file = { path: join(folder, 'runs', samples, name), name };
    expect(await readPictureSize(file), name).toEqual({ height: 16, width: 16 });
  }
}

it('shows the same test pictures at each sample, and goes on with them', async () => {
  const folder = await testedFolder();
  expect(await run(folder, [...BEGIN, '--name', 'some', '--max-steps', '1'])).toMatchObject({ code: 0, stderr: '' });
  expect(await listOf(folder, 'some')).toEqual([
    ['A-1', 'deep/right.png', 'test'],
    ['A-2', 'left.png', 'test'],
    ['B-1', 'only.png', 'test'],
  ]);
  const first = [...afterStep(1, BASIC)];
  for (const picture of ['A-1', 'A-2', 'B-1']) {
    expect(await filesOf(folder, `some/samples/fixed/${picture}`)).toEqual(['real.png', ...first]);
    await expectPictures(folder, `some/samples/fixed/${picture}`, ['real.png', ...first]);
  }
  const fake = join(folder, 'runs/some/samples/fixed/A-1/step-000001-fake.png');
  const before = await readFile(fake);
  const resumed = await run(folder, ['train', '--name', 'some', '--resume', '--max-steps', '2', '--visuals', 'all']);
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(await filesOf(folder, 'some/samples/fixed')).toEqual(['A-1', 'A-2', 'B-1', 'pictures.json']);
  expect(await filesOf(folder, 'some/samples/fixed/A-1')).toEqual(['real.png', ...first, ...afterStep(2, ALL)]);
  expect(await filesOf(folder, 'some/samples')).toEqual(['fixed', 'last', 'step-000001.png', 'step-000002.png']);
  expect(await readFile(fake)).toEqual(before);

  await writePicture(join(folder, 'data/testB/only.png'), [24, 20], 7);
  expect(await run(folder, ['train', '--name', 'some', '--resume', '--max-steps', '3'])).toMatchObject({ code: 0 });
  expect(await filesOf(folder, 'some/samples/fixed')).toEqual(['A-1', 'A-2', 'A-3', 'A-4', 'B-1', 'B-3', 'pictures.json']);
  expect(await filesOf(folder, 'some/samples/fixed/B-1')).toHaveLength(1 + BASIC.length + ALL.length);
  expect(await filesOf(folder, 'some/samples/fixed/B-3')).toEqual(['real.png', ...afterStep(3, ALL)]);
});

describe('--visuals all', () => {
  it('shows all pictures of the last batch, and with batches each fixed one once', async () => {
    const folder = await testedFolder();
    const result = await run(folder, [...BEGIN, '--name', 'all', '--visuals', 'all', '--batch-size', '2', '--max-steps', '1']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const last = await filesOf(folder, 'all/samples/last/step-000001');
    const expected = ['A-1', 'A-2', 'B-1', 'B-2'].flatMap((picture) => [...ALL, 'real'].map((kind) => `${picture}-${kind}.png`));
    expect(last).toEqual(expected.sort());
    await expectPictures(folder, 'all/samples/last/step-000001', last);
    expect(await filesOf(folder, 'all/samples/fixed')).toEqual(['A-1', 'A-2', 'B-1', 'pictures.json']);
    const [left, right] = await Promise.all(
      ['A-1', 'A-2'].map((picture) => readFile(join(folder, 'runs/all/samples/fixed', picture, 'step-000001-fake.png'))),
    );
    expect(left).not.toEqual(right);
  });

  it('shows of pix2pix what becomes of pairs, gray ones too, and of training pictures where no others are', async () => {
    const folder = await workFolder();
    const pairs = '--model pix2pix --channels-a 1 --size 16 --ngf 2 --ndf 2 --disc-layers 1 --visuals all --max-steps 1'.split(' ');
    const { code, stdout, stderr } = await run(folder, ['train', '--data', 'data', '--name', 'pairs', '--threads', '1', ...pairs]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('samples show some that are trained on');
    expect(await listOf(folder, 'pairs')).toEqual(
      ['A', 'B'].flatMap((side) => [0, 1, 2, 3].map((number) => [`${side}-${number + 1}`, `${number}.png`, 'train'])),
    );
    const inputs = await filesOf(folder, 'pairs/samples/fixed/A-4');
    expect(inputs).toEqual(['real.png', 'step-000001-fake.png', 'step-000001-patch-fake.png']);
    await expectPictures(folder, 'pairs/samples/fixed/A-4', inputs);
    expect(await filesOf(folder, 'pairs/samples/fixed/B-4')).toEqual(['real.png', 'step-000001-patch-real.png']);
    const gray = await decodePicture(join(folder, 'runs/pairs/samples/fixed/A-4/real.png'), { channels: 3 });
    expect(gray.data.every((value, at) => value === gray.data[at - (at % 3)])).toBe(true);
  });

  it('leaves out networks that no loss trains, and pictures that are none', async () => {
    const folder = await testedFolder();
    await writeFile(join(folder, 'data/testB/broken.png'), 'no picture');
    const oneWay = '--lambda-gan-a 0 --lambda-identity 0 --visuals all --max-steps 1'.split(' ');
    const { code, stderr } = await run(folder, [...BEGIN, '--name', 'way', ...oneWay]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: samples do without some test pictures that cannot be used\. .*broken\.png/);
    expect((await listOf(folder, 'way')).map(([picture]) => picture)).toEqual(['A-1', 'A-2', 'B-1']);
    const patches = async (picture: string) =>
      (await filesOf(folder, `way/samples/fixed/${picture}`)).filter((name) => name.includes('patch'));
    expect([await patches('A-1'), await patches('B-1')]).toEqual([['step-000001-patch-fake.png'], ['step-000001-patch-real.png']]);
  });

  it('is told from what it is not', async () => {
    const folder = await workFolder();
    const { code, stderr } = await run(folder, [...BEGIN, '--name', 'most', '--visuals', 'most']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Expected one of basic, all.') });
  });
});
