/**
 * Writing safetensors, deterministically: tensors by element size (largest first, so that every one is aligned), then by
 * name; the same record always gives the same bytes.
 */
import type { HostTensor, TensorRecord } from '@cyclegan/core';
import { bytesOf, concatBytes, encodeUtf8 } from '../bytes.ts';
import { FormatError } from '../errors.ts';
import { elementBytes, type SafetensorsDType, storedDType } from './dtypes.ts';
import { LENGTH_BYTES, MAX_HEADER_BYTES, METADATA_KEY } from './header.ts';

interface Item {
  readonly name: string;
  readonly tensor: HostTensor;
  readonly dtype: SafetensorsDType;
}

/**
 * The file of a record: Float64Array as F64, Float32Array as F32, f16 as F16, i32 as I32, bool as BOOL.
 * Throws TensorError when a tensor's data does not fit its type, FormatError when a name is reserved or the header too long.
 */
export function writeSafetensors(record: TensorRecord, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  return concatBytes([...safetensorsChunks(record, metadata)]);
}

/** The same file in pieces, the header first and then a view of each tensor, so that a large checkpoint is written without a copy. */
export function* safetensorsChunks(record: TensorRecord, metadata: Readonly<Record<string, string>> = {}): Generator<Uint8Array> {
  const items = Object.entries(record)
    .map(([name, tensor]): Item => ({ name, tensor, dtype: storedDType(tensor, name) }))
    .sort((a, b) => elementBytes(b.dtype) - elementBytes(a.dtype) || compare(a.name, b.name));
  yield header(items, metadata);
  for (const { tensor } of items) yield bytesOf(tensor.data);
}

function header(items: readonly Item[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const fields: string[] = [];
  const texts = Object.entries(metadata).sort(([a], [b]) => compare(a, b));
  if (texts.length > 0) fields.push(field(METADATA_KEY, Object.fromEntries(texts)));
  let offset = 0;
  for (const { name, tensor, dtype } of items) {
    if (name === METADATA_KEY) throw new FormatError(`A tensor cannot be called '${METADATA_KEY}': safetensors keeps its metadata there.`);
    const end = offset + tensor.data.byteLength;
    fields.push(field(name, { dtype, shape: tensor.shape, data_offsets: [offset, end] }));
    offset = end;
  }
  const json = encodeUtf8(`{${fields.join(',')}}`);
  const length = Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES;
  if (length > MAX_HEADER_BYTES) {
    throw new FormatError(
      `The safetensors header would take ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed: shorten the metadata.`,
    );
  }
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(' '.charCodeAt(0), LENGTH_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

function field(key: string, value: unknown): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

/** Order by UTF-16 code units: the same on every machine, unlike a locale's. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
