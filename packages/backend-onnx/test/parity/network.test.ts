/** Any ONNX file: what it says of itself, one of its outputs, and what is refused. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackendError, f32 } from '@cyclegan/core';
import { encodeOnnxModel, type OnnxModel } from '@cyclegan/formats';
import { expect, it, onTestFinished } from 'vitest';
import { openOnnxNetwork } from '../../src/index.ts';

const MODEL: OnnxModel = {
  inputs: [
    { name: 'x', dtype: 'float32', shape: ['n', 2] },
    { name: 'y', dtype: 'float32', shape: ['n', 2] },
  ],
  outputs: [
    { name: 'sum', dtype: 'float32', shape: ['n', 2] },
    { name: 'whole', dtype: 'int32', shape: ['n', 2] },
  ],
  initializers: [],
  nodes: [
    { opType: 'Add', inputs: ['x', 'y'], outputs: ['sum'] },
    { opType: 'Cast', inputs: ['sum'], outputs: ['whole'], attributes: { to: { type: 'int', value: 6 } } },
  ],
};

async function fileOf(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-network-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'network.onnx');
  await writeFile(path, bytes);
  return path;
}

it('describes inputs and outputs, and gives the output that is asked for', async () => {
  const network = await openOnnxNetwork(await fileOf(encodeOnnxModel(MODEL)), { threads: 1 });
  expect(network.inputs).toEqual(['x', 'y'].map((name) => ({ name, type: 'float32', shape: ['n', 2] })));
  expect(network.outputs.map(({ name, type }) => [name, type])).toEqual([
    ['sum', 'float32'],
    ['whole', 'int32'],
  ]);
  const inputs = { x: f32([3, 2], [1, 2, 3, 4, 5, 6]), y: f32([3, 2], [10, 20, 30, 40, 50, 60]) };
  expect(await network.run(inputs, 'sum')).toEqual(f32([3, 2], [11, 22, 33, 44, 55, 66]));
  await expect(network.run(inputs, 'whole')).rejects.toThrow(/expected 32-bit floats as the output whole, got int32/);
  await expect(network.run({ x: inputs.x }, 'sum')).rejects.toThrow(BackendError);
  await network.dispose();
});

it('refuses a file that is no network, by its name', async () => {
  const path = await fileOf(new TextEncoder().encode('no network'));
  await expect(openOnnxNetwork(path)).rejects.toThrow(`${path}: ONNX Runtime refuses the network`);
});
