/** Safetensors files of every element type, read at once and tensor by tensor. */
import { readFile } from 'node:fs/promises';
import type { HostTensor, TensorRecord } from '@cyclegan/core';
import { openSafetensors, parseSafetensors } from '@cyclegan/formats';
import type { FuzzTarget, Seed } from './target.ts';
import { readsTensors } from './tensors.ts';

const BYTES = { F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 };
const COUNT = 6;

function file(json: Uint8Array, data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Uint8Array.from(Buffer.concat([length, json, data]));
}

/** Six zeros and ones of each type. */
function parts(): { json: Uint8Array; data: Uint8Array } {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', note: 'größer "als"\n' } };
  const pieces: Buffer[] = [];
  let end = 0;
  for (const [dtype, bytes] of Object.entries(BYTES)) {
    const piece = Buffer.from(Array.from({ length: COUNT * bytes }, (_, at) => (at % (2 * bytes) === 0 ? 1 : 0)));
    pieces.push(piece);
    header[`net.${dtype}`] = { dtype, shape: [2, COUNT / 2], data_offsets: [end, end + piece.length] };
    end += piece.length;
  }
  return { json: Buffer.from(JSON.stringify(header)), data: Buffer.concat(pieces) };
}

async function inRanges(bytes: Uint8Array): Promise<TensorRecord> {
  const { names, tensor } = await openSafetensors({
    size: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
  });
  const tensors: [string, HostTensor][] = [];
  for (const name of names) tensors.push([name, await tensor(name)]);
  return Object.fromEntries(tensors);
}

/** Safetensors files. */
export const safetensors: FuzzTarget = {
  async seeds(): Promise<Seed[]> {
    const { json, data } = parts();
    return [
      { name: 'a.safetensors', bytes: file(json, data) },
      { name: 'header of a.safetensors', bytes: json, wrap: (part) => file(part, data) },
    ];
  },
  attempt: (path, number) =>
    readsTensors(async () => {
      const bytes = await readFile(path);
      return number % 2 === 0 ? parseSafetensors(bytes).tensors() : inRanges(bytes);
    }),
};
