/**
 * The container of torch.save before PyTorch 1.6: five pickles in a row (a magic number, a version, the machine, the object, the keys of its
 * storages), then for each key a count of elements and their bytes.
 */
import { FormatError } from '../errors.ts';
import { elementBytes } from '../safetensors/dtypes.ts';
import type { Budget } from './budget.ts';
import { ByteReader } from './byte-reader.ts';
import { storageOf } from './storages.ts';
import { PROTO, type UnpickleOptions, unpickle } from './unpickler.ts';
import { nameOf, type PickleValue, sequence, type TorchFile, type TorchStorage } from './values.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;

/** Reads the pickle of such a file and finds its storages; throws FormatError when it is not one, or not whole. */
export function openLegacy(bytes: Uint8Array, steps: Budget): TorchFile {
  let start = 0;
  const next = (what: string, options: Pick<UnpickleOptions, 'persistent'> = {}): PickleValue => {
    const { value, end } = unpickle(bytes, { what, start, steps, ...options });
    start = end;
    return value;
  };
  if (bytes[0] !== PROTO || next('The first pickle') !== MAGIC)
    throw new FormatError('Not a PyTorch file: it begins neither as a zip archive nor with the magic number of the format before that.');
  const version = next('The version');
  if (version !== VERSION) throw new FormatError(`The PyTorch file is of version ${nameOf(version)}; version ${VERSION} is known.`);
  const machine = next('The description of the machine');
  if (machine instanceof Map && machine.get('little_endian') === false)
    throw new FormatError('The file was written on a big-endian machine; load and save it again with PyTorch on a little-endian one.');

  const named = new Map<string, TorchStorage>();
  const persistent = (id: PickleValue): TorchStorage => {
    const storage = storageOf(id);
    if (!named.has(storage.key)) named.set(storage.key, storage);
    return storage;
  };
  const root = next('The object', { persistent });
  const keys = sequence(next('The list of storages'), 'The list of storages');
  return { root, storages: readStorages(new ByteReader(bytes, start), keys, named) };
}

function readStorages(
  input: ByteReader,
  keys: readonly PickleValue[],
  named: ReadonlyMap<string, TorchStorage>,
): ReadonlyMap<string, Uint8Array> {
  const storages = new Map<string, Uint8Array>();
  for (const key of keys) {
    const storage = typeof key === 'string' ? named.get(key) : undefined;
    if (storage === undefined) throw new FormatError(`The list of storages has ${nameOf(key)}, which belongs to no tensor.`);
    try {
      storages.set(storage.key, input.take(input.uint64() * elementBytes(storage.dtype)));
    } catch (error) {
      throw error instanceof FormatError ? new FormatError(`Storage ${nameOf(key)}, byte ${input.position}: ${error.message}`) : error;
    }
  }
  return storages;
}
