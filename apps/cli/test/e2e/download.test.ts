/** `download` against a server on this machine that misbehaves as servers do, and against archives that nobody should trust. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { expect, it, onTestFinished } from 'vitest';
import { run, start, temporaryFolder } from './program.ts';

const PICTURES = {
  'trainA/a.jpg': randomBytes(150_000),
  'trainB/b.jpg': randomBytes(150_000),
  'testA/2009-12-06 06:58:39.jpg': randomBytes(9),
};
const ARCHIVE = zipOf(PICTURES);
const [TAG, DATE] = ['"first"', 'Wed, 01 Nov 2017 00:00:00 GMT'];

function zipOf(files: Zippable): Buffer {
  const inFolder = Object.entries(files).map(([name, content]) => [`facades/${name}`, content] as const);
  return Buffer.from(zipSync({ facades: {}, 'facades/trainA/': new Uint8Array(), ...Object.fromEntries(inFolder) }, { level: 0 }));
}

/** How a server answers requests but HEAD; the first answer is for the first of them, the last for all others. */
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of one archive: its address, and the headers of the requests but HEAD so far. */
async function serve(...answers: readonly Answer[]): Promise<{ readonly url: string; readonly asked: IncomingHttpHeaders[] }> {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'HEAD') {
      response.writeHead(200, { 'content-length': ARCHIVE.length }).end();
      return;
    }
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(request.headers);
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/facades.zip`, asked };
}

/** The whole file, or with `ranges` the rest that was asked for, as long as `etag` is what the client knows. */
function whole(body: Buffer, { etag = TAG, ranges = true } = {}): Answer {
  return ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const version = { etag, 'last-modified': DATE };
    if (!ranges || from === 0 || headers['if-range'] !== etag) {
      response.writeHead(200, { ...version, 'content-length': body.length }).end(body);
      return;
    }
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    response.writeHead(206, { ...version, 'content-range': range, 'content-length': body.length - from }).end(body.subarray(from));
  };
}

/** The first `bytes` of the file, then nothing more. */
function cutOff(body: Buffer, bytes: number): Answer {
  return (_, response) => {
    response.writeHead(200, { etag: TAG, 'last-modified': DATE, 'content-length': body.length });
    response.write(body.subarray(0, bytes), () => response.destroy());
  };
}

const download = (folder: string, url: string, ...args: string[]) =>
  run(folder, ['download', 'facades', '--out', 'sets', '--yes', '--url', url, ...args]);

/** What lies in a folder, by path; undefined where there is none. */
async function contentsOf(folder: string): Promise<Record<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const)));
}

/** Everything arrived as it was packed, and nothing else is left. */
async function expectComplete(folder: string): Promise<void> {
  expect(await readdir(join(folder, 'sets'))).toEqual(['facades']);
  expect(await contentsOf(join(folder, 'sets', 'facades'))).toEqual(PICTURES);
}

it('shows what it is about to do, does it, and tells how to go on', async () => {
  const folder = await temporaryFolder();
  const { url, asked } = await serve(whole(ARCHIVE));
  const { code, stdout, stderr } = await download(folder, url);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const text of [url, join('sets', 'facades'), 'CMP Facade Database', '301 kB'])
    expect(stdout.slice(0, stdout.indexOf('Unpacking'))).toContain(text);
  expect(stdout).toContain('cyclegan train --data sets/facades --name facades --preset facades');
  await expectComplete(folder);
  expect(await download(folder, url)).toMatchObject({ code: 0, stdout: expect.stringContaining('there already') });
  expect(asked).toHaveLength(1);
});

it('goes on where the connection was cut', async () => {
  const folder = await temporaryFolder();
  const { url, asked } = await serve(cutOff(ARCHIVE, 100_000), whole(ARCHIVE));
  const first = await download(folder, url);
  expect(first.code).toBe(1);
  expect(first.stderr).toMatch(/connection was lost .*the same command again/);
  const part = await readFile(join(folder, 'sets', 'facades.download', 'facades.zip.part'));
  expect(part).toEqual(ARCHIVE.subarray(0, part.length));
  expect(part.length).toBeGreaterThan(0);
  expect(await readdir(join(folder, 'sets'))).toEqual(['facades.download']);
  expect(await download(folder, url)).toMatchObject({ code: 0, stderr: '' });
  expect(asked[1]).toMatchObject({ range: `bytes=${part.length}-`, 'if-range': TAG });
  await expectComplete(folder);
});

const OTHER = zipOf({ 'trainA/other.jpg': randomBytes(150_000) });

it.each<[string, ...Answer[]]>([
  ['knows no ranges', whole(ARCHIVE, { ranges: false })],
  ['has another file by now', whole(ARCHIVE, { etag: '"second"' })],
  [
    'answers with other bytes than asked for',
    (_, response) => response.writeHead(206, { 'content-range': `bytes 0-9/${ARCHIVE.length}` }).end(ARCHIVE.subarray(0, 10)),
    whole(ARCHIVE),
  ],
  ['does not have such a range', (_, response) => response.writeHead(416).end(), whole(ARCHIVE)],
])('starts over when the server %s', async (_, ...answers) => {
  const folder = await temporaryFolder();
  const { url } = await serve(cutOff(OTHER, 100_000), ...answers);
  expect(await download(folder, url)).toMatchObject({ code: 1 });
  expect(await download(folder, url)).toMatchObject({ code: 0, stderr: '' });
  await expectComplete(folder);
});

it('does not take a part of one mirror for that of another', async () => {
  const folder = await temporaryFolder();
  const [broken, good] = [await serve(cutOff(OTHER, 100_000)), await serve(whole(ARCHIVE))];
  await download(folder, broken.url);
  expect(await download(folder, good.url)).toMatchObject({ code: 0 });
  expect(good.asked[0]?.range).toBeUndefined();
  await expectComplete(folder);
});

it('notices a wrong length', async () => {
  const folder = await temporaryFolder();
  const short: Answer = ({ headers }, response) => {
    const from = Number(headers.range?.replace(/\D/g, ''));
    response
      .writeHead(206, { etag: TAG, 'content-range': `bytes ${from}-${ARCHIVE.length - 1}/${ARCHIVE.length}`, 'content-length': 10 })
      .end(ARCHIVE.subarray(from, from + 10));
  };
  const { url } = await serve(cutOff(ARCHIVE, 100_000), short, whole(ARCHIVE));
  await download(folder, url);
  expect((await download(folder, url)).stderr).toMatch(/\d+ bytes arrived, expected \d+; give the same command again/);
  expect(await download(folder, url)).toMatchObject({ code: 0 });
  await expectComplete(folder);
});

it('unpacks without asking again what was downloaded before it was killed', async () => {
  const folder = await temporaryFolder();
  const { url, asked } = await serve(whole(ARCHIVE));
  const work = join(folder, 'sets', 'facades.download');
  await mkdir(join(work, 'unpacked', 'trainA'), { recursive: true });
  await writeFile(join(work, 'unpacked', 'trainA', 'half.jpg'), 'half');
  await writeFile(join(work, 'facades.zip.part'), ARCHIVE);
  await writeFile(join(work, 'facades.zip.part.json'), JSON.stringify({ url, size: ARCHIVE.length, validator: TAG }));
  expect(await download(folder, url)).toMatchObject({ code: 0 });
  expect(asked).toHaveLength(0);
  await expectComplete(folder);
});

it('tells what the server answers, and when none is there', async () => {
  const folder = await temporaryFolder();
  const { url } = await serve((_, response) => response.writeHead(404).end());
  const missing = await download(folder, url);
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('answered 404 Not Found, expected the file') });
  expect(await readdir(join(folder, 'sets'))).toEqual([]);
  const nobody = await download(folder, 'http://127.0.0.1:1/facades.zip');
  expect(nobody).toMatchObject({ code: 1, stderr: expect.stringMatching(/cannot be reached \(.+\); check the network/) });
});

it('keeps nothing of a damaged archive, and names the picture', async () => {
  const folder = await temporaryFolder();
  const damaged = Buffer.from(ARCHIVE);
  const at = damaged.indexOf(PICTURES['trainB/b.jpg']) + 1000;
  damaged.writeUInt8(255 - damaged.readUInt8(at), at);
  const { url } = await serve(whole(damaged), whole(ARCHIVE.subarray(0, -40), { etag: '"cut"' }), whole(ARCHIVE));
  const first = await download(folder, url);
  expect(first.code).toBe(1);
  expect(first.stderr).toMatch(/facades\/trainB\/b\.jpg is damaged .*checksum.* It was deleted; give the same command/);
  expect((await download(folder, url)).stderr).toContain('is damaged or not to be trusted');
  expect(await download(folder, url)).toMatchObject({ code: 0 });
  await expectComplete(folder);
});

it('replaces what is there with --force only, and leaves it when that fails', async () => {
  const folder = await temporaryFolder();
  const { url } = await serve(cutOff(ARCHIVE, 100_000), whole(ARCHIVE));
  const old = join(folder, 'sets', 'facades', 'trainA', 'old.jpg');
  await mkdir(join(folder, 'sets', 'facades', 'trainA'), { recursive: true });
  await writeFile(old, 'old');
  expect(await download(folder, url, '--force')).toMatchObject({ code: 1 });
  expect(await readFile(old, 'utf8')).toBe('old');
  expect(await download(folder, url, '--force')).toMatchObject({ code: 0 });
  await expectComplete(folder);
});

it('lets one process at a time download a data set, and outlives one that was killed', async () => {
  const folder = await temporaryFolder();
  const { url } = await serve((_, response) => response.writeHead(200, { 'content-length': 10 }).flushHeaders(), whole(ARCHIVE));
  const first = start(folder, ['download', 'facades', '--out', 'sets', '--yes', '--url', url]);
  const lock = join(folder, 'sets', 'facades.download', 'lock');
  await expect.poll(() => readFile(lock, 'utf8').catch(() => ''), { timeout: 20_000 }).not.toBe('');
  expect((await download(folder, url)).stderr).toContain('is downloading facades');
  first.child.kill('SIGKILL');
  await first.result;
  expect(await download(folder, url)).toMatchObject({ code: 0, stderr: '' });
  await expectComplete(folder);
});

it('says what is in the way of the folder', async () => {
  const folder = await temporaryFolder();
  const { url } = await serve(whole(ARCHIVE));
  await writeFile(join(folder, 'sets'), 'a file');
  expect((await download(folder, url)).stderr).toMatch(/facades\.download cannot be written: something else has a name on the way/);
});

it.each([
  ['facades', 2, '--yes is missing: there is no terminal to ask in'],
  ['horse2zebre --yes', 2, "there is no data set 'horse2zebre'; did you mean 'horse2zebra'?"],
  ['facades --yes --url ftp://127.0.0.1/facades.zip', 2, 'begins with http:// or https://'],
  ['cityscapes --yes', 1, 'register at https://www.cityscapes-dataset.com'],
  ['edges2shoes --yes', 1, 'tar -xzf edges2shoes.tar.gz'],
])('refuses: %s', async (line, status, message) => {
  const folder = await temporaryFolder();
  const { code, stderr } = await run(folder, ['download', ...line.split(' ')]);
  expect({ code, stderr }).toEqual({ code: status, stderr: expect.stringContaining(message) });
  expect(await readdir(folder)).toEqual([]);
});

it('takes the short names of the paper', async () => {
  const { stdout } = await run(await temporaryFolder(), ['download', 'summer2winter']);
  expect(stdout).toContain('cyclegan/datasets/summer2winter_yosemite.zip');
});
