/** What `translate` takes and gives besides single files: folders in folders, patterns, pipes, formats, sizes, tiles. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePicture } from '@cyclegan/data';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run, start, TINY, temporaryFolder, workFolder, writePicture } from './program.ts';

const ONNX = '--backend onnx --threads 1'.split(' ');
let trained: string;

beforeAll(async () => {
  trained = await workFolder({ keep: true });
  await run(trained, ['train', '--data', 'data', '--name', 'first', ...TINY, ...ONNX, '--max-steps', '3', '--checkpoint-every', '1']);
});

afterAll(() => rm(trained, { recursive: true, force: true }));

const translate = (...args: string[]) => run(trained, ['translate', ...args, '--run', 'first', ...ONNX]);

/** Sends bytes to `translate -` and returns what it answers, standard output as bytes. */
async function pipe(bytes: Uint8Array, ...args: string[]) {
  const { child, result } = start(trained, ['translate', '-', '--run', 'first', ...ONNX, ...args]);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin?.end(bytes);
  const { code, stderr } = await result;
  return { code, stderr, bytes: Buffer.concat(chunks) };
}

it('keeps folders within folders, but does not translate its own translations again', async () => {
  const folder = await temporaryFolder();
  const [input, out] = [join(folder, 'in'), join(folder, 'in', 'out')];
  for (const name of ['a.png', 'b/a.png', 'b/c ü 猫/d.png']) await writePicture(join(input, name), [9, 7]);
  await writeFile(join(input, 'notes.txt'), 'no picture');
  for (const args of [[], ['--force']]) {
    const { code, stdout } = await translate(input, '--out', out, ...args);
    expect(code).toBe(0);
    expect(stdout).toContain('3 translated, 0 failed.');
  }
  const written = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.png'));
  expect(written.sort()).toEqual(['a.png', join('b', 'a.png'), join('b', 'c ü 猫', 'd.png')]);
});

it('expands patterns itself, takes names that look like patterns, and tells the outcomes in order', async () => {
  const folder = await temporaryFolder();
  for (const name of ['in/x/1.png', 'in/x/2.png', 'in/3.png', 'in/[4].png']) await writePicture(join(folder, name), [8, 8]);
  const out = join(folder, 'out');
  const patterns = [join(folder, 'in', '**', '[12].png'), join(folder, 'in', '[4].png'), join(folder, 'in', '*.jpg')];
  const { code, stdout, stderr } = await translate(...patterns, '--out', out, '--jobs', '2');
  expect(code).toBe(1);
  expect(stderr).toContain('*.jpg: no picture matches');
  const outputs = [join('x', '1.png'), join('x', '2.png'), '[4].png'].map((name) => join(out, name));
  expect(stdout.match(/(?<=-> ).*/g)).toEqual(outputs);
});

it('pipes one picture, and nothing else to standard output', async () => {
  const folder = await temporaryFolder();
  const input = join(folder, 'in.png');
  await writePicture(input, [13, 6]);
  const piped = await pipe(await readFile(input));
  expect(piped).toMatchObject({ code: 0, stderr: '' });
  await translate(input, '--out', join(folder, 'out'));
  expect(piped.bytes).toEqual(await readFile(join(folder, 'out', 'in.png')));
  const jpeg = await pipe(await readFile(input), '--format', 'jpg');
  expect([...jpeg.bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
});

it('says what is wrong with what comes through a pipe', async () => {
  for (const [bytes, message] of [
    ['', /standard input: the file is empty/],
    ['no picture', /standard input: cannot be decoded/],
  ] as const) {
    const { code, stderr, bytes: output } = await pipe(Buffer.from(bytes));
    expect(stderr).toMatch(message);
    expect([code, output.length]).toEqual([1, 0]);
  }
  const mixed = await translate('-', 'x.png');
  expect(mixed).toMatchObject({ code: 2, stdout: '' });
  expect(mixed.stderr).toContain('- is one picture from standard input');
  expect((await translate('-', '--out', 'x')).stderr).toContain('leave --out out');
});

it('fails when nobody reads the picture that it pipes', async () => {
  const { child, result } = start(trained, ['translate', '-', '--run', 'first', ...ONNX]);
  child.stdout?.destroy();
  const input = join(await temporaryFolder(), 'in.png');
  await writePicture(input, [300, 300]);
  child.stdin?.end(await readFile(input));
  expect(await result).toMatchObject({ code: 1 });
  expect((await result).stderr).toContain('standard output was closed');
});

it.each(['jpg', 'webp', 'tiff'] as const)('writes %s of the size asked for', async (format) => {
  const folder = await temporaryFolder();
  await writePicture(join(folder, 'in.png'), [20, 10]);
  const result = await translate(join(folder, 'in.png'), '--out', folder, '--format', format, '--size', '16x12');
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(await decodePicture(join(folder, `in.${format}`), { channels: 3 })).toMatchObject({ width: 16, height: 12 });
});

it('tiles pictures larger than a tile, with much the same result', async () => {
  const folder = await temporaryFolder();
  const input = join(folder, 'in.png');
  await writePicture(input, [150, 90]);
  const result = async (...args: string[]) => {
    expect(await translate(input, '--out', folder, '--force', '--format', 'tiff', ...args)).toMatchObject({ code: 0 });
    return (await decodePicture(join(folder, 'in.tiff'), { channels: 3 })).data;
  };
  const [whole, tiled] = [await result('--tile', '0'), await result('--tile', '64')];
  expect(await result()).toEqual(whole);
  expect(tiled).not.toEqual(whole);
  const difference = Array.from(whole).reduce((sum, value, at) => sum + Math.abs(value - (tiled[at] ?? 0)), 0) / whole.length;
  expect(difference).toBeLessThan(10);
});

it('translates with the checkpoint asked for, by its step or its file', async () => {
  const folder = await temporaryFolder();
  const input = join(folder, 'in.png');
  await writePicture(input, [16, 16]);
  const result = async (from: string, ...args: string[]) => {
    const call = ['translate', input, '--run', from, '--out', join(folder, 'out'), '--force', ...ONNX, ...args];
    expect(await run(trained, call)).toMatchObject({ code: 0, stderr: '' });
    return readFile(join(folder, 'out', 'in.png'));
  };
  const last = await result('first');
  expect(await result('first', '--checkpoint', '3')).toEqual(last);
  const earlier = await result('first', '--checkpoint', '2');
  expect(earlier).not.toEqual(last);
  expect(await result(join('runs', 'first', 'checkpoints', 'step-000002.safetensors'))).toEqual(earlier);
  const missing = await translate(input, '--out', folder, '--force', '--checkpoint', '7');
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/no checkpoint of step 7; it has those of .*2, 3/) });
  const neither = await run(trained, ['translate', input, '--run', input, '--out', folder, '--force', ...ONNX]);
  expect(neither).toMatchObject({ code: 1, stderr: expect.stringContaining('in.png') });
});

it('refuses wrong calls before it does anything', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), 'x');
  await mkdir(join(folder, 'empty'));
  for (const [args, message] of [
    [['x.png'], /--out <folder>: missing/],
    [['x.png', '--out', join(folder, 'file')], /expected a folder, got a file/],
    [['x.png', '--out', 'o', '--size', '0'], /Expected pixels such as 256/],
    [['x.png', '--out', 'o', '--tile', '-1'], /--tile/],
    [['x.png', '--out', 'o', '--jobs', '0'], /--jobs/],
    [['x.png', '--out', 'o', '--format', 'bmp'], /--format/],
  ] as const) {
    const { code, stderr } = await translate(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  }
  const empty = await translate(join(folder, 'empty'), '--out', join(folder, 'out'));
  expect(empty).toMatchObject({ code: 1 });
  expect(empty.stderr).toContain('no pictures found');
  expect((await readdir(folder)).sort()).toEqual(['empty', 'file']);
});
