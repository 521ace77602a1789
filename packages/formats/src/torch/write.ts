/**
 * Tensors by name -> a .pth file in PyTorch's zip format: an OrderedDict of tensors, as a state_dict is. Each storage begins at a multiple of
 * 64 bytes, as PyTorch lays them, so that it can be mapped; nothing depends on the clock, so the same record always gives the same bytes.
 */
import { type HostTensor, stridesOf, type TensorRecord } from '@cyclegan/core';
import { type Zippable, zipSync } from 'fflate';
import { bytesOf, concatBytes, encodeUtf8 } from '../bytes.ts';
import { FormatError } from '../errors.ts';
import { type SafetensorsDType, storedDType } from '../safetensors/dtypes.ts';
import { STORAGES } from './globals.ts';

const FOLDER = 'archive';
const FORMAT_VERSION = '3\n';
const ALIGNMENT = 64;
/** The zip header's extra field that PyTorch pads with. */
const PADDING_FIELD = 0x4246;
/** Bytes of a zip file's header and of its extra field's, names and padding aside. */
const HEADER_BYTES = 30;
const FIELD_BYTES = 4;
/** Without zip64, which this writer has not. */
const MAX_BYTES = 2 ** 32;
const MAX_FILES = 2 ** 16;

const STORAGE_CLASSES = new Map<SafetensorsDType, string>(Object.entries(STORAGES).map(([name, dtype]) => [dtype, name]));

/**
 * The file of a record: Float32Array as FloatStorage, Float64Array as DoubleStorage, f16 as HalfStorage, i32 as IntStorage, bool as BoolStorage,
 * in the record's order. `torch.load(path, weights_only=True)` reads it. Throws TensorError when a tensor's data does not fit its type, FormatError
 * when the file would have 4 GiB or 2^16 files.
 */
export function encodePth(record: TensorRecord): Uint8Array {
  const tensors = Object.entries(record);
  const files: [string, Uint8Array][] = [
    ['data.pkl', pickle(tensors)],
    ['byteorder', encodeUtf8('little')],
    ...tensors.map(([, { data }], index): [string, Uint8Array] => [`data/${index}`, bytesOf(data)]),
    ['version', encodeUtf8(FORMAT_VERSION)],
  ];
  const archive: Zippable = {};
  let offset = 0;
  for (const [path, bytes] of files) {
    const name = `${FOLDER}/${path}`;
    const headers = offset + HEADER_BYTES + name.length + FIELD_BYTES;
    const padding = -headers & (ALIGNMENT - 1);
    archive[name] = [bytes, { level: 0, mtime: new Date(1980, 0, 1), extra: { [PADDING_FIELD]: new Uint8Array(padding) } }];
    offset = headers + padding + bytes.length;
    if (offset >= MAX_BYTES || files.length >= MAX_FILES)
      throw new FormatError(`A .pth file can have 4 GiB and 2^16 files; this one would have more at ${path}. Write safetensors.`);
  }
  return zipSync(archive);
}

/** `OrderedDict` of `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)`, in protocol 2 and without a memo. */
function pickle(tensors: readonly [string, HostTensor][]): Uint8Array {
  const items = tensors.flatMap(([name, tensor], index) => [
    text(name),
    global('torch._utils', '_rebuild_tensor_v2'),
    ...tuple(
      ...tuple(text('storage'), global('torch', storageClass(tensor, name)), text(`${index}`), text('cpu'), integer(tensor.data.length)),
      OP.persistentId,
      integer(0),
      ...tuple(...tensor.shape.map(integer)),
      ...tuple(...stridesOf(tensor.shape).map(integer)),
      OP.false,
      ...ORDERED_DICT,
    ),
    OP.reduce,
  ]);
  return concatBytes([OP.protocol2, ...ORDERED_DICT, OP.mark, ...items, OP.setItems, OP.stop]);
}

const OP = {
  protocol2: Uint8Array.of(0x80, 2),
  mark: encodeUtf8('('),
  tuple: encodeUtf8('t'),
  emptyTuple: encodeUtf8(')'),
  reduce: encodeUtf8('R'),
  persistentId: encodeUtf8('Q'),
  false: Uint8Array.of(0x89),
  setItems: encodeUtf8('u'),
  stop: encodeUtf8('.'),
};

const ORDERED_DICT = [global('collections', 'OrderedDict'), OP.emptyTuple, OP.reduce];

function global(module: string, name: string): Uint8Array {
  return encodeUtf8(`c${module}\n${name}\n`);
}

function tuple(...items: readonly Uint8Array[]): Uint8Array[] {
  return [OP.mark, ...items, OP.tuple];
}

function text(value: string): Uint8Array {
  const bytes = encodeUtf8(value);
  return concatBytes([number('X', bytes.length), bytes]);
}

function integer(value: number): Uint8Array {
  return number('J', value);
}

function number(operation: string, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes.set(encodeUtf8(operation));
  new DataView(bytes.buffer).setInt32(1, value, true);
  return bytes;
}

function storageClass(tensor: HostTensor, name: string): string {
  const dtype = storedDType(tensor, name);
  const found = STORAGE_CLASSES.get(dtype);
  if (found === undefined) throw new FormatError(`Tensor '${name}': PyTorch has no storage for ${dtype}.`);
  return found;
}
