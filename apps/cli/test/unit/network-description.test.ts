/** Descriptions of networks: what they say, what they leave to defaults, and what is refused by name. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CITYSCAPES_PALETTE, TOWN_PALETTE } from '@cyclegan/eval';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readNetworkDescription, readPalette } from '../../src/evaluate/network-description.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cyclegan-judge-'));
  await writeFile(join(folder, 'net.onnx'), '');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function describeAs(content: unknown, path = 'net.onnx') {
  await writeFile(join(folder, 'net.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return readNetworkDescription('--fcn', join(folder, path));
}

const INPUT = { width: 8, height: 4 };

describe('a description', () => {
  it('has defaults, and palettes by name', async () => {
    const { file, input, segmentation } = await describeAs({ input: INPUT, segmentation: { output: 's', classes: 'cityscapes' } });
    expect(file).toBe(join(folder, 'net.onnx'));
    expect(input).toEqual({
      ...INPUT,
      channels: 'rgb',
      range: [0, 1],
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
      interpolation: 'bilinear',
    });
    expect(segmentation).toEqual({ output: 's', palette: CITYSCAPES_PALETTE });
  });

  it('has classes and void colours of its own', async () => {
    const classes = TOWN_PALETTE.classes;
    const { segmentation } = await describeAs({ input: INPUT, segmentation: { output: 's', classes, void: [[1, 2, 3]] } });
    expect(segmentation?.palette).toMatchObject({ classes, voidColours: [[1, 2, 3]] });
  });

  it('names a network that lies elsewhere', async () => {
    await writeFile(join(folder, 'other.onnx'), '');
    expect((await describeAs({ file: 'other.onnx', input: INPUT }, 'net.json')).file).toBe(join(folder, 'other.onnx'));
    expect((await describeAs({ input: INPUT }, 'net.json')).file).toBe(join(folder, 'net.onnx'));
    await expect(describeAs({ file: 'gone.onnx', input: INPUT }, 'net.json')).rejects.toThrow(/gone.onnx is missing/);
  });

  it.each<[unknown, RegExp]>([
    ['{', /net.json: it is not JSON/],
    [{}, /net.json does not describe a network \(input: .*; write it as in \{"input"/],
    [{ input: { ...INPUT, channels: 'gray' } }, /input.channels/],
    [{ input: { ...INPUT, deviation: [1, 0, 1] } }, /input.deviation.1: Expected numbers other than 0/],
    [{ input: { ...INPUT, shorterSide: 7 } }, /input.shorterSide: Expected at least the width and the height/],
    [{ input: INPUT, segmentation: { output: 's', classes: 'moon' } }, /segmentation.classes/],
    [{ input: INPUT, segmentation: { output: 's', classes: [{ name: 'only', rgb: [0, 0, 0] }] } }, /net.json: expected \{"classes"/],
    [{ input: INPUT, colour: 'rgb' }, /colour/],
  ])('is refused by name: %j', async (content, message) => {
    await expect(describeAs(content)).rejects.toThrow(message);
  });

  it('has to be there', async () => {
    await expect(readNetworkDescription('--fcn', join(folder, 'gone.onnx'))).rejects.toThrow(/--fcn .*gone.onnx: there is no such file/);
    await expect(readNetworkDescription('--fcn', join(folder, 'net.onnx'))).rejects.toThrow(/its description .*net.json is missing/);
  });
});

it('palettes are known by name, or read from a file', async () => {
  expect(await readPalette('town')).toBe(TOWN_PALETTE);
  const path = join(folder, 'palette.json');
  await writeFile(path, JSON.stringify({ classes: TOWN_PALETTE.classes }));
  expect(await readPalette(path)).toEqual({ ...TOWN_PALETTE, name: path });
  await expect(readPalette('moon')).rejects.toThrow(/--palette moon: expected cityscapes, facades, maps, town, town-map, or a JSON file/);
});
