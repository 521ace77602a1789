/** What the file system refuses, as the user reads it, and what a failure leaves behind. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { onDisk } from '../../src/disk.ts';
import { RunError } from '../../src/errors.ts';
import { RunFolder } from '../../src/runs/run-folder.ts';
import { resolveSettings } from '../../src/settings/settings.ts';

/** An error as Node makes it. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: refused, write`), { code, syscall: 'write' });
}

it.each([
  ['ENOSPC', 'x cannot be written: no space is left on the disk; make room.'],
  ['EROFS', 'x cannot be written: the disk is read-only; choose another folder.'],
  ['ENOENT', 'x cannot be written: the folder that it belongs in is not there and cannot be made; choose another folder.'],
  ['EIO', 'x cannot be written: EIO: refused, write.'],
])('names the file and the remedy: %s', async (code, message) => {
  await expect(onDisk('x', 'written', () => Promise.reject(systemError(code)))).rejects.toEqual(new RunError(message));
});

it.each([
  ['ENOENT', 'x cannot be read: there is no such file; check its name.'],
  ['EISDIR', 'x cannot be read: it is a folder.'],
  ['EIO', 'x cannot be read: EIO: refused, write.'],
])('asks a reader for nothing that only a writer can do: %s', async (code, message) => {
  await expect(onDisk('x', 'read', () => Promise.reject(systemError(code)))).rejects.toEqual(new RunError(message));
});

it('leaves other errors alone', async () => {
  const mistake = new TypeError('not a function');
  await expect(onDisk('x', 'read', () => Promise.reject(mistake))).rejects.toBe(mistake);
});

it('does not take the name of a run whose config.json cannot be written', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'cyclegan-disk-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const dataset = { A: { pictures: 1, names: '' }, B: { pictures: 1, names: '' } };
  const execution = { data: '', backend: 'onnx', device: 'cpu', sampleEvery: 0, checkpointEvery: 0, keep: 1, keepEveryEpochs: 0 } as const;
  const config = { format: 'cyclegan-run', formatVersion: 1, settings: resolveSettings({}), execution, dataset } as const;
  const full = Object.assign(config, {
    toJSON() {
      throw systemError('ENOSPC');
    },
  });
  await expect(new RunFolder(join(parent, 'run')).create(full)).rejects.toThrow('no space is left on the disk');
  expect(await readdir(parent)).toEqual([]);
});
