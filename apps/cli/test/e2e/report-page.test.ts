/** The report of a run in a browser, opened from the disk. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReportData } from '../../src/report/report-data.ts';
import { openFile, overflow, sharedBrowser } from './browser.ts';
import { metricsOf, run, TINY, workFolder, writePicture } from './program.ts';
import { reportOf, tellReport } from './report-data.ts';

/** Text that would do harm where it is taken for HTML or for the end of a script; also a file name, but on Windows. */
const HOSTILE = `'"><img src=x onerror=window.harmed=1><!--<script>`;
const HOSTILE_NAME = process.platform === 'win32' ? 'one.png' : `${HOSTILE}.png`;

const browserOf = sharedBrowser();
let folder: string;
let report: string;
let trained: ReportData;

beforeAll(async () => {
  folder = await workFolder({ keep: true });
  await writePicture(join(folder, 'data', 'testA', HOSTILE_NAME), [16, 16], 90);
  const options = '--backend onnx --threads 1 --visuals all --sample-every 2 --max-steps 6'.split(' ');
  await run(folder, ['train', '--data', 'data', '--name', 'seen', ...TINY, ...options]);
  report = join(folder, 'runs', 'seen', 'report.html');
  trained = await reportOf(folder, 'seen');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const shownText = (page: Page, selector: string) =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`) as Promise<string>;

/** How many pixels of each chart are drawn in the colour of domain A, B, or of neither. */
const DRAWN = `[...document.querySelectorAll('.plot canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colours = ['--side-a', '--side-b', '--text'].map((name) => {
    const hex = getComputedStyle(document.body).getPropertyValue(name).trim().slice(1);
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16));
  });
  let count = 0;
  for (let at = 0; at < data.length; at += 4)
    if (data[at + 3] === 255 && colours.some((colour) => colour.every((value, channel) => data[at + channel] === value))) count++;
  return count;
})`;

it.for([
  { width: 1280, colours: 'light' },
  { width: 1280, colours: 'dark' },
  { width: 390, colours: 'light' },
  { width: 390, colours: 'dark' },
] as const)('shows all there is, $width pixels wide and $colours', async (look, context) => {
  await tellReport(folder, 'seen', trained);
  const { page, problems } = await openFile(await browserOf(context), report, look);
  await page.waitForSelector('.plot canvas');
  expect(await shownText(page, '#status')).toMatch(/^done\s+step 6 of 6, epoch 2 of 200/);
  expect(await shownText(page, '#settings')).toContain('--disc-layers');
  expect(await shownText(page, '#commands')).toContain('cyclegan translate PICTURES --run runs/seen');
  // two fixed pictures of A and B at least and the last batch, in eight views each
  const loaded = (await page.evaluate(
    'Promise.all([...document.images].map((image) => image.decode().then(() => image.naturalWidth)))',
  )) as number[];
  expect(loaded.length).toBeGreaterThanOrEqual(4 * 8);
  expect(new Set(loaded)).toEqual(new Set([16]));
  const drawn = (await page.evaluate(DRAWN)) as number[];
  expect(drawn).toHaveLength(7);
  expect(Math.min(...drawn)).toBeGreaterThan(50);
  expect(await overflow(page)).toBe(0);
  expect(problems).toEqual([]);
});

it('shows the pictures of any sample by its slider and its keys', async (context) => {
  await tellReport(folder, 'seen', trained);
  const { page, problems } = await openFile(await browserOf(context), report, { width: 1280 });
  const shown = async () => [
    await shownText(page, '#pictures output'),
    await page.evaluate(
      `[...document.querySelectorAll('#pictures img')].map((image) => decodeURIComponent(image.src)).find((path) => path.endsWith('-fake.png'))`,
    ),
  ];
  await page.waitForSelector('#pictures img');
  expect(await shown()).toEqual(['step 6', expect.stringContaining('step-000006-fake.png')]);
  await page.focus('#pictures input');
  await page.keyboard.press('ArrowLeft');
  expect(await shown()).toEqual(['step 4', expect.stringContaining('step-000004-fake.png')]);
  await page.keyboard.press('Home');
  expect(await shown()).toEqual(['step 2', expect.stringContaining('step-000002-fake.png')]);
  await page.click('#pictures button');
  await page.waitForFunction(`document.querySelector('#pictures output').innerText === 'step 6'`);
  expect(await shownText(page, '#pictures button')).toBe('Play');
  expect(problems).toEqual([]);
});

it('tells in its legends what the metrics say', async (context) => {
  await tellReport(folder, 'seen', trained);
  const { page } = await openFile(await browserOf(context), report, { width: 1280 });
  await page.waitForSelector('.plot canvas');
  await page.evaluate(
    `(() => { const slider = document.querySelector('#curves input'); slider.value = '0'; slider.dispatchEvent(new Event('input')); })()`,
  );
  const losses = (await metricsOf(folder, 'seen')).at(-1)?.losses ?? {};
  // data have four digits, legends three
  const text = (name: string) => String(Number(Number(losses[name]?.toPrecision(4)).toPrecision(3)));
  const legends = (await page.evaluate(`[...document.querySelectorAll('.legend')].map((legend) => legend.textContent)`)) as string[];
  expect(legends[2]).toBe(`A to B to A: ${text('cycleA')} B to A to B: ${text('cycleB')} step 6`);
});

it('follows a run that is trained, and stays where it is looked at', async (context) => {
  const training: ReportData = { ...trained, status: 'training', updated: Date.now(), progress: { ...trained.progress, lastStep: 1000 } };
  await tellReport(folder, 'seen', training);
  const { page, problems } = await openFile(await browserOf(context), report, { width: 1280 });
  await page.waitForSelector('.plot canvas');
  expect(await shownText(page, '#status')).toContain('step 6 of 1,000');
  await page.focus('#pictures input');
  await page.keyboard.press('Home');
  await page.evaluate(`document.querySelector('#settings details').open = true`);
  const plot = await page.$('.plot .u-over');
  await plot?.scrollIntoViewIfNeeded();
  const box = await plot?.boundingBox();
  const [left, top, width] = [box?.x ?? 0, (box?.y ?? 0) + 50, box?.width ?? 0];
  await page.mouse.move(left + width * 0.5, top);
  await page.mouse.down();
  await page.mouse.move(left + width * 0.9, top, { steps: 4 });
  await page.mouse.up();
  const reset = `document.querySelector('#curves button').hidden`;
  await page.waitForFunction(`!${reset}`);
  const scrolled = await page.evaluate('scrollY');

  const warning = { title: `Lost ${HOSTILE}`, why: HOSTILE, remedies: ['--lambda-identity 1', HOSTILE] };
  const { curves, samples, progress } = training;
  const [group] = samples;
  await tellReport(folder, 'seen', {
    ...training,
    updated: Date.now(),
    progress: { ...progress, step: 7 },
    warnings: { step: 7, list: [warning] },
    samples: group === undefined ? [] : [group, { grid: 'samples/step-STEP.png', pictures: [], steps: [7] }],
    curves: {
      steps: [...curves.steps, 7],
      of: Object.fromEntries(Object.entries(curves.of).map(([name, { mean }]) => [name, { mean: [...mean, 1] }])),
    },
  });
  await page.waitForFunction(`document.querySelector('#status').innerText.includes('step 7 of')`, undefined, { timeout: 20_000 });
  expect(await shownText(page, '#warnings')).toContain(`Lost ${HOSTILE}`);
  expect(await shownText(page, '#pictures output')).toBe('step 2');
  expect(await page.evaluate(`document.querySelector('#pictures input').max`)).toBe('3');
  expect(await page.evaluate(reset)).toBe(false);
  expect(await page.evaluate(`document.querySelector('#settings details').open`)).toBe(true);
  // a warning above pushes what is looked at down by its height, and the browser keeps it in view
  expect(Number(await page.evaluate('scrollY'))).toBeGreaterThanOrEqual(Number(scrolled));
  await page.click('#curves button');
  expect(await page.evaluate(reset)).toBe(true);
  expect(await page.evaluate('window.harmed')).toBeUndefined();
  expect(await shownText(page, '#pictures')).toContain(HOSTILE_NAME);
  expect(problems).toEqual([]);
});

it('says when a run has told nothing for long, and how it failed', async (context) => {
  const browser = await browserOf(context);
  await tellReport(folder, 'seen', { ...trained, status: 'training', updated: Date.now() - 600_000 });
  const stale = await openFile(browser, report, { width: 390 });
  await stale.page.waitForSelector('.plot canvas');
  expect(await shownText(stale.page, '#status')).toMatch(
    /no news[\s\S]*the run may have been stopped\. Go on with:\s+cyclegan train --name seen --resume/,
  );

  await tellReport(folder, 'seen', { ...trained, status: 'failed', failure: { message: HOSTILE, advice: 'Mend it.' } });
  const failed = await openFile(browser, report, { width: 390 });
  await failed.page.waitForSelector('.plot canvas');
  expect(await shownText(failed.page, '#status')).toContain(`${HOSTILE} Mend it.`);
  expect(await failed.page.evaluate('window.harmed')).toBeUndefined();
  expect(await overflow(failed.page)).toBe(0);
  expect([...stale.problems, ...failed.problems]).toEqual([]);
});

it('says in a sentence when its data are not there, and needs no network', async (context) => {
  expect(await readFile(report, 'utf8')).not.toMatch(/(src|href)="?https?:|@import/);
  await rm(join(folder, 'runs', 'seen', 'report'), { recursive: true });
  const { page, problems } = await openFile(await browserOf(context), report, { width: 1280 });
  await page.waitForFunction(`document.querySelector('#message').innerText.startsWith('The data of this report are missing')`);
  expect(problems.filter((problem) => !problem.includes('ERR_FILE_NOT_FOUND'))).toEqual([]);
});
