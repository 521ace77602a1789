/** Files of a network's weights, as the command opens them: read, recognised by names and shapes, and put under our names. */
import { type GeneratorSpec, initialValues, type TensorRecord, traceTranslation } from '@cyclegan/core';
import { encodePth, toReference, writeSafetensors } from '@cyclegan/formats';
import { openWeightsFile } from '../../apps/cli/src/runs/run-weights.ts';
import type { FuzzTarget, Seed } from './target.ts';
import { readsTensors } from './tensors.ts';

const CHANNELS = { inputChannels: 1, outputChannels: 2 } as const;
const SPECS: readonly GeneratorSpec[] = [
  { kind: 'resnet', ...CHANNELS, filters: 1, blocks: 1, norm: 'batch', dropout: false },
  { kind: 'mobile-resnet', ...CHANNELS, downWidths: [1, 2, 1], blockWidths: [2], upWidths: [1, 2], norm: 'instance', dropout: false },
  { kind: 'unet', ...CHANNELS, filters: 1, levels: 3, norm: 'instance', dropout: false },
];

function stateDictOf(spec: GeneratorSpec): TensorRecord {
  const values = initialValues(traceTranslation('genAB', spec, { batch: 1, height: 16, width: 16 }), 1);
  return toReference(spec, Object.fromEntries(Object.entries(values).map(([name, tensor]) => [name.replace('genAB/', ''), tensor])));
}

/** The header of a safetensors file alone, its length put in front of it again. */
function headerOf(name: string, file: Uint8Array): Seed {
  const start = 8;
  const end = start + new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  const wrap = (header: Uint8Array) => {
    const length = Buffer.alloc(start);
    length.writeBigUInt64LE(BigInt(header.length));
    return Uint8Array.from(Buffer.concat([length, header, file.subarray(end)]));
  };
  return { name: `header of ${name}`, bytes: file.subarray(start, end), wrap };
}

/** Weights of networks. */
export const networks: FuzzTarget = {
  seeds: async () =>
    SPECS.flatMap((spec) => {
      const stateDict = stateDictOf(spec);
      const file = writeSafetensors(stateDict);
      const name = `${spec.kind}.safetensors`;
      return [{ name: `${spec.kind}.pth`, bytes: encodePth(stateDict) }, { name, bytes: file }, headerOf(name, file)];
    }),
  attempt: (path) =>
    readsTensors(
      async () => (await openWeightsFile(path)).read('genAB'),
      (message) => message.startsWith(path),
    ),
};
