/** `synth`: the data set that it writes, that training takes it, and what it refuses to replace. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePicture } from '@cyclegan/data';
import { TOWN_CLASSES, townTile } from '@cyclegan/data/town';
import { describe, expect, it } from 'vitest';
import { run, start, TINY, temporaryFolder } from './program.ts';

const SMALL = '--count 3 --test-count 2 --size 16'.split(' ');

const synth = (cwd: string, ...args: string[]) => run(cwd, ['synth', '--out', 'town', ...args]);
const filesOf = async (folder: string) => (await readdir(folder, { recursive: true })).filter((name) => name.includes('.')).sort();

describe('the data set', () => {
  it('has other places for each domain to train on, the same ones to test with, and labels of all', async () => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await synth(folder, ...SMALL);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/3 aerial pictures and 3 street maps to train on, 2 pairs .*\nNext: cyclegan train --data town --name town /);
    const [trainA, trainB, test] = [
      ['000000.png', '000003.png', '000006.png'],
      ['000001.png', '000004.png', '000007.png'],
      ['000002.png', '000005.png'],
    ];
    const town = join(folder, 'town');
    expect((await readdir(town)).sort()).toEqual(['labels', 'testA', 'testB', 'trainA', 'trainB']);
    expect(await filesOf(join(town, 'trainA'))).toEqual(trainA);
    expect(await filesOf(join(town, 'trainB'))).toEqual(trainB);
    for (const side of ['testA', 'testB']) expect(await filesOf(join(town, side))).toEqual(test);
    const labels = { trainA, trainB, test };
    for (const [name, files] of Object.entries(labels)) expect(await filesOf(join(town, 'labels', name))).toEqual(files);

    const tile = townTile({ seed: 0, place: 5, size: 16 });
    const written = { aerial: 'testA', map: 'testB', labels: 'labels/test' } as const;
    for (const [kind, place] of Object.entries(written))
      expect(await decodePicture(join(town, place, '000005.png'), { channels: 3 })).toEqual(tile[kind as keyof typeof written]);
    expect(JSON.parse(await readFile(join(town, 'labels', 'palette.json'), 'utf8'))).toEqual({ classes: TOWN_CLASSES });
  });

  it('can be trained on at once', async () => {
    const folder = await temporaryFolder();
    await synth(folder, ...SMALL);
    const args = ['--backend', 'onnx', '--threads', '1', '--max-steps', '1'];
    const { code, stdout, stderr } = await run(folder, ['train', '--data', 'town', '--name', 'town', ...TINY, ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('step 1/1');
  });

  it('begins with that of a smaller count, and is another one for another seed', async () => {
    const folder = await temporaryFolder();
    await synth(folder, ...SMALL);
    await run(folder, 'synth --out more --count 4 --size 16'.split(' '));
    await run(folder, ['synth', '--out', 'other', ...SMALL, '--seed', '1']);
    expect(await readdir(join(folder, 'more', 'testA'))).toHaveLength(4);
    for (const file of (await filesOf(join(folder, 'town'))).filter((name) => name.endsWith('.png'))) {
      const bytes = await readFile(join(folder, 'town', file));
      expect(await readFile(join(folder, 'more', file))).toEqual(bytes);
      expect(await readFile(join(folder, 'other', file))).not.toEqual(bytes);
    }
  });
});

describe('what is there already', () => {
  it('is replaced, all of it, when it is a town and --force is given', async () => {
    const folder = await temporaryFolder();
    await synth(folder, ...SMALL);
    const before = await filesOf(join(folder, 'town'));
    const refused = await synth(folder, ...SMALL);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: town holds a synthetic town already; give --force .*\n$/),
    });
    expect(await filesOf(join(folder, 'town'))).toEqual(before);
    expect(await synth(folder, '--count', '1', '--test-count', '1', '--size', '20', '--force')).toMatchObject({ code: 0 });
    expect(await filesOf(join(folder, 'town'))).toHaveLength(8);
  });

  it('is never touched when it is something else', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'town', 'trainA'), { recursive: true });
    await writeFile(join(folder, 'town', 'trainA', 'mine.png'), '');
    const { code, stderr } = await synth(folder, ...SMALL, '--force');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: town is not empty, and holds no synthetic town .* choose another --out\.\n$/);
    expect(await filesOf(join(folder, 'town'))).toEqual(['trainA/mine.png']);
  });

  it('may be an empty folder', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'town'));
    expect(await synth(folder, ...SMALL)).toMatchObject({ code: 0, stderr: '' });
  });
});

it('leaves whole files when it is interrupted, says so, and starts over', async () => {
  const folder = await temporaryFolder();
  const { child, result } = start(folder, ['synth', '--out', 'town', '--count', '5000', '--size', '16']);
  await expect.poll(() => filesOf(join(folder, 'town')).catch(() => []), { timeout: 30_000 }).toContain('trainA/000003.png');
  child.kill('SIGINT');
  const { code, stdout } = await result;
  expect(code).toBe(130);
  expect(stdout).toMatch(/stopped: town holds \d+ of 10500 places\. Start over with --force\.\n$/);
  const files = await filesOf(join(folder, 'town'));
  expect(files.filter((name) => !/\.(png|json)$/.test(name))).toEqual([]);
  for (const file of files.filter((name) => name.endsWith('.png')))
    expect(await decodePicture(join(folder, 'town', file), { channels: 3 })).toMatchObject({ width: 16 });
  expect(await synth(folder, ...SMALL, '--force')).toMatchObject({ code: 0 });
  expect(await filesOf(join(folder, 'town'))).toHaveLength(1 + 6 + 6 + 4 + 2);
});

it.each([
  ['--size 15', /argument '15' is invalid. Expected a whole number from 16 to 1024/],
  ['--size 2000', /from 16 to 1024/],
  ['--count 0', /from 1 to 100000/],
  ['--test-count -1', /from 0 to 100000/],
  ['--seed 1.5', /a whole number of at least 0/],
])('refuses %s', async (args, message) => {
  const folder = await temporaryFolder();
  const { code, stderr } = await synth(folder, ...args.split(' '));
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
  expect(await readdir(folder)).toEqual([]);
});

it('refuses a file for a folder, and a place where it cannot write', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'town'), '');
  expect(await synth(folder, ...SMALL)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--out town: expected a folder, got a file.'),
  });
  const below = await run(folder, ['synth', '--out', 'town/below', ...SMALL]);
  expect(below).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .* cannot be written: something else has a name on the way/),
  });
});
