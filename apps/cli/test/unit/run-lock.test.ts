/** One process at a time; a process that died takes nothing with it. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { takeLock } from '../../src/runs/run-lock.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cyclegan-lock-'));
  path = join(folder, 'lock');
  onTestFinished(() => rm(folder, { recursive: true }));
});

it('is refused while another process runs, and free when given back', async () => {
  await writeFile(path, String(process.ppid));
  await expect(takeLock(path)).rejects.toThrow(`process ${process.ppid} is training this run`);
  await rm(path);
  const giveBack = await takeLock(path);
  expect(await readdir(folder)).toEqual(['lock']);
  await giveBack();
  expect(await readdir(folder)).toEqual([]);
});

it.each([
  ['a process that has ended', String(spawnSync(process.execPath, ['--eval', '']).pid)],
  ['an earlier process of our number', String(process.pid)],
  ['a process killed while it wrote', ''],
])('does not stay with %s', async (_, holder) => {
  await writeFile(path, holder);
  await takeLock(path);
});
