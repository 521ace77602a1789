import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fixedFolders, type KnownPicture } from '../../src/runs/fixed-folders.ts';
import { RunFolder } from '../../src/runs/run-folder.ts';

async function runFolder(): Promise<RunFolder> {
  const path = await mkdtemp(join(tmpdir(), 'cyclegan-folders-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return new RunFolder(path);
}

const pictures = (...names: readonly string[]): KnownPicture[] =>
  (['A', 'B'] as const).flatMap((side) => names.map((name) => ({ side, name, from: 'test' as const, digest: `${name} of ${side}` })));
const foldersOf = (...numbers: readonly number[]) =>
  ['A', 'B'].flatMap((side) => numbers.map((number) => `samples/fixed/${side}-${number}`));

it('gives the same pictures the same folders, and others new ones', async () => {
  const run = await runFolder();
  expect(await fixedFolders(run, pictures('x', 'y'))).toEqual(foldersOf(1, 2));
  for (const folder of foldersOf(1, 2)) await mkdir(run.file(folder));
  expect(await fixedFolders(run, pictures('x', 'y'))).toEqual(foldersOf(1, 2));
  const changed = pictures('x', 'y').map((picture, at) => (at === 2 ? { ...picture, digest: 'other pixels' } : picture));
  expect(await fixedFolders(run, changed)).toEqual(foldersOf(3, 4));
  for (const folder of foldersOf(3, 4)) await mkdir(run.file(folder));
  expect(await fixedFolders(run, pictures('x', 'y'))).toEqual(foldersOf(1, 2));
  const listed = JSON.parse(await readFile(run.file('samples/fixed/pictures.json'), 'utf8'));
  expect(listed.map(({ folder, name }: { folder: string; name: string }) => [folder, name])).toEqual(
    [...foldersOf(1, 2), ...foldersOf(3, 4)].map((folder, at) => [folder.slice('samples/fixed/'.length), at % 2 === 0 ? 'x' : 'y']),
  );
});

it('does without a list that is broken, and without pictures', async () => {
  const run = await runFolder();
  expect(await fixedFolders(run, [])).toEqual([]);
  await fixedFolders(run, pictures('x'));
  for (const folder of foldersOf(1)) await mkdir(run.file(folder));
  await writeFile(run.file('samples/fixed/pictures.json'), '[{"folder":');
  expect(await fixedFolders(run, pictures('x'))).toEqual(foldersOf(2));
});
