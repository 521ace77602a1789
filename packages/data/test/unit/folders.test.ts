import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataSetError, findDomains, listDomain, listPictures, pairUp } from '../../src/index.ts';
import { temporaryFolder, writeFiles } from './fixtures.ts';

const bytes = new Uint8Array([1]);

describe('listPictures', () => {
  it('lists pictures by name, without hidden and other files and subfolders', async () => {
    const folder = await temporaryFolder();
    const others = { 'notes.txt': bytes, '._a.jpg': bytes, 'sub.png/c.png': bytes };
    await writeFiles(folder, { 'b.JPG': bytes, 'a.png': bytes, '10.tiff': bytes, '9.webp': bytes, ...others });
    expect(await listPictures(folder)).toEqual(['10.tiff', '9.webp', 'a.png', 'b.JPG'].map((name) => join(folder, name)));
  });

  it('says what is wrong with a folder', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 'a.txt': bytes });
    await expect(listPictures(join(folder, 'none'))).rejects.toThrow(/none: the folder does not exist/);
    await expect(listPictures(join(folder, 'a.txt'))).rejects.toThrow(/expected a folder, got a file/);
    await expect(listPictures(folder)).rejects.toThrow(/no pictures found; looked for files ending in \.jpg, /);
    await expect(listPictures(folder)).rejects.toBeInstanceOf(DataSetError);
  });
});

describe('listDomain', () => {
  it('lists pictures of all folders, whatever they are called, by name', async () => {
    const folder = await temporaryFolder();
    const names = ['2 Häuser/deep/er/a.jfif', '2 Häuser/東京 1.JPEG', 'z.avif', 'é.svg'];
    await writeFiles(folder, Object.fromEntries([...names, '.hidden/b.png', 'readme.md'].map((name) => [name, bytes])));
    expect(await listDomain(`${folder}/`)).toEqual(names.map((name) => ({ path: join(folder, name), name })));
  });

  it('follows links, but not in circles', async () => {
    const [folder, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
    await writeFiles(elsewhere, { 'far/c.png': bytes });
    await writeFiles(folder, { 'a/1.png': bytes, 'b/2.png': bytes });
    await symlink('..', join(folder, 'a', 'up'));
    await symlink(join(folder, 'a'), join(folder, 'b', 'across'));
    await symlink(elsewhere, join(folder, 'far'));
    await symlink(join(folder, 'b', '2.png'), join(folder, 'link.png'));
    await symlink('nothing', join(folder, 'lost.png'));
    const found = await listDomain(folder);
    expect(found.map(({ name }) => name)).toEqual(['a/1.png', 'b/2.png', 'far/far/c.png', 'link.png', 'lost.png']);
  });
});

describe('pairUp', () => {
  const domain = (...names: string[]) => names.map((name) => ({ path: `/d/${name}`, name }));

  it('puts pictures of one name side by side, endings aside', () => {
    const paired = pairUp({ A: domain('1.png', 'x/2.png'), B: domain('x/2.jpg', '1.PNG') });
    expect(paired.B.map(({ name }) => name)).toEqual(['1.PNG', 'x/2.jpg']);
  });

  it('names pictures without a partner, or with two', () => {
    expect(() => pairUp({ A: domain('1.png', '2.png'), B: domain('2.png') })).toThrow(
      /\/d\/1\.png has no partner: .*Rename, add or remove/,
    );
    expect(() => pairUp({ A: domain('1.png', '2.png'), B: domain('3.png', '2.png') })).toThrow('/d/1.png and /d/3.png have no partner');
    expect(() => pairUp({ A: domain('1.png'), B: domain('3.png', '2.png') })).toThrow('/d/1.png and 2 more have no partner');
    expect(() => pairUp({ A: domain('1.png'), B: domain('1.jpg', '1.png') })).toThrow(/\/d\/1\.jpg and \/d\/1\.png have the same name/);
  });
});

describe('findDomains', () => {
  it('finds pairs that lie side by side', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 'train/1.jpg': bytes, 'test/sub/2.jpg': bytes });
    const [train, test] = [
      { path: join(folder, 'train/1.jpg'), name: '1.jpg' },
      { path: join(folder, 'test/sub/2.jpg'), name: 'sub/2.jpg' },
    ];
    expect(await findDomains(folder)).toEqual({ A: [{ ...train, half: 'left' }], B: [{ ...train, half: 'right' }] });
    expect(await findDomains(folder, 'test')).toEqual({ A: [{ ...test, half: 'left' }], B: [{ ...test, half: 'right' }] });
  });

  it('finds trainA and trainB before A and B, and the test split', async () => {
    const folder = await temporaryFolder();
    const named = (domain: string, name: string) => ({ path: join(folder, domain, name), name });
    await writeFiles(folder, { 'A/1.png': bytes, 'B/2.png': bytes });
    expect(await findDomains(folder)).toEqual({ A: [named('A', '1.png')], B: [named('B', '2.png')] });
    await writeFiles(folder, { 'trainA/3.png': bytes, 'trainB/4.png': bytes, 'testA/5.png': bytes, 'testB/6.png': bytes });
    expect(await findDomains(folder)).toEqual({ A: [named('trainA', '3.png')], B: [named('trainB', '4.png')] });
    expect(await findDomains(folder, 'test')).toEqual({ A: [named('testA', '5.png')], B: [named('testB', '6.png')] });
  });

  it('says what it looked for', async () => {
    const folder = await temporaryFolder();
    const named = (...names: string[]): string[] => names.map((name) => join(folder, name));
    const [trainA, trainB, A, B, testA, testB, train] = named('trainA', 'trainB', 'A', 'B', 'testA', 'testB', 'train');
    await expect(findDomains(folder)).rejects.toThrow(`for the folders ${trainA} and ${trainB}, or ${A} and ${B}, or ${train} with pairs`);
    await expect(findDomains(folder, 'test')).rejects.toThrow(`looked for the folders ${testA} and ${testB}, or ${folder}/test with pairs`);
    await expect(findDomains(join(folder, 'none'))).rejects.toThrow(`${join(folder, 'none')}: the folder does not exist.`);
  });

  it('names the domain that is missing or empty', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { 'trainA/1.png': bytes });
    await expect(findDomains(folder)).rejects.toThrow(`${join(folder, 'trainB')}: the folder does not exist`);
    await mkdir(join(folder, 'trainB'));
    await expect(findDomains(folder)).rejects.toThrow(`${join(folder, 'trainB')}: no pictures found`);
  });
});
