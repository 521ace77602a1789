/**
 * The allow-list: all that a pickle can refer to, and what calling it builds. Nothing here runs anything that a file brings along; a
 * name that is not in these tables is refused.
 */
import { FormatError } from '../errors.ts';
import type { SafetensorsDType } from '../safetensors/dtypes.ts';
import type { Budget } from './budget.ts';
import {
  count,
  isKind,
  nameOf,
  type PickleDict,
  type PickleValue,
  sequence,
  setItem,
  type TorchGlobal,
  type TorchTensor,
} from './values.ts';

/** PyTorch's classes of storages in module `torch`, and the type of their elements. */
export const STORAGES = {
  FloatStorage: 'F32',
  DoubleStorage: 'F64',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
} as const satisfies Readonly<Record<string, SafetensorsDType>>;

/** Element types as values, for example in an optimiser's settings. */
const DTYPES = 'float32 float64 float16 bfloat16 int64 int32 int16 int8 uint8 bool'.split(' ');

/** More axes than any tensor has in practice. */
const MAX_RANK = 32;

const GLOBALS: ReadonlyMap<string, TorchGlobal> = new Map(
  [
    { name: 'collections.OrderedDict', call: orderedDict },
    { name: 'torch.Size', call: ([extents]: readonly PickleValue[]) => sequence(extents, 'extents') },
    { name: 'torch._utils._rebuild_tensor', call: rebuildTensor },
    { name: 'torch._utils._rebuild_tensor_v2', call: rebuildTensor },
    { name: 'torch._utils._rebuild_parameter', call: ([tensor]: readonly PickleValue[]) => parameter(tensor) },
    { name: 'torch.storage.UntypedStorage', elements: 'U8' as const },
    ...Object.entries(STORAGES).map(([name, elements]) => ({ name: `torch.${name}`, elements })),
    ...DTYPES.map((name) => ({ name: `torch.${name}` })),
  ].map((entry) => [entry.name, { kind: 'global', ...entry }]),
);

/** What a pickle refers to; throws FormatError when it is not on the list. */
export function globalOf(module: string, name: string): TorchGlobal {
  const path = `${module}.${name}`;
  const found = GLOBALS.get(path);
  if (found !== undefined) return found;
  const shown = path.length > 100 ? `${path.slice(0, 100)}...` : path;
  throw new FormatError(
    `it refers to ${shown}, which this reader does not build: only tensors and containers are read, nothing is ever executed. Save a state_dict.`,
  );
}

/** A dictionary; Python 2 hands over its items, Python 3 sets them afterwards. */
function orderedDict([items = []]: readonly PickleValue[], steps: Budget): PickleDict {
  const dict: PickleDict = new Map();
  for (const item of sequence(items, 'items')) {
    steps.spend(1);
    const [key, value] = sequence(item, 'key and value');
    setItem(dict, key, value);
  }
  return dict;
}

/** (storage, offset, shape, strides, ...): what follows is for training, but for a sign that PyTorch puts off applying. */
function rebuildTensor([storage, offset, shape, strides, , , metadata]: readonly PickleValue[]): TorchTensor {
  if (!isKind(storage, 'storage')) throw new FormatError(`a tensor needs a storage, got ${nameOf(storage)}.`);
  if (metadata instanceof Map && metadata.size > 0)
    throw new FormatError(`a tensor has the flags ${[...metadata.keys()].join(', ')}, which are not supported: save a clone of it.`);
  const tensor = {
    kind: 'tensor',
    storage,
    offset: count(offset, 'offset'),
    shape: counts(shape, 'shape'),
    strides: counts(strides, 'strides'),
  } as const;
  const last = lastElement(tensor);
  if (last >= storage.length)
    throw new FormatError(
      `a tensor of shape [${tensor.shape.join(', ')}] reaches element ${last} of its storage, which has ${storage.length}.`,
    );
  return tensor;
}

/** The index in the storage of the farthest element; -1 when there is none. */
function lastElement({ offset, shape, strides }: TorchTensor): number {
  if (shape.length !== strides.length) throw new FormatError(`a tensor has ${shape.length} extents but ${strides.length} strides.`);
  if (shape.includes(0)) return -1;
  return shape.reduce((last, extent, axis) => last + (extent - 1) * (strides[axis] ?? 0), offset);
}

function parameter(tensor: PickleValue | undefined): TorchTensor {
  if (!isKind(tensor, 'tensor')) throw new FormatError(`a parameter needs a tensor, got ${nameOf(tensor)}.`);
  return tensor;
}

function counts(value: PickleValue | undefined, what: string): number[] {
  const items = sequence(value, what);
  if (items.length > MAX_RANK) throw new FormatError(`a tensor's ${what} has ${items.length} axes; at most ${MAX_RANK} are supported.`);
  return items.map((item) => count(item, what));
}
