/** Translating as a user does it: pictures of any size, folders, and files that are not pictures. */
import { cp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePicture } from '@cyclegan/data';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run, start, TINY, temporaryFolder, workFolder, writePicture } from './program.ts';

const ONNX = '--backend onnx --threads 1'.split(' ');
let trained: string;

beforeAll(async () => {
  trained = await workFolder({ keep: true });
  const unet = '--generator unet --size 16 --ngf 2 --ndf 2 --disc-layers 1 --pool-size 3'.split(' ');
  for (const [name, settings] of Object.entries({ resnet: TINY, unet })) {
    const made = await run(trained, ['train', '--data', 'data', '--name', name, ...settings, ...ONNX, '--max-steps', '1']);
    expect(made, made.stderr).toMatchObject({ code: 0 });
  }
});

afterAll(() => rm(trained, { recursive: true, force: true }));

const translate = (...args: string[]) => run(trained, ['translate', ...args]);

async function sizeOf(path: string): Promise<readonly [number, number]> {
  const { width, height } = await decodePicture(path, { channels: 3 });
  return [width, height];
}

it.each(['resnet', 'unet'])('keeps the size of every picture (%s)', async (name) => {
  const folder = await temporaryFolder();
  const sizes = [
    [16, 16],
    [19, 33],
    [40, 9],
    [5, 1],
    [1, 3],
    [16, 16],
  ] as const;
  for (const [number, size] of sizes.entries()) await writePicture(join(folder, 'in', `${number}.png`), size, number);
  const { code, stdout } = await translate(join(folder, 'in'), '--run', name, '--out', join(folder, 'out'), ...ONNX);
  expect(code).toBe(0);
  expect(stdout).toContain('6 translated, 0 failed');
  for (const [number, size] of sizes.entries()) expect(await sizeOf(join(folder, 'out', `${number}.png`))).toEqual(size);
});

it('gives the same on both backends, and something else in the other direction', async () => {
  const folder = await temporaryFolder();
  const input = join(folder, 'in.png');
  await writePicture(input, [17, 14]);
  const result = async (out: string, ...args: string[]) => {
    expect(await translate(input, '--run', join(trained, 'runs', 'resnet'), '--out', join(folder, out), ...args)).toMatchObject({
      code: 0,
    });
    return (await decodePicture(join(folder, out, 'in.png'), { channels: 3 })).data;
  };
  const onnx = await result('onnx', ...ONNX);
  const reference = await result('reference', '--backend', 'reference');
  expect(Math.max(...onnx.map((value, at) => Math.abs(value - (reference[at] ?? 0))))).toBeLessThanOrEqual(1);
  expect(await result('back', ...ONNX, '--direction', 'BtoA')).not.toEqual(onnx);
});

it('goes on after a bad file, replaces nothing without --force, and never its input', async () => {
  const folder = await temporaryFolder();
  const [good, bad, out] = [join(folder, 'good.png'), join(folder, 'bad.png'), join(folder, 'out')];
  await writePicture(good, [8, 8]);
  await writeFile(bad, 'no picture');
  const common = ['--run', 'resnet', '--out', out, ...ONNX];
  const first = await translate(bad, join(folder, 'missing.png'), good, good, ...common);
  expect(first).toMatchObject({ code: 1 });
  expect(first.stdout).toContain('1 translated, 3 failed');
  for (const message of [/bad\.png: cannot be decoded/, /missing\.png: cannot be read/, /good\.png is already the translation of another/])
    expect(first.stderr).toMatch(message);
  expect(await readdir(out)).toEqual(['good.png']);

  const before = await stat(join(out, 'good.png'));
  const second = await translate(good, ...common);
  expect(second).toMatchObject({ code: 1 });
  expect(second.stderr).toContain('give --force to replace it');
  expect(await stat(join(out, 'good.png'))).toEqual(before);
  expect(await translate(good, ...common, '--force')).toMatchObject({ code: 0 });

  const input = await readFile(good);
  const onto = await translate(good, '--run', 'resnet', '--out', folder, '--force', ...ONNX);
  expect(onto.stderr).toContain('its translation would replace');
  expect(await readFile(good)).toEqual(input);
});

it('replaces no other input, wherever a link leads, but goes on after one that failed', async () => {
  const folder = await temporaryFolder();
  const [kept, out] = [join(folder, 'in', 'a.png'), join(folder, 'out')];
  await writePicture(kept, [8, 8]);
  await cp(kept, join(folder, 'in', 'a.gif'));
  await symlink(join(folder, 'in'), join(folder, 'link'));
  const before = await readFile(kept);
  const onto = await translate(join(folder, 'in'), '--run', 'resnet', '--out', join(folder, 'link'), '--force', ...ONNX);
  expect(onto.stderr).toMatch(/a\.gif: its translation would replace .*a\.png, a picture to translate; choose another --out/);
  expect(await readFile(kept)).toEqual(before);

  await writeFile(join(folder, 'in', 'a.gif'), 'no picture');
  const rest = await translate(join(folder, 'in'), '--run', 'resnet', '--out', out, ...ONNX);
  expect(rest.stdout).toContain('1 translated, 1 failed');
  expect(await readdir(out)).toEqual(['a.png']);
});

it('leaves only whole pictures when it is killed, and completes the folder when it is run again', async () => {
  const folder = await temporaryFolder();
  const names = Array.from({ length: 30 }, (_, number) => `${String(number).padStart(2, '0')}.png`);
  for (const [variant, name] of names.entries()) await writePicture(join(folder, 'in', name), [40, 40], variant);
  const out = join(folder, 'out');
  const line = ['translate', join(folder, 'in'), '--run', 'resnet', '--out', out, ...ONNX];
  const { child, result, printed } = start(trained, line);
  await printed('00.png ->');
  child.kill('SIGKILL');
  expect(await result).toMatchObject({ signal: 'SIGKILL' });
  const written = (await readdir(out)).filter((name) => name.endsWith('.png'));
  expect(written).toContain('00.png');
  expect(written.length).toBeLessThan(names.length);
  for (const name of written) expect(await sizeOf(join(out, name))).toEqual([40, 40]);
  const before = await stat(join(out, '00.png'));
  const [missing, skipped] = [names.length - written.length, written.length];
  expect(await run(trained, [...line, '--skip-existing'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${missing} translated, ${skipped} skipped, 0 failed.`),
  });
  expect((await readdir(out)).sort()).toEqual(names);
  expect(await stat(join(out, '00.png'))).toEqual(before);
  expect(await run(trained, [...line, '--force'])).toMatchObject({ code: 0, stdout: expect.stringContaining('30 translated, 0 failed') });
  expect(await run(trained, [...line, '--force', '--skip-existing'])).toMatchObject({ code: 2 });
});

it('says what is wrong with a run', async () => {
  const folder = await temporaryFolder();
  await cp(join(trained, 'runs', 'resnet'), join(folder, 'runs', 'young'), { recursive: true });
  await rm(join(folder, 'runs', 'young', 'checkpoints'), { recursive: true });
  const attempt = (...args: string[]) => run(folder, ['translate', 'x.png', '--out', 'out', ...args]);
  expect((await attempt('--run', 'young')).stderr).toContain('has no checkpoint yet');
  const missing = await attempt('--run', 'old');
  expect(missing).toMatchObject({ code: 1 });
  expect(missing.stderr).toContain("there is no run 'old'");
});
