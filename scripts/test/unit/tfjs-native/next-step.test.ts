/** What is done, given what is there: building, linking again, or nothing. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Built, isLinked, nextStep, readBuilt, recordIn, type Wanted } from '../../../tfjs-native/built.ts';
import { packageIn, type Target, targetOf } from '../../../tfjs-native/target.ts';

const BUILT: Built = { tfjs: '4.22.0', tensorflow: '2.21.0', pythonPackage: null, system: 'linux-x64' };
const WANTED: Wanted = { tfjs: '4.22.0', system: 'linux-x64' };
const LINKED = { linked: true };

describe('the next step', () => {
  it.each<readonly [string, Built | undefined, Partial<Wanted>, boolean, string]>([
    ['nothing is there', undefined, {}, false, 'build'],
    ['all is there', BUILT, {}, true, 'nothing'],
    ['npm has removed the link', BUILT, {}, false, 'link'],
    ['it is to be built again', BUILT, { force: true }, true, 'build'],
    ['the npm package has another version', { ...BUILT, tfjs: '4.21.0' }, {}, true, 'build'],
    ['the folder came from another system', { ...BUILT, system: 'linux-arm64' }, {}, true, 'build'],
    ['the version asked for is there', BUILT, { tensorflow: '2.21.0' }, true, 'nothing'],
    ['another version is asked for', BUILT, { tensorflow: '2.20.0' }, true, 'build'],
    [
      'a version is asked for, the libraries are those of a package',
      { ...BUILT, pythonPackage: '/tf' },
      { tensorflow: '2.21.0' },
      true,
      'build',
    ],
    ['the package asked for is there', { ...BUILT, pythonPackage: '/tf' }, { pythonPackage: '/tf' }, true, 'nothing'],
    ['a package is asked for, the libraries are those of a wheel', BUILT, { pythonPackage: '/tf' }, true, 'build'],
    ['nothing is asked for, the libraries are those of a package', { ...BUILT, pythonPackage: '/tf' }, {}, true, 'nothing'],
  ])('when %s', (_, built, asked, linked, step) => {
    expect(nextStep(built, { ...WANTED, ...asked }, { linked })).toBe(step);
  });
});

describe('what is there', () => {
  let root: string;
  let target: Target;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'cyclegan-native-'));
    target = targetOf(root, { gpu: false, arch: 'x64' });
    await mkdir(packageIn(target.folder, target), { recursive: true });
    await mkdir(dirname(target.link), { recursive: true });
  });

  afterEach(() => rm(root, { recursive: true }));

  it('is the record of a finished build', async () => {
    await writeFile(recordIn(target.folder), JSON.stringify(BUILT));
    expect(await readBuilt(target)).toEqual(BUILT);
  });

  it('is nothing without a record, or with one that is damaged', async () => {
    expect(await readBuilt(target)).toBeUndefined();
    await writeFile(recordIn(target.folder), '{"tfjs":');
    expect(await readBuilt(target)).toBeUndefined();
    await writeFile(recordIn(target.folder), JSON.stringify({ ...BUILT, tensorflow: 2 }));
    expect(await readBuilt(target)).toBeUndefined();
  });

  it('is linked only when node_modules lead to it', async () => {
    expect(await isLinked(target)).toBe(false);
    await symlink(root, target.link);
    expect(await isLinked(target)).toBe(false);
    await rm(target.link);
    await symlink(packageIn(target.folder, target), target.link);
    expect(await isLinked(target)).toBe(true);
    expect(nextStep(BUILT, WANTED, LINKED)).toBe('nothing');
  });
});
