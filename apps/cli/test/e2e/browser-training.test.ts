/** The example page that trains in a browser's tab, in a real one: what it computes is compared with Node, and what it saves goes on there. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createWebGpuBackend } from '@cyclegan/backend-webgpu';
import { type Backend, Translator, train } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { decodePicture, pictureToTensor, tensorToPicture } from '@cyclegan/data';
import { MemoryBatches } from '@cyclegan/data/memory';
import { decodeCheckpoint } from '@cyclegan/formats';
import { modelOf, scheduleOf } from '@cyclegan/formats/run';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tabSettings } from '../../../../examples/browser/src/tab-settings.ts';
import { townPictures } from '../../../../examples/browser/src/town-pictures.ts';
import { openAddress, overflow, SOFTWARE_WEBGPU, sharedBrowser } from './browser.ts';
import { metricsOf, run, temporaryFolder, writePicture } from './program.ts';
import { serve } from './static-server.ts';

const BUILT = fileURLToPath(new URL('../../../../examples/browser/dist/', import.meta.url));

/** What is chosen on the page. */
const CHOICES = { size: 16, filters: 4, blocks: 1, steps: 10 };
const COUNT = 6;
/** Steps that Node trains further. */
const MORE = 2;

/**
 * How far losses may be apart, relative to the larger. The same kernels on the same software processor give the same bits; other versions of it may
 * round otherwise. Against f64, Adam makes more of f32's rounding (6e-8) with each step: 3e-7 after the first, 4e-5 after the tenth was measured.
 */
const BOUND = { sameEngine: 1e-5, otherEngine: 1e-3 };

/** Kernels are compiled for a processor meanwhile, in milliseconds. */
const LONG = 600_000;

type Losses = Readonly<Record<string, number>>;

const withGpu = sharedBrowser(SOFTWARE_WEBGPU);
const withoutGpu = sharedBrowser(['--disable-features=WebGPU,WebGPUService', '--disable-gpu']);

/** The losses of each step of the training that the page is asked for, computed here. */
async function lossesHere(backend: Backend, steps: number): Promise<Losses[]> {
  const { loadHeight, seed } = tabSettings(CHOICES, 1);
  const { size } = CHOICES;
  const data = new MemoryBatches({ ...townPictures(COUNT, loadHeight), height: size, width: size, seed });
  const settings = tabSettings(CHOICES, data.stepsPerEpoch);
  const options = { model: modelOf(settings), learningRate: settings.lr, schedule: scheduleOf(settings), seed, maxSteps: steps };
  const losses: Losses[] = [];
  try {
    for await (const event of train({ ...options, backend, data })) if (event.kind === 'step') losses.push(event.losses);
  } finally {
    await backend.dispose();
  }
  return losses;
}

/** The largest difference between losses of the same steps, relative to the larger of the two. */
function apart(some: readonly Losses[], others: readonly Losses[]): number {
  expect(some.map((losses) => Object.keys(losses).sort())).toEqual(others.map((losses) => Object.keys(losses).sort()));
  const pairs = some.flatMap((losses, step) => Object.entries(losses).map(([name, value]) => [value, others[step]?.[name] ?? Number.NaN]));
  return Math.max(...pairs.map(([a = 0, b = 0]) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b))));
}

async function trainInTab(page: Page): Promise<void> {
  for (const [name, value] of Object.entries({ ...CHOICES, count: COUNT })) await page.fill(`[name=${name}]`, String(value));
  await page.click('#train');
  const ended = "/^Done/.test(document.getElementById('status').textContent) || !document.getElementById('problem').hidden";
  await page.waitForFunction(ended, undefined, { timeout: LONG });
  expect(await page.textContent('#problem')).toBe('');
}

/** What a button hands out, as a file in `folder`. */
async function downloaded(page: Page, selector: string, folder: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

/** The samples of the picture that the page has made, in RGB. */
async function translationIn(page: Page): Promise<number[]> {
  await page.waitForSelector('#translation canvas');
  const rgba = (await page.evaluate(`(() => {
    const canvas = document.querySelector('#translation canvas');
    return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data];
  })()`)) as number[];
  return rgba.filter((_, at) => at % 4 !== 3);
}

function levelsApart(some: ArrayLike<number>, others: ArrayLike<number>): number {
  expect(some.length).toBe(others.length);
  return Math.max(...Array.from(some, (value, at) => Math.abs(value - (others[at] ?? Number.NaN))));
}

describe('the page that trains in a tab', () => {
  let reference: Losses[];
  beforeAll(async () => {
    reference = await lossesHere(createReferenceBackend(), CHOICES.steps + MORE);
  });

  it("trains with Node's losses, translates, and saves what Node goes on with", async (context) => {
    const folder = await temporaryFolder();
    const { page, problems } = await openAddress(await withGpu(context), await serve(BUILT), { width: 1280 });
    const [inNode] = await Promise.all([lossesHere(await createWebGpuBackend({ software: true }), CHOICES.steps), trainInTab(page)]);

    const lines = (await readFile(await downloaded(page, '#save-losses', folder), 'utf8')).trim().split('\n');
    const inTab = lines.map((line) => JSON.parse(line).losses as Losses);
    expect(inTab).toHaveLength(CHOICES.steps);
    expect(apart(inTab, reference.slice(0, CHOICES.steps))).toBeLessThan(BOUND.otherEngine);
    expect(apart(inTab, inNode)).toBeLessThan(BOUND.sameEngine);

    const checkpoint = await downloaded(page, '#save', folder);
    const { state, model } = await decodeCheckpoint(await readFile(checkpoint));
    expect(state.step).toBe(CHOICES.steps);

    await writePicture(join(folder, 'in.png'), [20, 18]);
    await page.setInputFiles('[name=picture]', join(folder, 'in.png'));
    await page.click('#translate');
    const picture = await decodePicture(join(folder, 'in.png'), { channels: 3 });
    const translator = new Translator({ backend: createReferenceBackend(), generator: model.generatorAB, weights: state.variables });
    const expected = tensorToPicture(await translator.translate(pictureToTensor(picture))).data;
    expect(levelsApart(await translationIn(page), expected)).toBeLessThanOrEqual(1);

    const commands = [
      ['translate', 'in.png', '--run', checkpoint, '--out', 'out'],
      ['synth', '--out', 'town', '--size', String(tabSettings(CHOICES, 1).loadHeight), '--count', String(COUNT)],
      ['import', checkpoint, '--name', 'tab'],
      ['train', '--name', 'tab', '--resume', '--data', 'town', '--max-steps', String(CHOICES.steps + MORE), '--threads', '1'],
    ];
    for (const command of commands) {
      const result = await run(folder, command);
      expect(result, result.stderr).toMatchObject({ code: 0 });
    }
    const [translated = ''] = await readdir(join(folder, 'out'));
    expect(levelsApart((await decodePicture(join(folder, 'out', translated), { channels: 3 })).data, expected)).toBeLessThanOrEqual(1);
    const further = await metricsOf(folder, 'tab');
    expect(further.map(({ step }) => step)).toEqual([11, 12]);
    const after = reference.slice(CHOICES.steps);
    expect(
      apart(
        further.map(({ losses }) => losses),
        after,
      ),
    ).toBeLessThan(BOUND.otherEngine);
    for (const [width, colorScheme] of [
      [1280, 'dark'],
      [390, 'light'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await overflow(page)).toBe(0);
    }
    expect(problems).toEqual([]);
  });

  it('says what to do where there is no WebGPU', async (context) => {
    const { page } = await openAddress(await withoutGpu(context), await serve(BUILT), { width: 390 });
    await page.waitForSelector('#problem:not([hidden])');
    expect(await page.textContent('#problem')).toMatch(/WebGPU|adapter.*Remedy: .*browser/);
    expect(await page.isDisabled('#train')).toBe(true);
    expect(await overflow(page)).toBe(0);
  });
});

it('what is built for the browser asks for nothing of Node', async () => {
  const scripts = (await readdir(join(BUILT, 'assets'))).filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(1);
  for (const name of scripts) {
    const text = await readFile(join(BUILT, 'assets', name), 'utf8');
    expect(text).not.toMatch(/(from|import|require)\s*\(?\s*["'`](node:|fs|webgpu|sharp)/);
  }
});
