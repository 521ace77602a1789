/** Training on pictures as they come: of every kind, broken, too small, missing. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kindOfPath } from '../../src/files.ts';
import { writeOddPictures } from './odd-pictures.ts';
import { metricsOf, type Result, run, TINY, temporaryFolder, workFolder, writePicture } from './program.ts';

/** Trains a step for each picture of the larger domain, in order. */
function train(folder: string, ...args: string[]): Promise<Result> {
  const fixed = '--backend onnx --threads 1 --epochs 1 --decay-epochs 0 --name r'.split(' ');
  return run(folder, ['train', ...fixed, ...TINY, ...args]);
}

async function write(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

/** A picture with the start of its bytes alone: its header is good, its pixels are not. */
async function cutShort(path: string): Promise<void> {
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
}

async function datasetOf(folder: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, 'runs', 'r', 'config.json'), 'utf8')).dataset;
}

describe('train takes', () => {
  it('pictures of every kind, under any name, in any folder', async () => {
    const folder = await temporaryFolder();
    const kinds = await writeOddPictures(join(folder, 'my data', 'trainA'));
    await writePicture(join(folder, 'my data', 'trainB', '町 1', 'é è.PNG'), [40, 30]);
    await write(join(folder, 'my data', 'trainB', '.hidden.png'), 'no picture');
    await write(join(folder, 'my data', 'trainB', 'notes.txt'), 'no picture');
    expect(await train(folder, '--data', 'my data')).toMatchObject({ code: 0, stderr: '' });
    expect(await datasetOf(folder)).toMatchObject({ A: { pictures: kinds }, B: { pictures: 1 } });
    expect(await metricsOf(folder, 'r')).toHaveLength(kinds);
  });

  it('pairs that lie side by side, without a word', async () => {
    const folder = await temporaryFolder();
    for (const number of [0, 1]) await writePicture(join(folder, 'data', 'train', `${number}.png`), [40, 20], number);
    expect(await train(folder, '--data', 'data')).toMatchObject({ code: 0, stderr: '' });
    expect(await datasetOf(folder)).toMatchObject({ A: { pictures: 2 }, B: { pictures: 2 } });
  });

  it('what is left of pictures that are broken or too small, naming and counting the others', async () => {
    const folder = await workFolder();
    const A = join(folder, 'data', 'trainA');
    await write(join(A, '0.png'), 'no picture');
    await writePicture(join(A, '1.png'), [15, 18]);
    await write(join(A, '2.png'), '');
    await cutShort(join(A, '3.png'));
    const { code, stderr } = await train(folder, '--data', 'data', '--preprocess', 'crop');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: 3 of the 5 pictures of domain A cannot be used and are left out\. .*0\.png: cannot be decoded/m);
    expect(stderr).toContain('1.png: 15x18 is too small for crops of 16x16.');
    expect(stderr).toMatch(/2\.png: .*empty/);
    expect(stderr.match(/trainA.3\.png: cannot be decoded .* The next picture takes its place \(1 replaced so far\)\./g)).toHaveLength(1);
    expect(await datasetOf(folder)).toMatchObject({ A: { pictures: 2 }, B: { pictures: 5 } });
    expect(await metricsOf(folder, 'r')).toHaveLength(5);
  });
});

describe('train refuses, leaving no run behind,', () => {
  const cases: [what: string, prepare: (data: string) => Promise<void>, message: RegExp, args?: readonly string[]][] = [
    ['a folder that is missing', async () => undefined, /^error: .*data: the folder does not exist\./],
    [
      'a folder without domains',
      async (data) => void (await mkdir(data)),
      /^error: .*data: no data set found; looked for the folders .*trainA and .*trainB, or .*A and .*B, or .*train with pairs/,
    ],
    [
      'a domain that is missing',
      (data) => writePicture(join(data, 'trainA', '1.png'), [20, 20]),
      /^error: .*trainB: the folder does not exist\./,
    ],
    [
      'an empty domain',
      async (data) => {
        await writePicture(join(data, 'trainA', '1.png'), [20, 20]);
        await write(join(data, 'trainB', 'notes.txt'), '');
      },
      /^error: .*trainB: no pictures found; looked for files ending in \.jpg, /,
    ],
    [
      'pictures that are all unreadable',
      async (data) => {
        await writePicture(join(data, 'trainA', '1.png'), [20, 20]);
        for (const number of [1, 2]) await write(join(data, 'trainB', `${number}.jpg`), 'no picture');
      },
      /^error: none of the 2 pictures of domain B can be used\. The first: .*trainB.1\.jpg: cannot be decoded/,
    ],
    [
      'pictures that are all too small',
      async (data) => {
        await writePicture(join(data, 'trainA', '1.png'), [20, 10]);
        await writePicture(join(data, 'trainB', '1.png'), [20, 20]);
      },
      /^error: none of the 1 pictures of domain A can be used\. The first: .*1\.png: 20x10 is too small for crops of 16x16\./,
      ['--preprocess', 'crop'],
    ],
    [
      'fewer pictures than a batch takes',
      async (data) => {
        for (const name of ['A/1', 'B/1', 'B/2']) await writePicture(join(data, `train${name}.png`), [20, 20]);
      },
      /^error: too few pictures in domain A: a batch takes 2, and there are 1; add pictures, or give a --batch-size of at most 1\./,
      ['--batch-size', '2'],
    ],
    [
      'a pair of odd width',
      (data) => writePicture(join(data, 'train', '1.png'), [41, 20]),
      /^error: none of the 1 pictures .*1\.png \(left half\): a pair side by side has an even width, this one is 41x20/,
    ],
  ];

  it.each(cases)('%s', async (_, prepare, message, args = []) => {
    const folder = await temporaryFolder();
    await prepare(join(folder, 'data'));
    const { code, stdout, stderr } = await train(folder, '--data', 'data', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(await kindOfPath(join(folder, 'runs'))).toBe('nothing');
  });
});

it('train stops when the pixels of all pictures turn out broken, and tells of the first', async () => {
  const folder = await workFolder();
  for (let number = 0; number < 5; number++) await cutShort(join(folder, 'data', 'trainB', `${number}.png`));
  const { code, stderr } = await train(folder, '--data', 'data');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: none of the 5 pictures that were looked at can be used\. The first: .*trainB.0\.png: cannot be decoded/m);
});
