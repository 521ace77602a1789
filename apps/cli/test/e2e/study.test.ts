/** `study`: the page as people see it, what it gives away, and what their answers come to. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePicture, type Picture } from '@cyclegan/data';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StudyKey } from '../../src/study/key.ts';
import { openFile, overflow, sharedBrowser } from './browser.ts';
import { run, TINY, temporaryFolder, writePicture } from './program.ts';

const browserOf = sharedBrowser();
const [PAIRS, PRACTICE, TRIALS] = [9, 2, 4];
const HOW = ['--practice', String(PRACTICE), '--trials', String(TRIALS), '--seconds', '0.2'];

let folder: string;

/** Folders with pictures of the same names, those that pass for real larger; and a study of them. */
beforeAll(async () => {
  folder = await temporaryFolder({ keep: true });
  for (let at = 0; at < PAIRS; at++) {
    await writePicture(join(folder, 'made', `${at}.png`), [16, 12], at);
    await writePicture(join(folder, 'real', `${at}.png`), [32, 24], at + 100);
  }
  const made = await run(folder, ['study', '--generated', 'made', '--real', 'real', '--out', 'study', ...HOW]);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toContain(`${PAIRS - PRACTICE} pairs, of which everybody judges ${TRIALS}`);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const picture = (path: string): Promise<Picture> => decodePicture(path, { channels: 3 });

const readKey = async (): Promise<StudyKey> => JSON.parse(await readFile(join(folder, 'study/key.json'), 'utf8'));

/** Goes through a study, and saves the answers; `choose` says which file to click on. Returns what was said in practice, and the file. */
async function answer(page: Page, choose: (shown: readonly string[]) => number): Promise<{ verdicts: string[]; path: string }> {
  const verdicts: string[] = [];
  for (let at = 0; at < PRACTICE + TRIALS; at++) {
    if (at <= PRACTICE) await page.click('#next');
    await page.waitForFunction(`document.querySelector('#text').textContent.startsWith('${at + 1} of ')`);
    const shown = await page.$$eval('#pair img', (images) => images.map((image) => image.getAttribute('src') ?? ''));
    await page.waitForSelector('#pair.over');
    await page.keyboard.press(choose(shown) === 0 ? 'ArrowLeft' : 'ArrowRight');
    if (at < PRACTICE) verdicts.push((await page.textContent('#verdict')) ?? '');
  }
  const download = page.waitForEvent('download');
  await page.click('#save');
  const path = join(folder, (await download).suggestedFilename());
  await (await download).saveAs(path);
  return { verdicts, path };
}

describe('the page', () => {
  it.for([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)('hides its pairs, tells who is right in practice, and fits %i pixels', async ([width, colours], context) => {
    const { page, problems } = await openFile(await browserOf(context), join(folder, 'study/page/index.html'), { width, colours });
    // what comes at the moment when a pair is shown is no answer to it
    await page.evaluate(
      `new MutationObserver(() => document.querySelector('#left').click()).observe(document.querySelector('#pair'), { attributeFilter: ['hidden'] })`,
    );
    await page.click('#next');
    await page.waitForSelector('#pair.over');
    expect({ overflow: await overflow(page), verdict: await page.textContent('#verdict') }).toEqual({ overflow: 0, verdict: '' });
    expect(await page.isVisible('#pair img')).toBe(false);
    await page.click('#left');
    expect(await page.textContent('#verdict')).toMatch(/^(Right|No), /);
    expect(await page.isVisible('#pair img')).toBe(true);
    expect(problems).toEqual([]);
  });

  it('gives files that come to the rate of the answers, and to nothing else', async (context) => {
    const key = await readKey();
    const reals = new Set([...key.practice, ...key.pairs].map(({ files }) => files.real));
    const browser = await browserOf(context);
    const paths: string[] = [];
    for (const isRight of [true, false]) {
      const { page, problems } = await openFile(browser, join(folder, 'study/page/index.html'), { width: 800 });
      const { verdicts, path } = await answer(page, (shown) => shown.findIndex((file) => reals.has(file) === isRight));
      expect(verdicts.every((verdict) => verdict.startsWith(isRight ? 'Right' : 'No'))).toBe(true);
      expect(problems).toEqual([]);
      paths.push(path);
    }
    const counted = await run(folder, ['study', '--out', 'study', '--answers', ...paths, 'answers-*.json']);
    expect(counted).toMatchObject({ code: 0, stderr: expect.stringContaining('they came in another file as well') });
    expect(counted.stdout).toMatch(/taken for real +50\.0 % +50\.0 % +0\.0 % to 100\.0 % +2 +8\n/);
    const { rate, people, pictures } = JSON.parse(await readFile(join(folder, 'study/rate.json'), 'utf8'));
    expect({ rate, people, shown: pictures.reduce((sum: number, { shown }: { shown: number }) => sum + shown, 0) }).toEqual({
      rate: 0.5,
      people: 2,
      shown: 2 * TRIALS,
    });
  });

  it('has pictures alike but for what they show, and no word of which is real', async () => {
    const { pairs, practice } = await readKey();
    const html = await readFile(join(folder, 'study/page/index.html'), 'utf8');
    const data = JSON.parse(/<script type="application\/json" id="data">(.*)<\/script>/.exec(html)?.[1] ?? '');
    expect(data.pairs).toEqual(pairs.map(({ files }) => Object.values(files).sort()));
    expect(await readdir(join(folder, 'study/page/pictures'))).toHaveLength(2 * PAIRS);
    for (const { generated, files } of [...practice, ...pairs]) {
      const [real, made] = [
        await picture(join(folder, 'study/page', files.real)),
        await picture(join(folder, 'study/page', files.generated)),
      ];
      expect([real.width, real.height]).toEqual([made.width, made.height]);
      expect(made).toEqual(await picture(join(folder, 'made', `${generated}.png`)));
    }
  });
});

it('asks about translations of a run beside the test pictures of the other side', async () => {
  await run(folder, ['synth', '--out', 'town', '--count', '3', '--test-count', '4', '--size', '16']);
  await run(folder, ['train', '--data', 'town', '--name', 'town', ...TINY, '--threads', '1', '--max-steps', '1']);
  const asked = [
    'study',
    '--run',
    'town',
    '--direction',
    'BtoA',
    '--out',
    'of a run',
    '--practice',
    '1',
    '--trials',
    '3',
    '--threads',
    '1',
  ];
  expect(await run(folder, asked)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining("study --out 'of a run' --answers"),
  });
  const { about, pairs } = JSON.parse(await readFile(join(folder, 'of a run/key.json'), 'utf8'));
  expect(about).toMatch(/^translations from B to A beside test pictures of A/);
  const [{ real, files }] = pairs;
  const shown = await picture(join(folder, 'of a run/page', files.real));
  expect(shown).toEqual(await picture(join(folder, 'town/testA', `${real}.png`)));
});

it('shows gray pictures beside those of a run that makes gray ones', async () => {
  const asked = ['study', '--run', 'gray', '--out', 'of gray', '--practice', '0', '--trials', '4', '--threads', '1'];
  await run(folder, ['train', '--data', 'town', '--name', 'gray', '--channels', '1', ...TINY, '--threads', '1', '--max-steps', '1']);
  expect(await run(folder, asked)).toMatchObject({ code: 0, stderr: '' });
  const isGray = ({ data }: Picture) => data.every((value, at) => value === data[at - (at % 3)]);
  for (const name of await readdir(join(folder, 'of gray/page/pictures')))
    expect(isGray(await picture(join(folder, 'of gray/page/pictures', name))), name).toBe(true);
});

it.each([
  [2, ['--generated', 'made', '--out', 'new'], '--real DIR is needed'],
  [2, ['--out', 'new'], 'give --run RUN'],
  [2, ['--out', 'study', '--answers', 'x.json', '--run', 'town'], 'leave out --run and --generated'],
  [2, ['--generated', 'made', '--real', 'real', '--out', 'new', '--trials', '3', '--pairs', '2'], '--pairs 2: everybody judges 3'],
  [1, ['--generated', 'made', '--real', 'real', '--out', 'new'], 'there are 9 of one name'],
  [1, ['--generated', 'made', '--real', 'real', '--out', 'study', ...HOW], 'study holds a study already'],
  [1, ['--out', 'nowhere', '--answers', 'x.json'], 'nowhere holds no study'],
  [2, ['--out', 'study', '--answers', 'x.json'], '--answers x.json: there are no such files'],
  [2, ['--out', 'study', '--answers', 'made'], '--answers made: there are no such files'],
  [1, ['--out', 'study', '--answers', 'words.json'], 'words.json is no JSON'],
  [1, ['--out', 'study', '--answers', 'other.json'], 'other.json is not as expected'],
])('ends with status %i, and says why: %j', async (status, args, message) => {
  await writeFile(join(folder, 'words.json'), 'words');
  await writeFile(join(folder, 'other.json'), '{"study": 3}');
  const { code, stderr } = await run(folder, ['study', ...args]);
  expect({ code, stderr }).toEqual({ code: status, stderr: expect.stringContaining(message) });
});
