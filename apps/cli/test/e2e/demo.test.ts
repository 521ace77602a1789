/** `demo`: everything in one command, that it goes on where it was stopped, and what it leaves alone. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFile, overflow, sharedBrowser } from './browser.ts';
import { metricsOf, run, start, temporaryFolder } from './program.ts';

const browserOf = sharedBrowser();

const ENGINE = ['--backend', 'onnx', '--threads', '1'];

it('makes data, trains, translates and shows; and goes on with what is there', async (context) => {
  const folder = await temporaryFolder();
  const demo = (...args: string[]) => run(folder, ['demo', '--out', 'a town', ...ENGINE, ...args]);
  const first = await demo('--max-steps', '2');
  expect(first).toMatchObject({ code: 0, stderr: '' });
  for (const row of ['the translation', 'the picture untranslated', 'the best single colour'])
    expect(first.stdout).toMatch(new RegExp(`  ${row}( +\\d+\\.\\d){4}\n`));
  expect(first.stdout).toMatch(/FCN score of 30 photos .*\n.*\ngenerated +0\.\d+ .*\nreal photos \(upper bound\) +0\.\d+ /);
  const commands = first.stdout.split('\n').filter((line) => line.startsWith('  npx cyclegan '));
  expect(commands.map((line) => line.split(/ +/)[3])).toEqual(['train', 'translate', 'export']);

  const town = join(folder, 'a town');
  const files = async (name: string) => (await readdir(join(town, name))).sort();
  const tests = await files('data/testA');
  expect(tests).toHaveLength(30);
  expect(await files('translated/AtoB')).toEqual(tests);
  expect(await files('translated/BtoA')).toEqual(tests);
  const page = await readFile(join(town, 'index.html'), 'utf8');
  for (const [, source = ''] of page.matchAll(/src="([^"]+)"/g)) expect((await stat(join(town, source))).isFile()).toBe(true);
  const browser = await browserOf(context);
  for (const [width, colours] of [
    [1280, 'light'],
    [390, 'dark'],
  ] as const) {
    const { page: open, problems } = await openFile(browser, join(town, 'index.html'), { width, colours });
    const broken = await open.$$eval(
      'img',
      (pictures) => pictures.filter(({ complete, naturalWidth }) => !complete || naturalWidth === 0).length,
    );
    expect({ problems, broken, overflow: await overflow(open), pictures: (await open.$$('img')).length }).toEqual({
      problems: [],
      broken: 0,
      overflow: 0,
      pictures: 2 * 3 * tests.length,
    });
    await open.click('a[href="run/report.html"]');
    await open.waitForURL('**/run/report.html');
    expect({ problems, overflow: await overflow(open) }).toEqual({ problems: [], overflow: 0 });
  }

  const drawn = async (name: string) => (await stat(join(town, 'data/trainA', name))).mtimeMs;
  const [kept, lost] = await files('data/trainA');
  const before = await drawn(kept ?? '');
  await rm(join(town, 'data/trainA', lost ?? ''));
  expect(await demo('--max-steps', '3')).toMatchObject({ code: 0, stderr: '' });
  expect(await drawn(kept ?? '')).toBe(before);
  expect(await drawn(lost ?? '')).toBeGreaterThan(before);
  expect((await metricsOf(folder, 'run', 'a town')).map(({ step }) => step)).toEqual([1, 2, 3]);

  const stopped = start(folder, ['demo', '--out', 'a town', ...ENGINE]);
  await stopped.printed('step 4/');
  stopped.child.kill('SIGINT');
  const { code, stdout } = await stopped.result;
  expect({ code, stdout }).toEqual({ code: 130, stdout: expect.stringContaining("Go on with: cyclegan demo --out 'a town'\n") });
});

it('leaves a folder alone that holds something else', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'mine.txt'), 'mine');
  const { code, stderr } = await run(folder, ['demo', '--out', '.', ...ENGINE]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('choose another --out') });
  expect(await readdir(folder)).toEqual(['mine.txt']);
  expect(await run(folder, ['demo', '--out', 'mine.txt', ...ENGINE])).toMatchObject({ code: 2 });
});
