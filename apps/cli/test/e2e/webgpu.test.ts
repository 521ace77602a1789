/** Training on the webgpu backend: what it chose goes with the run, its kernels are timed, and a run survives the loss of its device. */
import { rm, writeFile } from 'node:fs/promises';
import { encodeCheckpoint } from '@cyclegan/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointOf, checkpointsOf, FEW_KERNELS, metricsOf, type Result, run, start, temporaryFolder } from './program.ts';

/** As built: an engine is tried in a process of its own, which runs built files. */
const { checkEngine }: typeof import('../../src/engines/engine-check.ts') = await import(
  new URL('../../dist/engines/engine-check.js', import.meta.url).href
);

const ENGINE = { backend: 'webgpu', device: 'webgpu' } as const;
const { works, why } = await checkEngine(ENGINE, { rate: false });
const REQUIRED = /(^|,)(all|webgpu:webgpu)(,|$)/.test(process.env.REQUIRE_BACKENDS ?? '');
if (!works && !REQUIRED) console.info(`webgpu is not tried: ${why}`);

const STEPS = 6;

let folder: string;
const train = (...args: readonly string[]): Promise<Result> => run(folder, ['train', ...args]);
const begin = (name: string) => [
  '--data',
  'town',
  '--name',
  name,
  ...FEW_KERNELS,
  '--backend',
  'webgpu',
  '--max-steps',
  String(STEPS),
  '--checkpoint-every',
  '2',
];

beforeAll(async () => {
  folder = await temporaryFolder({ keep: true });
  await run(folder, ['synth', '--out', 'town', '--size', '16', '--count', '4']);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!works && !REQUIRED)('training on webgpu', () => {
  it('tells with --profile how long each kernel took, the longest first', async () => {
    const { code, stdout, stderr } = await train(...begin('whole'), '--profile');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`\\nkernels took \\d+\\.\\d+ ms a step, mean of ${STEPS} steps`));
    const [, table = ''] = /\nwhat they compute[^\n]*\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
    const shares = table.split('\n').flatMap((line) => (/ others /.test(line) ? [] : [Number(line.trim().split(/ +/).at(-2))]));
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(stdout).toMatch(/conv2d.* \(.*genAB/);
    const refused = await train(...begin('untimed'), '--profile', '--backend', 'onnx');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--profile: the onnx backend does not measure') });
  });

  it('ends with status 1 when the device is lost, and goes on from the last checkpoint as if nothing had been', async () => {
    const preload = new URL('./lose-device.js', import.meta.url).href;
    // four steps and two checkpoints, then a step too many
    const environment = { NODE_OPTIONS: `--import ${preload}`, LOSE_AFTER: '7' };
    const lost = await start(folder, ['train', ...begin('lost')], environment).result;
    expect(lost.code).toBe(1);
    expect(lost.stderr).toMatch(/^error: .*the GPU device was lost .* Remedy: continue from the last checkpoint/);
    const said = /failed; saved is step (\d+)\. When the cause is mended, go on with: cyclegan train --name lost --resume/;
    const saved = Number(said.exec(lost.stdout)?.[1]);
    expect(saved).toBeGreaterThan(0);
    expect(saved).toBeLessThan(STEPS);
    expect((await checkpointOf(folder, 'lost')).state.step).toBe(saved);
    expect(await train('--name', 'lost', '--resume', '--max-steps', String(STEPS))).toMatchObject({ code: 0, stderr: '' });
    expect((await metricsOf(folder, 'lost')).map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, at) => at + 1));
    expect((await checkpointOf(folder, 'lost')).state).toEqual((await checkpointOf(folder, 'whole')).state);
  });

  it('goes on with the kernels that were chosen before; on another adapter it chooses anew, and says so', async () => {
    const { state, ...info } = await checkpointOf(folder, 'whole');
    const { choices } = state;
    if (choices === undefined) throw new Error('the checkpoint has no choices');
    const file = (await checkpointsOf(folder, 'whole')).at(-1) ?? '';
    const variants = Object.fromEntries(Object.keys(choices.variants).map((what) => [what, '16x16']));
    expect(variants).not.toEqual(choices.variants);
    await writeFile(file, await encodeCheckpoint({ ...state, choices: { ...choices, variants } }, info));
    const resume = (steps: number) => ['--name', 'whole', '--resume', '--max-steps', String(STEPS + steps)];
    const { code, stderr, stdout } = await train(...resume(1), '--profile', '--log', 'json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect((await checkpointOf(folder, 'whole')).state.choices).toEqual({ ...choices, variants });
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const kernels = expect.arrayContaining([expect.objectContaining({ dispatches: 1 })]);
    expect(events.at(-2)).toMatchObject({ event: 'profile', steps: 1, kernels });

    const engine = 'another adapter';
    const elsewhere = { ...info, environment: { ...info.environment, engine } };
    await writeFile(file, await encodeCheckpoint({ ...state, choices: { engine, variants } }, elsewhere));
    const moved = await train(...resume(2), '--from-step', String(STEPS));
    expect(moved.code).toBe(0);
    expect(moved.stderr).toContain(
      `engine was another adapter and is ${choices.engine}; kernels, which were chosen for the former engine, are chosen anew`,
    );
    expect((await checkpointOf(folder, 'whole')).state.choices).toEqual(choices);
  });
});
