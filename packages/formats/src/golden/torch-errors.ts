/** PyTorch's own f32 errors on golden runs, as `make_goldens.py --check --f32` writes them, in our names. */
import type { TorchErrors } from '@cyclegan/core/testing';
import { FormatError } from '../errors.ts';
import { describe, isObject, type JsonObject } from '../json.ts';
import { REFERENCE_NETS } from '../reference-names.ts';

const OURS = new Map<string, string>(
  Object.values(REFERENCE_NETS).flatMap((nets) => Object.entries(nets).map(([ours, theirs]) => [theirs, ours] as const)),
);

/** Errors by case name; throws FormatError when a figure is missing. */
export function readTorchErrors(json: unknown): ReadonlyMap<string, TorchErrors> {
  if (!isObject(json)) throw new FormatError(`PyTorch's errors: expected an object of cases, got ${describe(json)}.`);
  return new Map(Object.entries(json).map(([name, errors]) => [name, readCase(name, errors)]));
}

function readCase(name: string, errors: unknown): TorchErrors {
  if (!isObject(errors)) throw new FormatError(`PyTorch's errors: case ${name} must be an object, got ${describe(errors)}.`);
  return {
    pictures: figure(errors, 'pictures', name),
    firstLosses: figure(errors, 'losses1', name),
    losses: figure(errors, 'losses', name),
    gradients: perNetwork(errors, 'grad', name),
    adamM: perNetwork(errors, 'adam_m', name),
    adamV: perNetwork(errors, 'adam_v', name),
    updates: perNetwork(errors, 'update', name),
    // written where a network has running statistics
    statistics: 'running' in errors ? perNetwork(errors, 'running', name) : {},
  };
}

function figure(errors: JsonObject, key: string, name: string): number {
  const value = errors[key];
  if (typeof value !== 'number')
    throw new FormatError(`PyTorch's errors: ${key} of case ${name} must be a number, got ${describe(value)}.`);
  return value;
}

function perNetwork(errors: JsonObject, key: string, name: string): Record<string, number> {
  const networks = errors[key];
  if (!isObject(networks)) throw new FormatError(`PyTorch's errors: ${key} of case ${name} must be an object, got ${describe(networks)}.`);
  return Object.fromEntries(Object.keys(networks).map((theirs) => [OURS.get(theirs) ?? theirs, figure(networks, theirs, name)]));
}
