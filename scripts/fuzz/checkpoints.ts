/** Checkpoints, as the command loads them. Every byte is under a checksum, so nothing but the file as it was written may be read. */
import { readFile } from 'node:fs/promises';
import { cycleGanModel, f32, i32 } from '@cyclegan/core';
import { encodeCheckpoint } from '@cyclegan/formats';
import { loadCheckpoint } from '../../apps/cli/src/runs/checkpoint.ts';
import type { FuzzTarget } from './target.ts';
import { readsTensors } from './tensors.ts';

function written(): Promise<Uint8Array> {
  return encodeCheckpoint(
    {
      step: 12,
      plateau: { factor: 0.2, best: null, badEpochs: 3, sum: 0.5, count: 7 },
      variables: { 'genAB/x': f32([2], [1.5, -2]), 'adam/m/genAB/x': f32([2], Float64Array.of(1 / 3, 1e-300)), 'pool/count': i32([], [4]) },
    },
    { model: cycleGanModel({ height: 64, width: 64 }), settings: { name: 'Größe' }, environment: { backend: 'onnx', threads: '2' } },
  );
}

/** Checkpoints. */
export const checkpoints: FuzzTarget = {
  seeds: async () => [{ name: 'a.safetensors', bytes: await written() }],
  async attempt(path) {
    const outcome = await readsTensors(
      async () => (await loadCheckpoint(path)).state.variables,
      (message) => message.startsWith(path),
    );
    if (outcome === 'read' && Buffer.compare(await readFile(path), await written()) !== 0) throw new Error('read, though it was altered');
    return outcome;
  },
};
