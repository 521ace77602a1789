/**
 * Safetensors files that notice any altered byte: the metadata hold a SHA-256 of each tensor, and one of the header itself. They
 * remain safetensors files for everybody else. What the tensors mean is for others to know.
 */
import type { HostTensor, TensorRecord } from '@cyclegan/core';
import { bytesOf, concatBytes, encodeUtf8 } from '../bytes.ts';
import { FormatError } from '../errors.ts';
import { parseJsonObject } from '../json.ts';
import { decodeTensor } from './dtypes.ts';
import { type ByteSource, openSafetensors, readExactly, type SafetensorsFile } from './read.ts';
import { safetensorsChunks } from './write.ts';

/** Metadata: digests by tensor, as JSON. */
const TENSORS = 'checksums';
/** Metadata: digest of all bytes in front of the tensors, computed while it is `BLANK`. */
const HEADER = 'checksum';
const BLANK = '0'.repeat(64);
const DAMAGED = 'the file is damaged. Use an earlier one, or a copy.';

/** The file of a record in pieces, as `safetensorsChunks` gives it, with checksums added to the metadata. */
export async function* sealedChunks(record: TensorRecord, metadata: Readonly<Record<string, string>>): AsyncGenerator<Uint8Array> {
  const digests: Record<string, string> = {};
  // one after the other: each digest copies its tensor
  for (const name of Object.keys(record).sort()) digests[name] = await sha256(bytesOf((record[name] as HostTensor).data));
  const [header = new Uint8Array(), ...tensors] = safetensorsChunks(record, {
    ...metadata,
    [TENSORS]: JSON.stringify(digests),
    [HEADER]: BLANK,
  });
  header.set(encodeUtf8(await sha256(header)), placeOf(header, BLANK));
  yield header;
  yield* tensors;
}

/** Opens such a file; throws FormatError when its header is not as it was written. Reading a tensor throws FormatError when that is not. */
export async function openSealed(source: ByteSource): Promise<SafetensorsFile> {
  const file = await openSafetensors(source);
  await checkHeader(file, source);
  const digests = parseJsonObject(file.metadata[TENSORS] ?? '{}', 'The checksums');
  return {
    ...file,
    async tensor(name) {
      const entry = file.entries.get(name);
      // an unknown name is told by the file itself
      if (entry === undefined) return file.tensor(name);
      const bytes = await readExactly(source, entry.start, entry.end - entry.start, `tensor '${name}'`);
      if (digests[name] !== (await sha256(bytes))) throw new FormatError(`Tensor '${name}' is not as it was written: ${DAMAGED}`);
      return decodeTensor(entry, bytes);
    },
  };
}

/** All pieces of a file in one array. */
export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return concatBytes(pieces);
}

/** A file in memory, to be read in ranges. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + length) };
}

async function checkHeader({ metadata, dataStart }: SafetensorsFile, source: ByteSource): Promise<void> {
  const stated = metadata[HEADER];
  if (stated === undefined) throw new FormatError(`The header does not state its '${HEADER}': ${DAMAGED}`);
  const header = await readExactly(source, 0, dataStart, 'the header');
  header.set(encodeUtf8(BLANK), placeOf(header, stated));
  if ((await sha256(header)) !== stated) throw new FormatError(`The header is not as it was written: ${DAMAGED}`);
}

/** Where the value of the header's own checksum begins. */
function placeOf(header: Uint8Array, value: string): number {
  const key = `${JSON.stringify(HEADER)}:"`;
  const wanted = encodeUtf8(`${key}${value}"`);
  for (let at = 0; at + wanted.length <= header.length; at++) {
    if (wanted.every((byte, offset) => header[at + offset] === byte)) return at + key.length;
  }
  throw new FormatError(`The header's '${HEADER}' is not as it was written: ${DAMAGED}`);
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
