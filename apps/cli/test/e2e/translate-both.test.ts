/** `translate --both`: pictures of both sides there and back, and the page that shows them. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePicture } from '@cyclegan/data';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFile, overflow, sharedBrowser } from './browser.ts';
import { run, TINY, temporaryFolder, workFolder, writePicture } from './program.ts';

const ONNX = '--backend onnx --threads 1'.split(' ');
const browserOf = sharedBrowser();
let trained: string;

beforeAll(async () => {
  trained = await workFolder({ keep: true });
  await run(trained, ['train', '--data', 'data', '--name', 'first', ...TINY, ...ONNX, '--max-steps', '1']);
  await writePicture(join(trained, 'data', 'testA', 'one & only.png'), [20, 11], 1);
  await writePicture(join(trained, 'data', 'testA', 'sub', 'two#.png'), [9, 16], 2);
  await writePicture(join(trained, 'data', 'testB', 'x.png'), [12, 12], 3);
});

afterAll(() => rm(trained, { recursive: true, force: true }));

const both = (...args: string[]) => run(trained, ['translate', '--both', '--run', 'first', ...ONNX, ...args]);

it('writes real, translated and reconstructed pictures of both sides, and a page whose links work', async () => {
  const out = join(await temporaryFolder(), 'out');
  const result = await both('--data', 'data', '--out', out);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout).toContain('3 translated, 0 failed.');
  const html = await readFile(join(out, 'index.html'), 'utf8');
  const linked = [...html.matchAll(/<img src="([^"]*)"/g)].map(([, path = '']) => decodeURIComponent(path));
  expect(linked).toEqual([
    ...['real_A', 'fake_B', 'rec_A'].map((what) => `A/one & only_${what}.png`),
    ...['real_A', 'fake_B', 'rec_A'].map((what) => `A/sub/two#_${what}.png`),
    ...['real_B', 'fake_A', 'rec_B'].map((what) => `B/x_${what}.png`),
  ]);
  for (const path of linked.slice(0, 3))
    expect(await decodePicture(join(out, path), { channels: 3 })).toMatchObject({ width: 20, height: 11 });
  expect(html).not.toMatch(/https?:|<script/);
  expect(html).toContain('one &amp; only.png');

  // the reconstruction is the translation back of the translation
  const back = join(await temporaryFolder(), 'back');
  await run(trained, [
    'translate',
    join(out, 'A', 'one & only_fake_B.png'),
    '--run',
    'first',
    '--direction',
    'BtoA',
    '--out',
    back,
    ...ONNX,
  ]);
  expect(await readFile(join(back, 'one & only_fake_B.png'))).toEqual(await readFile(join(out, 'A', 'one & only_rec_A.png')));

  const again = await both('--data', 'data', '--out', out);
  expect(again).toMatchObject({ code: 1 });
  expect(again.stderr).toContain('index.html exists; give --force');

  const mine = join(out, 'A', 'one & only_rec_A.png');
  await writeFile(mine, 'mine');
  for (const missing of ['A/one & only_fake_B.png', 'index.html']) await rm(join(out, missing));
  const rest = await both('--data', 'data', '--out', out, '--skip-existing');
  expect(rest).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('1 translated, 2 skipped, 0 failed.') });
  expect(await readFile(join(out, 'index.html'), 'utf8')).toBe(html);
  expect(await decodePicture(join(out, 'A', 'one & only_fake_B.png'), { channels: 3 })).toMatchObject({ width: 20 });
  expect(await readFile(mine, 'utf8')).toBe('mine');
});

it.for([
  { width: 1280, colours: 'light' },
  { width: 390, colours: 'dark' },
] as const)('shows all pictures in a browser, $width pixels wide and $colours', async (look, context) => {
  const browser = await browserOf(context);
  const out = join(await temporaryFolder(), 'out');
  expect(await both('--data', 'data', '--out', out)).toMatchObject({ code: 0 });
  const { page, problems } = await openFile(browser, join(out, 'index.html'), look);
  const loaded =
    'Promise.all([...document.images].map((image) => { image.loading = "eager"; return image.decode().then(() => image.naturalWidth); }))';
  expect(await page.evaluate(loaded)).toEqual([20, 20, 20, 9, 9, 9, 12, 12, 12]);
  expect(await overflow(page)).toBe(0);
  expect(problems).toEqual([]);
});

it('goes on after a bad picture, and shows the others', async () => {
  const folder = await temporaryFolder();
  await writePicture(join(folder, 'testA', 'good.png'), [8, 8]);
  await writeFile(join(folder, 'testA', 'bad.png'), 'no picture');
  await writePicture(join(folder, 'testB', 'good.png'), [8, 8]);
  const out = join(folder, 'out');
  const { code, stdout, stderr } = await both('--data', folder, '--out', out);
  expect(code).toBe(1);
  expect(stderr).toMatch(/bad\.png.*cannot be decoded/);
  expect(stdout).toContain('2 translated, 1 failed.');
  expect((await readdir(join(out, 'A'))).sort()).toEqual(['good_fake_B.png', 'good_real_A.png', 'good_rec_A.png']);
  expect(await readFile(join(out, 'index.html'), 'utf8')).not.toContain('bad');
});

it('says what it needs', async () => {
  expect(await both('--out', 'o')).toMatchObject({ code: 2, stderr: expect.stringContaining('--both needs --data') });
  expect(await both('x.png', '--data', 'data', '--out', 'o')).toMatchObject({ code: 2, stderr: expect.stringContaining('name no other') });
  const folder = await temporaryFolder();
  const missing = await both('--data', folder, '--out', join(folder, 'out'));
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('no data set found') });
  expect(await readdir(folder)).toEqual([]);
});
