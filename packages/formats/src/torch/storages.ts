/** How a pickle names the bytes of tensors, which lie outside of it: a tuple that PyTorch calls a persistent id. */
import { FormatError } from '../errors.ts';
import { count, isKind, nameOf, type PickleValue, sequence, type TorchStorage } from './values.ts';

/**
 * The storage of a persistent id ('storage', class, key, device, length, view), where view is (key, start, length) in the old format's
 * views of a larger storage; throws FormatError when it is not one.
 */
export function storageOf(id: PickleValue): TorchStorage {
  const [tag, type, key, , length, view] = sequence(id, 'a reference to a storage');
  if (tag !== 'storage') throw new FormatError(`it refers to ${nameOf(tag)} outside of the pickle, expected a storage.`);
  if (!isKind(type, 'global') || type.elements === undefined)
    throw new FormatError(`a storage must have a class of storages, got ${nameOf(type)}.`);
  if (typeof key !== 'string') throw new FormatError(`a storage must have a text for its key, got ${nameOf(key)}.`);
  const whole = { kind: 'storage', key, dtype: type.elements, start: 0, length: count(length, "a storage's length") } as const;
  if (view === undefined || view === null) return whole;
  const [, start, part] = sequence(view, "a storage's view");
  return { ...whole, start: count(start, "a view's start"), length: count(part, "a view's length") };
}
