/** `train-fcn`: that it learns what labels say and nothing from those of other photos, what eval makes of it, and what it refuses. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng, type Picture } from '@cyclegan/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, start, TINY, temporaryFolder } from './program.ts';

const SIZE = 64;
const COLOURS = { land: [230, 200, 40], sea: [20, 40, 200] } as const;
const QUICK = ['--width', '0.0625', '--size', String(SIZE), '--crop', String(SIZE), '--batch', '4', '--threads', '1', '--lr', '0.01'];

/** Of the pixels of a town's aerial pictures, the network that comes along is right in this share or more. */
const UPPER_BOUND = 0.87;

let folder: string;

/** Coasts: photos in grays, whose sea is dark, and label pictures in two colours. */
beforeAll(async () => {
  folder = await temporaryFolder({ keep: true });
  await writeFile(join(folder, 'coast.json'), JSON.stringify({ classes: Object.entries(COLOURS).map(([name, rgb]) => ({ name, rgb })) }));
  for (const [split, count] of [
    ['train', 16],
    ['test', 4],
  ] as const) {
    for (let number = 0; number < count; number++) {
      const { photo, label } = coast(number + (split === 'test' ? 100 : 0));
      for (const [domain, picture] of Object.entries({ A: label, B: photo })) {
        await mkdir(join(folder, 'coasts', `${split}${domain}`), { recursive: true });
        await writeFile(join(folder, 'coasts', `${split}${domain}`, `${number}.png`), await encodePng(picture));
      }
    }
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Land on one side of a line that depends on the number. */
function coast(number: number): { readonly photo: Picture; readonly label: Picture } {
  const [photo, label] = [new Uint8Array(3 * SIZE * SIZE), new Uint8Array(3 * SIZE * SIZE)];
  const angle = number * 2.4;
  for (let at = 0; at < SIZE * SIZE; at++) {
    const [x, y] = [(at % SIZE) - SIZE / 2, Math.floor(at / SIZE) - SIZE / 2];
    const isLand = x * Math.cos(angle) + y * Math.sin(angle) > (number % 5) - 2;
    const noise = (at * 7919 + number * 104729) % 61;
    photo.fill((isLand ? 150 : 40) + noise, 3 * at, 3 * at + 3);
    label.set(COLOURS[isLand ? 'land' : 'sea'], 3 * at);
  }
  const size = { width: SIZE, height: SIZE, channels: 3 } as const;
  return { photo: { ...size, data: photo }, label: { ...size, data: label } };
}

/** Trains on the coasts; the per-pixel accuracy that it tells. */
async function learn(out: string, ...args: string[]): Promise<{ readonly accuracy: number; readonly stdout: string }> {
  const { code, stdout, stderr } = await run(folder, [
    'train-fcn',
    '--data',
    'coasts',
    '--palette',
    'coast.json',
    '--out',
    out,
    ...QUICK,
    ...args,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return { accuracy: Number(/real photos +(\d\.\d+)/.exec(stdout)?.[1]), stdout };
}

describe('a network', () => {
  it('learns what labels say, and nothing from labels of other photos', async () => {
    const { accuracy, stdout } = await learn('fcn.onnx', '--epochs', '12');
    expect(stdout).toContain('fcn.onnx: FCN-8s of 2 classes, trained on 16 pairs');
    expect(accuracy).toBeGreaterThan(0.9);
    expect((await learn('control.onnx', '--epochs', '12', '--shuffle-labels')).accuracy).toBeLessThan(0.75);

    const description = JSON.parse(await readFile(join(folder, 'fcn.json'), 'utf8'));
    expect(description.input).toMatchObject({ width: SIZE, height: SIZE, range: [-1, 1], interpolation: 'bilinear' });
    expect(description.segmentation.classes).toEqual(Object.entries(COLOURS).map(([name, rgb]) => ({ name, rgb })));
    const judged = ['eval', '--metric', 'fcn', '--generated', 'coasts/testB', '--labels', 'coasts/testA', '--out', 'out'];
    expect(await run(folder, [...judged, '--fcn', 'fcn.onnx', '--threads', '1'])).toMatchObject({ code: 0, stderr: '' });
    const { results } = JSON.parse(await readFile(join(folder, 'out/fcn.json'), 'utf8'));
    expect(results.generated.perPixel.value).toBeCloseTo(accuracy, 2);
  });

  it('is the same for the same seed, and is not replaced unasked', async () => {
    const short = ['--epochs', '1', '--no-dropout', '--balance'];
    await learn('once.onnx', ...short);
    await learn('twice.onnx', ...short);
    expect((await readFile(join(folder, 'once.onnx'))).equals(await readFile(join(folder, 'twice.onnx')))).toBe(true);
    const again = ['train-fcn', '--data', 'coasts', '--palette', 'coast.json', '--out', 'once.onnx', ...QUICK, ...short];
    expect(await run(folder, again)).toMatchObject({ code: 1, stderr: expect.stringContaining('once.onnx exists; give --force') });
    await learn('once.onnx', ...short, '--seed', '1', '--force');
    expect((await readFile(join(folder, 'once.onnx'))).equals(await readFile(join(folder, 'twice.onnx')))).toBe(false);
  });

  it('that is stopped leaves no file', async () => {
    const slow = ['train-fcn', '--data', 'coasts', '--palette', 'coast.json', '--out', 'stopped.onnx', '--epochs', '100000', ...QUICK];
    const { child, result } = start(folder, slow);
    setTimeout(() => child.kill('SIGINT'), 3000);
    expect(await result).toMatchObject({ code: 130, stdout: expect.stringContaining('stopped: stopped.onnx was not written.') });
    expect((await readdir(folder)).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });
});

it('eval judges a town by the network that comes with the program, or by the own of the town', async () => {
  await run(folder, ['synth', '--out', 'town', '--count', '4', '--test-count', '6', '--size', '64']);
  await run(folder, ['train', '--data', 'town', '--name', 'town', ...TINY, '--threads', '1', '--max-steps', '1']);
  const evaluate = async () => {
    const { code, stderr } = await run(folder, [
      'eval',
      '--metric',
      'fcn',
      '--run',
      'town',
      '--size',
      '64',
      '--threads',
      '1',
      '--out',
      'judged',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(await readFile(join(folder, 'judged/fcn.json'), 'utf8'));
  };
  const { results } = await evaluate();
  // real photos are recognised, what a network of one step makes is not
  expect(results.real.perPixel.value).toBeGreaterThan(UPPER_BOUND);
  expect(results.generated.perPixel.value).toBeLessThan(UPPER_BOUND / 2);
  const own = join(folder, 'town/labels/fcn.onnx');
  await run(folder, ['train-fcn', '--data', 'town', '--out', own, ...QUICK, '--epochs', '1']);
  expect((await evaluate()).inputs.fcn.file).toBe(own);
});

describe('what cannot be learnt from is refused by name', () => {
  it.each<[string, string[], number, RegExp]>([
    ['no such folder', ['--data', 'nowhere'], 1, /nowhere: the folder does not exist/],
    [
      'another palette',
      ['--data', 'coasts'],
      1,
      /of the label pixels are far from every colour of the palette cityscapes: give the --palette/,
    ],
    ['another size', ['--data', 'coasts', '--size', '100'], 2, /Expected a multiple of 32/],
    [
      'parts larger than pictures',
      ['--data', 'coasts', '--palette', 'coast.json', '--crop', '96'],
      2,
      /--crop 96 is larger than --size 64/,
    ],
    ['another ending', ['--data', 'coasts', '--out', 'fcn.pth'], 2, /expected a name that ends in .onnx/],
    ['a palette for a town', ['--data', 'town', '--palette', 'town'], 2, /town is a synthetic town, whose photos and palette are known/],
  ])('%s', async (_, args, status, message) => {
    const { code, stderr } = await run(folder, ['train-fcn', '--out', 'refused.onnx', '--size', '64', '--width', '0.0625', ...args]);
    expect(stderr).toMatch(message);
    expect(code).toBe(status);
  });
});
