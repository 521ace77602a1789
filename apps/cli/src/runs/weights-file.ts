/** Files of tensors that others, or an export, have written: .pth of either kind, and safetensors. What the tensors mean is for others to know. */
import { readFile, stat } from 'node:fs/promises';
import type { TensorRecord } from '@cyclegan/core';
import { FormatError, openSafetensors, openSealed, readPth, type SafetensorsFile } from '@cyclegan/formats';
import { onDisk } from '../disk.ts';
import { withSource } from '../files.ts';

/** What files of PyTorch begin with: a zip archive, or a pickle. */
const PYTORCH = ['PK', '\u0080'] as const;

/** Where the header of a safetensors file begins, behind its length, which may look like anything. */
const HEADER_START = 8;

/** What Node reads of a file in one go. */
const MOST_BYTES = 2 ** 31 - 1;

/** All tensors of a file; throws FormatError naming it when it is neither .pth nor safetensors, RunError when it cannot be read. */
export async function readTensors(path: string): Promise<TensorRecord> {
  try {
    return (await isPth(path)) ? readPth(await wholeFile(path)) : await readSafetensors(path);
  } catch (error) {
    if (error instanceof FormatError) error.message = `${path}: ${error.message}`;
    throw error;
  }
}

async function wholeFile(path: string): Promise<Uint8Array> {
  const { size } = await onDisk(path, 'read', () => stat(path));
  if (size > MOST_BYTES)
    throw new FormatError('PyTorch files of 2 GiB and more are not read: save the state_dict of each network in a file of its own.');
  return onDisk(path, 'read', () => readFile(path));
}

async function isPth(path: string): Promise<boolean> {
  const start = await withSource(path, async (source) => Buffer.from(await source.read(0, HEADER_START + 1)).toString('latin1'));
  return start[HEADER_START] !== '{' && PYTORCH.some((magic) => start.startsWith(magic));
}

async function readSafetensors(path: string): Promise<TensorRecord> {
  return withSource(path, async (source) => {
    const plain = await openSafetensors(source);
    const file: SafetensorsFile = plain.metadata.checksum === undefined ? plain : await openSealed(source);
    const tensors = await Promise.all(file.names.map(async (name) => [name, await file.tensor(name)] as const));
    return Object.fromEntries(tensors);
  });
}
