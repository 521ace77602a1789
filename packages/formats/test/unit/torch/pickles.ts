/** Files of PyTorch made by hand, for what PyTorch itself does not write: pickles as strings of their bytes, and both containers. */
import { zipSync } from 'fflate';

/** Bytes of a string whose characters are bytes. */
export function raw(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function word(value: number): string {
  return [0, 8, 16, 24].map((shift) => String.fromCharCode((value >> shift) & 0xff)).join('');
}

/** A whole pickle. */
export const pickle = (value: string) => `\x80\x02${value}.`;
export const NONE = 'N';
export const DICT = '}';
export const LIST = ']';
export const ORDERED_DICT = 'ccollections\nOrderedDict\n)R';
export const text = (value: string) => `X${word(value.length)}${value}`;
export const integer = (value: number) => `J${word(value)}`;
export const global = (module: string, name: string) => `c${module}\n${name}\n`;
export const tuple = (...items: readonly string[]) => `(${items.join('')}t`;
export const list = (...items: readonly string[]) => `](${items.join('')}e`;
export const dict = (items: Readonly<Record<string, string>>) =>
  `}(${Object.entries(items)
    .map(([key, value]) => text(key) + value)
    .join('')}u`;

/** A storage of `length` elements, or a view of one. */
export function storage(type: string, key: string, length: number, view = NONE): string {
  return `${tuple(text('storage'), global('torch', type), text(key), text('cpu'), integer(length), view)}Q`;
}

/** A tensor in the first elements of a storage, unless told otherwise. */
export function tensor(
  from: string,
  shape: readonly number[],
  { offset = 0, strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)) } = {},
): string {
  const counts = (values: readonly number[]) => tuple(...values.map(integer));
  return `${global('torch._utils', '_rebuild_tensor_v2')}${tuple(from, integer(offset), counts(shape), counts(strides), '\x89', ORDERED_DICT)}R`;
}

/** A file in the zip format. */
export function zipFile(object: string, storages: Readonly<Record<string, Uint8Array>> = {}, extra: Readonly<Record<string, string>> = {}) {
  const data = Object.entries(storages).map(([key, bytes]) => [`a/data/${key}`, bytes]);
  const others = Object.entries(extra).map(([name, content]) => [`a/${name}`, raw(content)]);
  return zipSync(Object.fromEntries([['a/data.pkl', raw(object)], ...data, ...others]), { level: 0 });
}

const MAGIC = '\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19';

/** A file in the format before that; a storage is its count of elements and their bytes. */
export function legacyFile(
  object: string,
  storages: Readonly<Record<string, readonly [count: number, bytes: Uint8Array]>> = {},
  { littleEndian = true, version = 1001 } = {},
): Uint8Array {
  const keys = Object.keys(storages);
  const machine = `}${text('little_endian')}${littleEndian ? '\x88' : '\x89'}s`;
  const pickles = [MAGIC, integer(version), machine].map(pickle).join('') + object + pickle(list(...keys.map(text)));
  const data = Object.values(storages).map(([count, bytes]) => word(count) + word(0) + String.fromCharCode(...bytes));
  return raw(pickles + data.join(''));
}
