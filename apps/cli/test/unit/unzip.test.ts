/** Archives made to do harm: refused before anything of them is written. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ZipOptions, zipSync } from 'fflate';
import { expect, it, onTestFinished } from 'vitest';
import { ArchiveError, unzip } from '../../src/download/unzip.ts';

const CENTRAL = Buffer.from('PK\x01\x02', 'latin1');
/** Where a central directory entry has its uncompressed size. */
const SIZE_AT = 24;

/** Unpacks an archive of a harmless file and one with `name`, changed by `change`. */
async function unpack(name: string, { options = {}, change }: { options?: ZipOptions; change?: (archive: Buffer) => void } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-unzip-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const content = new TextEncoder().encode('some content');
  const archive = Buffer.from(zipSync({ 'set/good.jpg': content, [name]: [content, options] }));
  change?.(archive);
  await writeFile(join(folder, 'set.zip'), archive);
  const attempt = unzip(join(folder, 'set.zip'), { folder: join(folder, 'goal'), root: 'set' });
  return { folder, error: await attempt.catch((error: unknown) => error) };
}

const link: ZipOptions = { os: 3, attrs: 0o120777 * 2 ** 16 };

function claimMuch(archive: Buffer): void {
  for (let at = archive.indexOf(CENTRAL); at !== -1; at = archive.indexOf(CENTRAL, at + 1)) archive.writeUInt32LE(0xfffffff0, at + SIZE_AT);
}

it.each([
  ['an entry outside', '../evil.jpg', {}, 'relative path'],
  ['an entry outside, from within', 'set/../../evil.jpg', {}, 'relative path'],
  ['an absolute name', '/evil.jpg', {}, 'absolute path'],
  ['a drive', 'C:/evil.jpg', {}, 'absolute path'],
  ['backslashes', 'set\\..\\evil.jpg', {}, 'invalid characters'],
  ['a zero byte', 'set/a\0.jpg', {}, 'zero byte'],
  ['a link', 'set/link', { options: link }, 'set/link is a link'],
])('refuses %s', async (_, name, how, reason) => {
  const { folder, error } = await unpack(name, how);
  expect(error).toBeInstanceOf(ArchiveError);
  expect(String(error)).toMatch(new RegExp(`set\\.zip is damaged or not to be trusted: .*${reason}`));
  expect(await readdir(folder)).toEqual(['set.zip']);
});

it('refuses what claims to be larger than any data set', async () => {
  const names = Array.from({ length: 5 }, (_, number) => [`set/${number}`, new TextEncoder().encode('aaaaaaaaaaaaaaaa')] as const);
  const archive = Buffer.from(zipSync(Object.fromEntries(names)));
  claimMuch(archive);
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-unzip-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'set.zip'), archive);
  await expect(unzip(join(folder, 'set.zip'), { folder: join(folder, 'goal'), root: 'set' })).rejects.toThrow('more than 16 GiB');
});

it('notices an entry that is larger than it claims', async () => {
  const { error } = await unpack('set/big.jpg', { change: (archive) => archive.writeUInt32LE(1, archive.lastIndexOf(CENTRAL) + SIZE_AT) });
  expect(error).toBeInstanceOf(ArchiveError);
  expect(String(error)).toContain('set/big.jpg is damaged');
});

it('says of two entries of one name what is in the way', async () => {
  const { error } = await unpack('set/twin.jpg', {
    change: (archive) => archive.write('set/good.jpg', archive.lastIndexOf('set/twin.jpg'), 'latin1'),
  });
  expect(String(error)).toContain('good.jpg cannot be written: something else has a name on the way');
});
