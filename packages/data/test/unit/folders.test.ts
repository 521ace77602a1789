import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataSetError, findDomains, listPictures } from '../../src/index.ts';
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

describe('findDomains', () => {
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
