/** Checkpoints: what goes in comes out, and nothing else is taken for one. */
import { cycleGanModel, f32, type ModelConfig, PAPER_ADAM, PAPER_INIT, type TrainingState } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { type CheckpointInfo, decodeCheckpoint, encodeCheckpoint, FormatError, openCheckpoint, parseSafetensors } from '../../src/index.ts';
import { gather, sealedChunks } from '../../src/safetensors/sealed.ts';

const state: TrainingState = {
  step: 12,
  plateau: { factor: 0.2, best: null, badEpochs: 3, sum: 0.1 + 0.2, count: 7 },
  variables: { 'genAB/x': f32([2], [1.5, -2]), 'adam/m/genAB/x': f32([2], Float64Array.of(1 / 3, 1e-300)), 'genBA/x': f32([], [4]) },
};

const info: CheckpointInfo = {
  model: cycleGanModel({ height: 64, width: 32, discriminator: { kind: 'pixel', filters: 8, norm: 'none' } }),
  settings: { lr: 2e-4, name: 'Größe', nested: [1, { deep: true }] },
  environment: { backend: 'onnx', threads: '2' },
};

const pix2pix: ModelConfig = {
  kind: 'pix2pix',
  generatorAB: { kind: 'unet', inputChannels: 1, outputChannels: 3, filters: 4, levels: 5, norm: 'batch', dropout: true },
  discriminatorB: { kind: 'patch', inputChannels: 4, filters: 4, layers: 2, norm: 'batch' },
  batch: 2,
  height: 32,
  width: 32,
  adversarial: 'vanilla',
  weights: { gan: 1, l1: 100 },
  gradientPenalty: 0,
  init: PAPER_INIT,
  adam: PAPER_ADAM,
};

/** The checkpoint with some of its metadata replaced, or dropped where undefined. */
async function altered(changes: Readonly<Record<string, string | undefined>>): Promise<Uint8Array> {
  const file = parseSafetensors(await encodeCheckpoint(state, info));
  const metadata = Object.entries({ ...file.metadata, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return gather(sealedChunks(file.tensors(), Object.fromEntries(metadata)));
}

describe('checkpoints', () => {
  it.each([info.model, pix2pix])('come back as they went ($kind)', async (model) => {
    const bytes = await encodeCheckpoint(state, { ...info, model });
    const decoded = await decodeCheckpoint(bytes);
    expect(decoded).toEqual({ state, ...info, model });
    expect(await encodeCheckpoint(decoded.state, { ...info, model })).toEqual(bytes);
  });

  it('carry what the engine has chosen by measuring, where it does', async () => {
    const choices = { engine: 'a GPU', variants: { 'conv2d 1x3x8x8': '16x16' } };
    const bytes = await encodeCheckpoint({ ...state, choices }, info);
    expect(await decodeCheckpoint(bytes)).toEqual({ state: { ...state, choices }, ...info });
  });

  it('can be read variable by variable', async () => {
    const bytes = await encodeCheckpoint(state, info);
    const read: number[] = [];
    const file = await openCheckpoint({
      size: bytes.length,
      read: async (offset, length) => {
        read.push(length);
        return bytes.slice(offset, offset + length);
      },
    });
    const { variables, ...standing } = state;
    expect(file).toMatchObject({ standing, ...info });
    expect([...file.names].sort()).toEqual(Object.keys(variables).sort());
    read.length = 0;
    expect(await file.tensor('genBA/x')).toEqual(state.variables['genBA/x']);
    expect(read).toEqual([4]);
  });

  it.each([
    [{ format: undefined }, /Not a checkpoint: its format is not stated/],
    [{ format: 'pt' }, /its format is pt/],
    [{ formatVersion: '3' }, /of version 3; this program reads version 2/],
    [{ step: undefined }, /does not state its 'step'/],
    [{ step: '-1' }, /step/],
    [{ plateau: '{' }, /'plateau' is not JSON/],
    [{ model: JSON.stringify({ ...info.model, batch: 0 }) }, /model\.batch/],
    [{ model: JSON.stringify({ ...info.model, surprise: 1 }) }, /surprise/],
    [{ settings: '[]' }, /settings/],
    [{ choices: '{"engine":"a GPU"}' }, /variants/],
  ])('are refused with %j', async (changes, message) => {
    await expect(decodeCheckpoint(await altered(changes))).rejects.toThrow(message);
  });

  it('are refused with any byte altered, and at any length', async () => {
    const bytes = await encodeCheckpoint(state, info);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      await expect(decodeCheckpoint(damaged), `byte ${at}`).rejects.toThrow(FormatError);
    }
    for (let length = 0; length < bytes.length; length += 7) {
      await expect(decodeCheckpoint(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(FormatError);
    }
  });
});
