/**
 * Reading safetensors: the header at once, each tensor when it is asked for. One path for bytes in memory (synchronous,
 * views where possible) and one for anything that can read a range, a file or a server; both share the header's checks.
 */
import type { HostTensor, TensorRecord } from '@cyclegan/core';
import { FormatError } from '../errors.ts';
import { decodeTensor } from './dtypes.ts';
import { LENGTH_BYTES, parseHeader, readHeaderLength, type SafetensorsEntry, type SafetensorsHeader } from './header.ts';

/** Something that can be read in ranges: a file, a blob, a server. */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A file whose tensors are read one by one. */
export interface SafetensorsFile extends SafetensorsHeader {
  /** Reads one tensor; throws FormatError for an unknown name, a short read or a value that does not fit. */
  tensor(name: string): Promise<HostTensor>;
}

/** A file in memory. */
export interface SafetensorsBytes extends SafetensorsHeader {
  /** One tensor, a view of the file's bytes where its type and alignment allow; throws FormatError for an unknown name or a value that does not fit. */
  tensor(name: string): HostTensor;
  /** All tensors. */
  tensors(): TensorRecord;
}

/** Opens a file for reading tensor by tensor; throws FormatError when the header or the layout is not right. */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const prefix = await readExactly(source, 0, Math.min(LENGTH_BYTES, source.size), 'the header length');
  const length = readHeaderLength(prefix, source.size);
  const header = parseHeader(await readExactly(source, LENGTH_BYTES, length, 'the header'), source.size);
  return {
    ...header,
    async tensor(name) {
      const entry = entryOf(header, name);
      return decodeTensor(entry, await readExactly(source, entry.start, entry.end - entry.start, `tensor '${name}'`));
    },
  };
}

/** Reads a file that is in memory; throws FormatError when the header or the layout is not right. */
export function parseSafetensors(bytes: Uint8Array): SafetensorsBytes {
  const length = readHeaderLength(bytes.subarray(0, LENGTH_BYTES), bytes.length);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length), bytes.length);
  const read = (entry: SafetensorsEntry) => decodeTensor(entry, bytes.subarray(entry.start, entry.end));
  return {
    ...header,
    tensor: (name) => read(entryOf(header, name)),
    tensors: () => Object.fromEntries([...header.entries].map(([name, entry]) => [name, read(entry)])),
  };
}

function entryOf(header: SafetensorsHeader, name: string): SafetensorsEntry {
  const entry = header.entries.get(name);
  if (!entry)
    throw new FormatError(`The safetensors file has no tensor '${name}'; it has ${header.names.length}, ${listed(header.names)}.`);
  return entry;
}

function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 4).join(', ')} ...` : names.join(', ') || 'none';
}

/** A range of a source; throws FormatError, naming `what`, when it is cut short. */
export async function readExactly(source: ByteSource, offset: number, length: number, what: string): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length !== length)
    throw new FormatError(`Reading ${what} gave ${bytes.length} bytes of ${length}; was the file changed meanwhile?`);
  return bytes;
}
