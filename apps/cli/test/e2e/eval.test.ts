/** `eval`: each metric on pictures whose scores are known, folders and runs alike, and what it refuses. */
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePicture, encodePng } from '@cyclegan/data';
import { PALETTES, pixelDistances } from '@cyclegan/eval';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFile, overflow, sharedBrowser } from './browser.ts';
import { writeMeanColour, writeNearestColour } from './judge-networks.ts';
import { run, TINY, temporaryFolder } from './program.ts';

const SIZE = 16;
const PLACES = ['000002', '000005', '000008', '000011', '000014'];

const browserOf = sharedBrowser();
let folder: string;

/** A town of five test places, a run on it, and networks that judge. */
beforeAll(async () => {
  folder = await temporaryFolder({ keep: true });
  await run(folder, ['synth', '--out', 'town', '--count', '3', '--test-count', '5', '--size', String(SIZE)]);
  await run(folder, ['train', '--data', 'town', '--name', 'town', ...TINY, '--threads', '1', '--max-steps', '1']);
  await writeNearestColour(folder, PALETTES.town, { size: SIZE });
  await writeMeanColour(folder, { size: SIZE });
  // each place's labels under the name of the next
  await mkdir(join(folder, 'shuffled'));
  for (const [at, place] of PLACES.entries())
    await copyFile(join(folder, 'town/labels/test', `${place}.png`), join(folder, 'shuffled', `${PLACES[(at + 1) % PLACES.length]}.png`));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Evaluates, and reads what was written. */
async function evaluate(metric: string, ...args: string[]) {
  const result = await run(folder, ['eval', '--metric', metric, '--threads', '1', '--out', 'out', ...args]);
  const read = async (name = metric) => JSON.parse(await readFile(join(folder, 'out', `${name}.json`), 'utf8'));
  return { ...result, read };
}

describe('fcn', () => {
  const LABELS = ['--labels', 'town/labels/test', '--fcn', 'segmenter.onnx'];

  it('of pictures that show their labels is 1, of those of other places lower', async () => {
    const { code, stderr, stdout, read } = await evaluate('fcn', '--generated', 'shuffled', '--real', 'town/labels/test', ...LABELS);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { results, inputs, options, versions } = await read();
    expect(results.real.perPixel).toEqual({ value: 1, interval: { low: 1, high: 1 } });
    expect(results.generated.perPixel.value).toBeLessThan(0.8);
    expect(results.generated.perPixel.interval.low).toBeLessThanOrEqual(results.generated.perPixel.value);
    expect(results.generated.pictures.map(({ name }: { name: string }) => name)).toEqual(PLACES);
    expect(inputs.fcn.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(options).toMatchObject({ absent: 'zero', voidDistance: 30, interpolation: 'nearest', batch: 8 });
    expect(Object.keys(versions)).toEqual(['cyclegan', 'onnxruntime', 'node']);
    expect(stdout).toMatch(/FCN score of 5 photos .*\n.*per-pixel/);
    expect(stdout).toMatch(/real photos \(upper bound\) {2}1\.000 \[1\.000, 1\.000\]/);
  });

  it('of a run has the aerial pictures as its upper bound, and is the same twice', async () => {
    const first = await evaluate('fcn', '--run', 'town', '--fcn', 'segmenter.onnx');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const { results, options, inputs } = await first.read();
    expect(Object.keys(results)).toEqual(['generated', 'real']);
    expect(options.direction).toBe('BtoA');
    expect(inputs).toMatchObject({ translatedAt: '16x16', labels: join(folder, 'town/labels/test') });
    const text = await readFile(join(folder, 'out/fcn.json'));
    await evaluate('fcn', '--run', 'town', '--fcn', 'segmenter.onnx');
    expect(await readFile(join(folder, 'out/fcn.json'))).toEqual(text);
  });
});

describe('segmentation', () => {
  it('counts pixels of the nearest colour, missing pairs left out and counted', async () => {
    const found = join(folder, 'found');
    await mkdir(found);
    for (const place of PLACES.slice(1)) await copyFile(join(folder, 'town/labels/test', `${place}.png`), join(found, `${place}.png`));
    const args = ['--generated', 'found', '--labels', 'town/labels/test', '--palette', 'town', '--absent', 'ignore'];
    const { code, stderr, read } = await evaluate('segmentation', ...args);
    expect(code).toBe(0);
    expect(stderr).toBe('warning: 1 picture has no counterpart of its name and was left out.\n');
    const { generated } = (await read()).results;
    expect([generated.perPixel.value, generated.perClass.value, generated.iou.value]).toEqual([1, 1, 1]);
    expect(generated.pictures).toHaveLength(4);
  });

  it('warns where hardly a label has a colour of the palette', async () => {
    const { code, stderr } = await evaluate('segmentation', '--generated', 'town/testA', '--labels', 'town/testB', '--palette', 'town');
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: \d+\.\d % of the label pixels are void, far from every colour of the palette town: check --palette/);
  });
});

describe('maps', () => {
  it('of a run are measured both ways and back, as of the folder that translate writes', async () => {
    const ofRun = await evaluate('maps', '--run', 'town', '--palette', 'town-map');
    expect(ofRun).toMatchObject({ code: 0 });
    const { results } = await ofRun.read();
    expect(Object.keys(results)).toEqual(['AtoB', 'AtoB/cycle', 'BtoA', 'BtoA/cycle']);
    await run(folder, ['translate', 'town/testA', '--run', 'town', '--out', 'maps', '--threads', '1']);
    const { read } = await evaluate('maps', '--generated', 'maps', '--real', 'town/testB', '--palette', 'town-map');
    const { generated } = (await read()).results;
    expect({ ...generated, about: '' }).toEqual({ ...results.AtoB, about: '' });
    const [picture, truth] = await Promise.all(
      ['maps', 'town/testB'].map((each) => decodePicture(join(folder, each, '000005.png'), { channels: 3 })),
    );
    if (picture === undefined || truth === undefined) throw new Error('the pictures are there');
    expect(generated.pictures[1]).toMatchObject({ name: '000005', ...pixelDistances(picture, truth) });
  });

  it('of a run that was trained from B to A are those of the second folder, as are its pictures there and back', async () => {
    await run(folder, ['train', '--data', 'town', '--name', 'back', '--direction', 'BtoA', ...TINY, '--threads', '1', '--max-steps', '1']);
    const { results } = await (await evaluate('maps', '--run', 'back', '--direction', 'AtoB')).read();
    await run(folder, ['translate', 'town/testB', '--run', 'back', '--out', 'aerial', '--threads', '1']);
    const { generated } = (await (await evaluate('maps', '--generated', 'aerial', '--real', 'town/testA')).read()).results;
    expect({ ...generated, about: '' }).toEqual({ ...results.AtoB, about: '' });
    await run(folder, ['translate', '--both', '--data', 'town', '--run', 'back', '--out', 'both', '--threads', '1']);
    const [one, other] = await Promise.all(['both/A/000002_fake_B.png', 'aerial/000002.png'].map((file) => readFile(join(folder, file))));
    expect(one).toEqual(other);
  });

  it('of equal pictures are perfect', async () => {
    const { stdout, read } = await evaluate('maps', '--generated', 'town/testB', '--real', 'town/testB');
    const { means, pictures } = (await read()).results.generated;
    expect(means).toMatchObject({ l1: { mean: 0 }, psnr: { mean: null }, within5: { mean: 1 } });
    expect(means.ssim.mean).toBeCloseTo(1, 12);
    expect(pictures).toHaveLength(5);
    expect(stdout).toContain('infinite');
  });
});

describe('distributions', () => {
  it('of equal sets do not differ, of others do', async () => {
    const same = await evaluate(
      'fid,kid,precision-recall',
      '--generated',
      'town/testA',
      '--real',
      'town/testA',
      '--features',
      'colours.onnx',
    );
    expect(same).toMatchObject({ code: 0, stderr: '' });
    expect((await same.read('fid')).results.value).toBeCloseTo(0, 6);
    expect((await same.read('precision-recall')).results).toMatchObject({ precision: { value: 1 }, recall: { value: 1 } });
    const other = await evaluate('fid,kid', '--run', 'town', '--features', 'colours.onnx', '--direction', 'AtoB');
    expect(other).toMatchObject({ code: 0 });
    expect((await other.read('fid')).results).toMatchObject({ pictures: { real: 5, generated: 5 }, features: 3, method: 'covariance' });
    expect((await other.read('fid')).results.value).toBeGreaterThan(10);
    expect((await other.read('kid')).results).toMatchObject({ subsets: 100, subsetSize: 2 });
  });

  it('do not depend on how many pictures a network takes at a time', async () => {
    await writeMeanColour(folder, { size: SIZE, batch: 2 }, 'pairs');
    const features = async (...args: string[]) => {
      const { code, read } = await evaluate('fid', '--generated', 'town/testA', '--real', 'town/testB', ...args);
      expect(code).toBe(0);
      return (await read()).results.value;
    };
    const value = await features('--features', 'colours.onnx');
    expect(await features('--features', 'colours.onnx', '--batch', '3')).toBe(value);
    expect(await features('--features', 'pairs.onnx')).toBe(value);
  });
});

it('class-change counts pictures of a class, by its name or number', async () => {
  await mkdir(join(folder, 'plain'));
  const colours = { one: [255, 0, 0], two: [200, 10, 250], three: [0, 9, 8], four: [250, 1, 2] } as const;
  for (const [name, rgb] of Object.entries(colours)) {
    const data = Uint8Array.from({ length: 300 }, (_, at) => rgb[at % 3] ?? 0);
    await writeFile(join(folder, 'plain', `${name}.png`), await encodePng({ width: 10, height: 10, channels: 3, data }));
  }
  for (const target of ['red', '0']) {
    const { code, stdout, read } = await evaluate('class-change', '--generated', 'plain', '--features', 'colours.onnx', '--target', target);
    expect(code).toBe(0);
    expect((await read()).results.generated).toMatchObject({ value: 0.5 });
    expect(stdout).toContain('class 0 (red)');
  }
});

it('writes a page with pictures that looks well, the best first', async (context) => {
  const { stdout } = await evaluate('fcn', '--run', 'town', '--fcn', 'segmenter.onnx');
  expect(stdout).toContain(join('out', 'fcn.html'));
  for (const [width, colours] of [
    [1280, 'light'],
    [390, 'dark'],
  ] as const) {
    const { page, problems } = await openFile(await browserOf(context), join(folder, 'out', 'fcn.html'), { width, colours });
    expect(await page.evaluate(`document.querySelector('h1').innerText`)).toBe('FCN score of town');
    const captions = (await page.evaluate(`[...document.querySelectorAll('.row')].map((row) => row.innerText)`)) as string[];
    expect(captions).toHaveLength(PLACES.length);
    expect(captions[0]?.split(/\s*\n\s*/)).toEqual(['input', 'generated', 'as the network sees it', 'real']);
    expect(await page.evaluate(`[...document.images].every(({ naturalWidth }) => naturalWidth === ${SIZE})`)).toBe(true);
    expect(await overflow(page)).toBe(0);
    expect(problems).toEqual([]);
  }
});

it('puts runs side by side, each with its own results', async () => {
  await run(folder, ['train', '--data', 'town', '--name', 'other', ...TINY, '--seed', '1', '--threads', '1', '--max-steps', '1']);
  const { code, stdout, stderr } = await evaluate(
    'maps,segmentation',
    '--compare',
    'town',
    'other',
    '--palette',
    'town-map',
    '--direction',
    'AtoB',
  );
  expect(code).toBe(0);
  expect(stderr).toContain('other:');
  const { rows, columns, baseline } = JSON.parse(await readFile(join(folder, 'out', 'comparison.json'), 'utf8'));
  expect(baseline).toBe('town');
  expect(columns.map(({ name }: { name: string }) => name)).toContain('segmentation: class IoU');
  expect(rows.map(({ name }: { name: string }) => name)).toEqual(['town', 'other']);
  const own = JSON.parse(await readFile(join(folder, 'runs/other/evaluation/maps.json'), 'utf8'));
  expect(rows[1].values[0].value).toBe(own.results.AtoB.means.l1.mean);
  expect(rows[1].values[0].difference.mean).toBeCloseTo(rows[1].values[0].value - rows[0].values[0].value, 12);
  expect(stdout).toMatch(/difference to town/);
  const page = await readFile(join(folder, 'out', 'comparison.html'), 'utf8');
  // the test pictures, what each run makes of them, and the true ones
  expect(page.match(/<img/g)).toHaveLength(4 * PLACES.length);
});

describe('what cannot be evaluated is refused by name', () => {
  const OK = ['--generated', 'town/testA', '--labels', 'town/labels/test'];
  it.each<[string, string[], number, RegExp]>([
    ['nothing', ['fcn', '--fcn', 'segmenter.onnx'], 2, /give --run RUN.* --generated DIR .* or --compare/],
    ['a metric that is none', ['fod', ...OK], 2, /Expected some of fcn, .*; did you mean 'fid'\?/],
    ['no network', ['fcn', ...OK], 2, /--fcn FILE is needed/],
    ['no description', ['fcn', ...OK, '--fcn', 'alone.onnx'], 2, /its description alone.json is missing; write one such as \{"input"/],
    ['another input', ['fcn', ...OK, '--fcn', 'wrong.onnx'], 1, /its input image \(float32 N x 3 x 16 x 16\) does not take .* 3 x 8 x 8/],
    [
      'another output',
      ['fid', ...OK, '--real', 'town/testB', '--features', 'flat.onnx'],
      1,
      /its output image2 .* is not a row of numbers/,
    ],
    ['another palette', ['fcn', ...OK, '--fcn', 'segmenter.onnx', '--palette', 'facades'], 1, /has 7 classes, the palette facades 12/],
    ['no ONNX', ['fcn', ...OK, '--fcn', 'text.onnx'], 1, /text.onnx: ONNX Runtime refuses the network/],
    [
      'no pairs',
      ['fcn', '--generated', 'plain2', '--labels', 'town/testB', '--fcn', 'segmenter.onnx'],
      1,
      /no picture of plain2 has the name/,
    ],
    ['an empty folder', ['maps', '--generated', 'empty', '--real', 'town/testB'], 1, /empty: no pictures found/],
    [
      'sizes',
      ['maps', '--generated', 'larger', '--real', 'town/testB'],
      1,
      /generated picture has 20 x 20 pixels, the real one 16 x 16; give --size/,
    ],
    ['no class', ['class-change', ...OK, '--features', 'colours.onnx', '--target', 'zebra'], 2, /names no such class/],
    ['no run', ['maps', '--run', 'city'], 1, /there is no run 'city'/],
    ['one run to compare', ['maps', '--compare', 'town'], 2, /two runs or more/],
    ['a run beside those compared', ['maps', '--compare', 'town', 'other', '--run', 'town'], 2, /leave out --run and --generated/],
  ])('%s', async (_, args, status, message) => {
    const { code, stderr } = await evaluate(args[0] ?? '', ...args.slice(1));
    expect(stderr).toMatch(message);
    expect(code).toBe(status);
    expect(stderr).not.toContain('should not happen');
  });

  beforeAll(async () => {
    await copyFile(join(folder, 'segmenter.onnx'), join(folder, 'alone.onnx'));
    await copyFile(join(folder, 'segmenter.onnx'), join(folder, 'wrong.onnx'));
    await writeFile(
      join(folder, 'wrong.json'),
      JSON.stringify({ input: { width: 8, height: 8 }, segmentation: { output: 'scores', classes: 'town' } }),
    );
    await copyFile(join(folder, 'colours.onnx'), join(folder, 'flat.onnx'));
    await writeFile(join(folder, 'flat.json'), JSON.stringify({ input: { width: SIZE, height: SIZE }, features: { output: 'image2' } }));
    await writeFile(join(folder, 'text.onnx'), 'no network');
    await copyFile(join(folder, 'segmenter.json'), join(folder, 'text.json'));
    const gray = { channels: 1, width: 20, height: 20, data: new Uint8Array(400) } as const;
    for (const [each, name] of [
      ['plain2', 'x'],
      ['larger', '000002'],
    ] as const) {
      await mkdir(join(folder, each));
      await writeFile(join(folder, each, `${name}.png`), await encodePng(gray));
    }
    await mkdir(join(folder, 'empty'));
  });
});
