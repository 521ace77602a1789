/** What an unpickled file is made of: plain values, containers, and descriptions of tensors whose bytes are not looked at yet. */
import { FormatError } from '../errors.ts';
import { describe } from '../json.ts';
import type { SafetensorsDType } from '../safetensors/dtypes.ts';
import type { Budget } from './budget.ts';

/** A value of a pickle. Lists and tuples are both arrays. */
export type PickleValue = null | boolean | number | bigint | string | PickleValue[] | PickleDict | TorchGlobal | TorchStorage | TorchTensor;

/** A dictionary; PyTorch's have no other keys. */
export type PickleDict = Map<string | number, PickleValue>;

/** A name from the allow-list. */
export interface TorchGlobal {
  readonly kind: 'global';
  readonly name: string;
  /** The element type, when it is a class of storages. */
  readonly elements?: SafetensorsDType;
  /** Calls it, when it may be called; throws FormatError when the arguments do not fit. */
  readonly call?: (args: readonly PickleValue[], steps: Budget) => PickleValue;
}

/** A run of elements in the bytes that the file keeps under `key`. */
export interface TorchStorage {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: SafetensorsDType;
  /** In elements. */
  readonly start: number;
  /** In elements. */
  readonly length: number;
}

/** A view of a storage; offset and strides in elements. */
export interface TorchTensor {
  readonly kind: 'tensor';
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** What was unpickled, and the bytes that its storages name. */
export interface TorchFile {
  readonly root: PickleValue;
  readonly storages: ReadonlyMap<string, Uint8Array>;
}

/** Whether a value is a global, a storage or a tensor. */
export function isKind<K extends 'global' | 'storage' | 'tensor'>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

/** A value as an error message shows it. */
export function nameOf(value: PickleValue | undefined): string {
  if (Array.isArray(value)) return `a sequence of ${value.length}`;
  if (value instanceof Map) return `a dictionary of ${value.size}`;
  if (typeof value === 'bigint') return 'a large number';
  if (typeof value !== 'object' || value === null) return describe(value);
  return value.kind === 'global' ? value.name : `a ${value.kind}`;
}

/** A whole number from 0 to below 2^31, so that products of many stay finite; throws FormatError, opening with `what`. */
export function count(value: PickleValue | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= 2 ** 31)
    throw new FormatError(`${what}: expected whole numbers from 0 to below 2^31, got ${nameOf(value)}.`);
  return value;
}

/** A list or tuple; throws FormatError, opening with `what`. */
export function sequence(value: PickleValue | undefined, what: string): PickleValue[] {
  if (!Array.isArray(value)) throw new FormatError(`${what} must be a list or tuple, got ${nameOf(value)}.`);
  return value;
}

/** Sets a value of a dictionary; throws FormatError when `target` is none, or the key is neither text nor a number. */
export function setItem(target: PickleValue, key: PickleValue | undefined, value: PickleValue | undefined): void {
  if (!(target instanceof Map)) throw new FormatError(`it sets a key of ${nameOf(target)}, expected a dictionary.`);
  if (typeof key !== 'string' && typeof key !== 'number')
    throw new FormatError(`a dictionary's key must be text or a number, got ${nameOf(key)}.`);
  if (value === undefined) throw new FormatError(`a dictionary's key ${nameOf(key)} has no value.`);
  target.set(key, value);
}
