/**
 * What the host's side of a training step costs: finding out about the pictures, decoding and composing batches with an empty and a
 * full cache, and drawing the random numbers a step is fed. Makes its pictures itself, in a temporary folder. Main is time the main
 * thread was busy, CPU that of all threads, which decoding takes from training when all cores are in use. Run it on an idle machine:
 *   npm run bench:loading -- --pictures 40 --picture-size 600 --step-128 2.1 --step-256 7
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CycleGanConfig, cycleGanModel, randomStream, stepFeeds, traceStep } from '@cyclegan/core';
import { encodePicture, listDomain, type Picture, PictureBatches, type PictureFile, scanPictures } from '@cyclegan/data';

const SIZES = [128, 256] as const;

/** Milliseconds for each of some calls. */
interface Cost {
  readonly main: number;
  readonly cpu: number;
  readonly wall: number;
}

/** One line of the table. */
interface Row extends Cost {
  readonly what: string;
  /** Of CPU time to the time of a step on all cores; missing for what happens once. */
  readonly share?: number;
}

/** Measures `calls` calls, one after the other; the first is not counted. */
async function measure(calls: number, call: (number: number) => unknown): Promise<Cost> {
  await call(0);
  const before = { cpu: process.cpuUsage(), loop: performance.eventLoopUtilization(), now: performance.now() };
  for (let number = 1; number <= calls; number++) await call(number);
  const { user, system } = process.cpuUsage(before.cpu);
  const wall = performance.now() - before.now;
  const { active } = performance.eventLoopUtilization(before.loop);
  return { main: active / calls, cpu: (user + system) / 1000 / calls, wall: wall / calls };
}

/** Soft shapes with some grain: compresses about as well as a photograph. */
function photograph(number: number, size: number): Picture {
  const { uniform } = randomStream(number, 'grain');
  const data = new Uint8Array(size * size * 3);
  for (let at = 0; at < data.length; at++) {
    const [x, y] = [Math.floor(at / 3) % size, Math.floor(at / 3 / size)];
    const shape = Math.sin((x * (2 + (number % 5))) / 60 + (at % 3)) * Math.cos((y * (1 + (number % 3))) / 40);
    data[at] = 128 + 90 * shape + 24 * (uniform(0, at) - 0.5);
  }
  return { width: size, height: size, channels: 3, data };
}

async function writeDomain(folder: string, { count, size }: { readonly count: number; readonly size: number }): Promise<PictureFile[]> {
  for (let number = 0; number < count; number++) {
    await writeFile(join(folder, `${number}.jpg`), await encodePicture(photograph(number, size), 'jpeg'));
  }
  return listDomain(folder);
}

async function measureBatches(files: readonly PictureFile[], size: number): Promise<{ cold: Cost; warm: Cost }> {
  const common = { A: files, B: files, height: size, width: size, seed: 1, prefetch: 0 };
  const cold = new PictureBatches({ ...common, cacheBytes: 0 });
  const warm = new PictureBatches(common);
  for (let step = 0; step < 3 * files.length; step++) await warm.batch(step);
  return {
    cold: await measure(files.length, (step) => cold.batch(step)),
    warm: await measure(4 * files.length, (step) => warm.batch(step)),
  };
}

function modelAt(size: number, dropout: boolean): CycleGanConfig {
  return cycleGanModel({ height: size, width: size, generator: { kind: 'resnet', filters: 64, blocks: 9, norm: 'instance', dropout } });
}

function measureFeeds(model: CycleGanConfig): Promise<Cost> {
  const graph = traceStep(model);
  return measure(10, (step) => stepFeeds(model, graph, { seed: 1, step, learningRate: 2e-4 }));
}

function print(rows: readonly Row[]): void {
  const number = (value: number) => value.toFixed(value < 10 ? 2 : 0);
  console.log('| | main, ms | CPU, ms | wall, ms | CPU of a step |\n|---|---|---|---|---|');
  for (const { what, main, cpu, wall, share } of rows) {
    const part = share === undefined ? '' : `${(100 * share).toFixed(2)} %`;
    console.log(`| ${what} | ${number(main)} | ${number(cpu)} | ${number(wall)} | ${part} |`);
  }
  console.log(JSON.stringify(rows));
}

const { values } = parseArgs({
  options: {
    pictures: { type: 'string', default: '40' },
    'picture-size': { type: 'string', default: '600' },
    'step-128': { type: 'string', default: '2.1' },
    'step-256': { type: 'string', default: '7' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'cyclegan-bench-'));
try {
  const files = await writeDomain(folder, { count: Number(values.pictures), size: Number(values['picture-size']) });
  const scan = await measure(3, () => scanPictures(files));
  const thousand = 1000 / files.length;
  const rows: Row[] = [
    { what: 'headers of 1000 pictures, once', main: scan.main * thousand, cpu: scan.cpu * thousand, wall: scan.wall * thousand },
  ];
  for (const size of SIZES) {
    const stepMs = Number(values[`step-${size}`]) * 1000 * cpus().length;
    const { cold, warm } = await measureBatches(files, size);
    const feeds = await measureFeeds(modelAt(size, false));
    const dropout = await measureFeeds(modelAt(size, true));
    for (const [what, cost] of Object.entries({
      'batch, empty cache': cold,
      'batch, full cache': warm,
      feeds,
      'feeds with dropout': dropout,
    })) {
      rows.push({ what: `${size}: ${what}`, ...cost, share: cost.cpu / stepMs });
    }
  }
  print(rows);
} finally {
  await rm(folder, { recursive: true });
}
