/**
 * The header of a safetensors file: 8 bytes of length, then JSON that says for every tensor its type, shape and bytes.
 * Everything is checked here, before any tensor is read, so that a truncated or hostile file fails with one sentence.
 */
import { decodeUtf8 } from '../bytes.ts';
import { FormatError } from '../errors.ts';
import { describe, isObject, type JsonObject, parseJsonObject } from '../json.ts';
import { elementBytes, isSafetensorsDType, SAFETENSORS_DTYPES, type SafetensorsDType } from './dtypes.ts';

/** Bytes of the length field in front of the header. */
export const LENGTH_BYTES = 8;
/** Longest header that is accepted, as in the reference implementation of the format. */
export const MAX_HEADER_BYTES = 100_000_000;
/** The header's key for free text that is not a tensor. */
export const METADATA_KEY = '__metadata__';

/** Where a tensor lies: its bytes are `start` (inclusive) to `end` (exclusive) of the file. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** What a file says of itself. */
export interface SafetensorsHeader {
  /** Bytes in front of the tensors: the length field and the header. */
  readonly dataStart: number;
  /** Names of the tensors in the order of their bytes. */
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
}

/** Length of the JSON header from the first bytes of a file of `fileSize` bytes; throws FormatError when the file cannot hold it. */
export function readHeaderLength(prefix: Uint8Array, fileSize: number): number {
  if (fileSize < LENGTH_BYTES || prefix.length < LENGTH_BYTES) {
    throw new FormatError(
      `Not a safetensors file: ${Math.min(fileSize, prefix.length)} bytes, but the header's length alone takes ${LENGTH_BYTES}.`,
    );
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MAX_HEADER_BYTES) {
    throw new FormatError(`Not a safetensors file: it announces a header of ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed.`);
  }
  if (LENGTH_BYTES + length > fileSize) {
    throw new FormatError(`The safetensors file is cut off: its header takes ${length} bytes, but only ${fileSize - LENGTH_BYTES} follow.`);
  }
  return length;
}

/** Parses and checks the JSON header of a file of `fileSize` bytes; throws FormatError naming the tensor and the problem. */
export function parseHeader(json: Uint8Array, fileSize: number): SafetensorsHeader {
  const what = 'The safetensors header';
  if (json[0] !== '{'.charCodeAt(0)) throw new FormatError(`Not a safetensors file: its header does not begin with '{'.`);
  const fields = parseJsonObject(decodeUtf8(json, what), what);
  const dataStart = LENGTH_BYTES + json.length;
  const entries = Object.entries(fields)
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, value]) => parseEntry(name, value, dataStart))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  checkLayout(entries, dataStart, fileSize);
  return {
    dataStart,
    names: entries.map(({ name }) => name),
    metadata: parseMetadata(fields),
    entries: new Map(entries.map((entry) => [entry.name, entry])),
  };
}

function parseMetadata(fields: JsonObject): Readonly<Record<string, string>> {
  if (!Object.hasOwn(fields, METADATA_KEY)) return {};
  const metadata = fields[METADATA_KEY];
  if (!isObject(metadata))
    throw new FormatError(`The safetensors header's ${METADATA_KEY} must be an object of strings, got ${describe(metadata)}.`);
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => {
      if (typeof value !== 'string') throw new FormatError(`Metadata '${key}' must be a string, got ${describe(value)}.`);
      return [key, value];
    }),
  );
}

function parseEntry(name: string, value: unknown, dataStart: number): SafetensorsEntry {
  if (!isObject(value)) throw new FormatError(`Tensor '${name}': the header must give an object, got ${describe(value)}.`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isSafetensorsDType(dtype)) {
    throw new FormatError(`Tensor '${name}': unknown dtype ${describe(dtype)}; known are ${SAFETENSORS_DTYPES.join(', ')}.`);
  }
  if (!isCounts(shape)) throw new FormatError(`Tensor '${name}': shape must be a list of whole numbers, got ${describe(shape)}.`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw new FormatError(`Tensor '${name}': data_offsets must be two whole numbers, got ${describe(offsets)}.`);
  }
  const [begin = 0, end = 0] = offsets;
  if (begin > end) throw new FormatError(`Tensor '${name}': its bytes end (${end}) before they begin (${begin}).`);
  const needed = shape.reduce((product, extent) => product * extent, elementBytes(dtype));
  if (needed !== end - begin) {
    throw new FormatError(
      `Tensor '${name}': ${dtype} of shape [${shape.join(', ')}] takes ${needed} bytes, but its offsets span ${end - begin}.`,
    );
  }
  return { name, dtype, shape, start: dataStart + begin, end: dataStart + end };
}

/** The tensors must tile the file from the header's end to the last byte. */
function checkLayout(entries: readonly SafetensorsEntry[], dataStart: number, fileSize: number): void {
  const cut = entries.find(({ end }) => end > fileSize);
  if (cut) {
    const needed = entries.reduce((last, { end }) => Math.max(last, end), 0);
    throw new FormatError(
      `The safetensors file is cut off: it should have ${needed} bytes and has ${fileSize}; '${cut.name}' is the first tensor that is not whole. Copy or download it again.`,
    );
  }
  let cursor = dataStart;
  let previous = '';
  for (const { name, start, end } of entries) {
    if (start < cursor) throw new FormatError(`Tensor '${name}' overlaps '${previous}' by ${cursor - start} bytes.`);
    if (start > cursor) throw new FormatError(`Tensor '${name}': ${start - cursor} bytes in front of it belong to no tensor.`);
    cursor = end;
    previous = name;
  }
  if (cursor < fileSize) {
    throw new FormatError(
      `The safetensors file has ${fileSize - cursor} trailing bytes ${previous ? `after tensor '${previous}'` : 'and no tensor'}.`,
    );
  }
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
