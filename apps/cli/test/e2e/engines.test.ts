/** Training on every engine but the default that this machine has, from the start and from another engine's checkpoint, and on one that it has not. */
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointOf, metricsOf, type Result, run, temporaryFolder } from './program.ts';

/** As built: an engine is tried in a process of its own, which runs built files. */
const { checkEngine }: typeof import('../../src/engines/engine-check.ts') = await import(
  new URL('../../dist/engines/engine-check.js', import.meta.url).href
);

/** Engines that may not be absent: two always work, and an environment can name others, as in `tfjs:webgpu,tfjs:node`. */
const REQUIRED = ['tfjs:cpu', 'tfjs:wasm', ...(process.env.REQUIRE_BACKENDS ?? '').split(',')];

/** In software TensorFlow.js on WebGPU takes a second or two for each thousand nodes of a step's graph: this one has 943. */
const MODEL =
  '--size 16 --generator unet --levels 2 --ngf 2 --ndf 2 --disc-layers 1 --pool-size 3 --lambda-identity 0 --sample-every 0'.split(' ');

const [STEPS, FIRST] = [20, 5];

const ENGINES = [
  { backend: 'tfjs', device: 'cpu' },
  { backend: 'tfjs', device: 'wasm' },
  { backend: 'tfjs', device: 'node' },
  { backend: 'tfjs', device: 'webgpu' },
  { backend: 'tfjs', device: 'node-gpu' },
  { backend: 'webgpu', device: 'webgpu' },
] as const;

const reports = await Promise.all(ENGINES.map((engine) => checkEngine(engine, { rate: false })));
const present = reports.filter(({ works, backend, device }) => works || REQUIRED.includes(`${backend}:${device}`));
for (const { backend, device, why } of reports.filter((report) => !present.includes(report)))
  console.info(`${backend} on ${device} is not tried: ${why}`);

let folder: string;
const train = (...args: readonly string[]): Promise<Result> => run(folder, ['train', ...args]);

beforeAll(async () => {
  folder = await temporaryFolder({ keep: true });
  await run(folder, ['synth', '--out', 'town', '--size', '16', '--count', '4']);
  const begun = await train('--data', 'town', '--name', 'onnx', ...MODEL, '--threads', '1', '--max-steps', String(FIRST));
  expect(begun).toMatchObject({ code: 0, stderr: '' });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(present.map(({ backend, device }) => [backend, device] as const))('%s on %s', (backend, device) => {
  const engine = ['--backend', backend, '--device', device];
  const own = `${backend}-${device}`;

  it('trains as onnx does, and ends by itself', async () => {
    const { code, stderr, stdout } = await train('--data', 'town', '--name', own, ...MODEL, ...engine, '--max-steps', String(STEPS));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${backend} on ${device} (`);
    const [losses, expected] = [await metricsOf(folder, own), await metricsOf(folder, 'onnx')];
    expect(losses).toHaveLength(STEPS);
    for (const [at, { losses: ofStep }] of expected.entries()) {
      for (const [name, loss] of Object.entries(ofStep))
        expect(Math.abs((losses[at]?.losses[name] ?? Number.NaN) / loss - 1)).toBeLessThan(1e-3);
    }
  });

  it("goes on from another engine's checkpoint, with one warning", async () => {
    const name = `onnx-${own}`;
    await cp(join(folder, 'runs', 'onnx'), join(folder, 'runs', name), { recursive: true });
    const { code, stderr } = await train('--name', name, '--resume', ...engine, '--max-steps', String(FIRST + 2));
    expect(code).toBe(0);
    expect(stderr.match(/warning:/g)).toHaveLength(1);
    expect(stderr).toContain(`backend was onnx and is ${backend}`);
    expect((await checkpointOf(folder, name)).state.step).toBe(FIRST + 2);
    const lines = [await metricsOf(folder, name), await metricsOf(folder, own)];
    const [resumed, straight] = lines.map((all) => all[FIRST + 1]?.losses);
    for (const [loss, value] of Object.entries(straight ?? {}))
      expect(Math.abs((resumed?.[loss] ?? Number.NaN) / value - 1)).toBeLessThan(1e-2);
  });
});

it('chooses an engine by itself, says which, and keeps it', async () => {
  const { code, stderr } = await train('--data', 'town', '--name', 'auto', ...MODEL, '--backend', 'auto', '--max-steps', '1');
  expect(code).toBe(0);
  const [, backend, device] = /^--backend auto: (\w+) on ([\w-]+) \(.+\)\n$/.exec(stderr) ?? [];
  const config = JSON.parse(await readFile(join(folder, 'runs', 'auto', 'config.json'), 'utf8'));
  expect(config.execution).toMatchObject({ backend, device });
  expect(await train('--name', 'auto', '--resume', '--max-steps', '2')).toMatchObject({ code: 0, stderr: '' });
});

it('stops with the remedy where an engine is not there, and leaves no run', async () => {
  for (const { backend, device } of reports.filter(({ works }) => !works)) {
    const { code, stderr } = await train('--data', 'town', '--name', 'absent', ...MODEL, '--backend', backend, '--device', device);
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^error: device ${device}: .*\\. Remedy: .+\n$`));
  }
  expect(await readdir(join(folder, 'runs'))).not.toContain('absent');
});
