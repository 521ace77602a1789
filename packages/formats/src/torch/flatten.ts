/** Containers of tensors -> tensors by name: the keys and indexes that lead to each, joined by dots. */
import { FormatError } from '../errors.ts';
import type { Budget } from './budget.ts';
import { isKind, type PickleValue, type TorchTensor } from './values.ts';

/** Deeper containers are taken for one that contains itself. */
const MAX_DEPTH = 100;
const MAX_NAME = 1000;

/**
 * The tensors of a value by name, in the file's order; numbers, texts and all else are left out. Throws FormatError when two tensors get
 * one name, a tensor has none, or containers contain themselves.
 */
export function flatten(root: PickleValue, steps: Budget): ReadonlyMap<string, TorchTensor> {
  const found = new Map<string, TorchTensor>();
  const visit = (value: PickleValue, name: string, depth: number): void => {
    // a container may be in many places, so what is visited can be far more than what the file holds
    steps.spend(1);
    if (isKind(value, 'tensor')) {
      if (depth === 0) throw new FormatError('The file is a tensor without a name, expected a dictionary of tensors: save a state_dict.');
      if (name.length > MAX_NAME)
        throw new FormatError(`A tensor's name has ${name.length} characters; at most ${MAX_NAME} are supported.`);
      if (found.has(name)) throw new FormatError(`Two tensors get the name '${name}'.`);
      found.set(name, value);
    }
    if (!Array.isArray(value) && !(value instanceof Map)) return;
    if (depth === MAX_DEPTH) throw new FormatError(`Containers are nested more than ${MAX_DEPTH} deep, or contain themselves.`);
    for (const [key, item] of value.entries()) visit(item, depth === 0 ? `${key}` : `${name}.${key}`, depth + 1);
  };
  visit(root, '', 0);
  return found;
}
