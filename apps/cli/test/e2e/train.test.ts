/** Training as a user does it: start, stop, kill, go on. */
import { execFileSync } from 'node:child_process';
import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { randomStream, type TrainingState, train } from '@cyclegan/core';
import { describe, expect, it, vi } from 'vitest';
import { createBackend } from '../../src/backends.ts';
import { modelOf, type Settings, scheduleOf } from '../../src/settings/settings.ts';
import { openData } from '../../src/train/data-source.ts';
import { checkpointOf, checkpointsOf, metricsOf, run, start, TINY, workFolder, writePicture } from './program.ts';

/** How often a run is killed. */
const KILLS = 20;

const ENGINES = { onnx: '--backend onnx --threads 1'.split(' '), reference: '--backend reference'.split(' ') };

describe.each(Object.entries(ENGINES))('on %s', (_, engine) => {
  it('goes on after a stop as if there had been none, with the learning rates of the whole run', async () => {
    const folder = await workFolder();
    const train = (name: string, ...args: string[]) => run(folder, ['train', '--name', name, ...engine, ...args]);
    const begin = ['--data', 'data', ...TINY, '--epochs', '1', '--decay-epochs', '1'];
    expect(await train('whole', ...begin, '--sample-every', '3')).toMatchObject({ code: 0, stderr: '' });
    expect(await train('parts', ...begin, '--max-steps', '4')).toMatchObject({ code: 0 });
    expect(await train('parts', '--resume')).toMatchObject({ code: 0, stderr: '' });

    const checkpointBytes = async (name: string) => readFile((await checkpointsOf(folder, name)).at(-1) ?? '');
    const [expected, resumed] = [await checkpointOf(folder, 'whole'), await checkpointOf(folder, 'parts')];
    expect(resumed.state).toEqual(expected.state);
    expect(resumed.state.step).toBe(10);
    expect(await checkpointBytes('parts')).toEqual(await checkpointBytes('whole'));
    const lasting = async (name: string) => (await metricsOf(folder, name)).map((line) => ({ ...line, seconds: 0, rssMb: 0 }));
    expect(await lasting('parts')).toEqual(await lasting('whole'));
    const rates = (await metricsOf(folder, 'parts')).map(({ learningRate }) => learningRate);
    expect(rates).toEqual([...Array(5).fill(2e-4), ...Array(5).fill(1e-4)]);
    const samples = [3, 6, 9, 10].map((step) => `step-${String(step).padStart(6, '0')}.png`);
    expect(await readdir(join(folder, 'runs', 'whole', 'samples'))).toEqual(['fixed', ...samples]);
  });
});

describe('on onnx', () => {
  const begin = ['train', '--data', 'data', ...TINY, ...ENGINES.onnx];

  it('gives the same with one seed and something else with another', async () => {
    const folder = await workFolder();
    const state = async (name: string, seed: string) => {
      await run(folder, [...begin, '--name', name, '--seed', seed, '--max-steps', '2']);
      return (await checkpointOf(folder, name)).state;
    };
    const [one, again, other] = await Promise.all([state('one', '1'), state('again', '1'), state('other', '2')]);
    expect(again).toEqual(one);
    const weight = 'genAB/stem/conv/weight';
    expect(other.variables[weight]).not.toEqual(one.variables[weight]);
  });

  it('gives in its thread the very numbers of training without one', async () => {
    const folder = await workFolder();
    await run(folder, [...begin, '--name', 'threaded', '--max-steps', '3', '--checkpoint-every', '1', '--sample-every', '2']);
    const { settings, state } = await checkpointOf(folder, 'threaded');
    const known = settings as unknown as Settings;
    const { source } = await openData(known, { data: join(folder, 'data') }, () => undefined);
    const backend = await createBackend({ backend: 'onnx', device: 'cpu', threads: 1 });
    const { lr, seed } = known;
    const options = { model: modelOf(known), schedule: scheduleOf(known), learningRate: lr, seed, maxSteps: 3, backend, data: source };
    const states: TrainingState[] = [];
    for await (const event of train(options)) if (event.kind === 'checkpoint') states.push(event.state);
    await backend.dispose();
    expect(states).toEqual([state]);
  });

  it('saves at Ctrl-C, says how to go on, and goes on', async () => {
    const folder = await workFolder();
    const running = start(folder, [...begin, '--name', 'stopped', '--max-steps', '100000', '--checkpoint-every', '1']);
    await running.printed('step 1/');
    const second = await run(folder, ['train', '--name', 'stopped', '--resume']);
    expect(second).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`process ${running.child.pid} is training this run`),
    });
    running.child.kill('SIGINT');
    const { code, stdout } = await running.result;
    expect(code).toBe(130);
    expect(stdout).toContain('cyclegan train --name stopped --resume --max-steps 100000');
    const { step } = (await checkpointOf(folder, 'stopped')).state;
    expect((await metricsOf(folder, 'stopped')).map((line) => line.step)).toEqual(Array.from({ length: step }, (_, at) => at + 1));

    const more = String(step + 2);
    expect(await run(folder, ['train', '--name', 'stopped', '--resume', '--max-steps', more])).toMatchObject({ code: 0, stderr: '' });
    await run(folder, [...begin, '--name', 'straight', '--max-steps', more]);
    expect((await checkpointOf(folder, 'stopped')).state).toEqual((await checkpointOf(folder, 'straight')).state);
  });

  it('goes on after a crash: forgets the steps after the checkpoint, and half a line', async () => {
    const folder = await workFolder();
    await run(folder, [...begin, '--name', 'crashed', '--max-steps', '3']);
    const metrics = join(folder, 'runs', 'crashed', 'metrics.jsonl');
    const [first] = (await readFile(metrics, 'utf8')).split('\n');
    await appendFile(metrics, `${first?.replace('"step":1', '"step":4')}\n{"step":5,"lo`);
    await run(folder, ['train', '--name', 'crashed', '--resume', '--max-steps', '5']);
    const lines = await metricsOf(folder, 'crashed');
    expect(lines.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(lines[3]?.losses).not.toEqual(lines[0]?.losses);

    await rm(join(folder, 'runs', 'crashed', 'checkpoints'), { recursive: true });
    expect((await run(folder, ['train', '--name', 'crashed', '--resume', '--max-steps', '2'])).stdout).toContain('no checkpoint yet');
    expect(await metricsOf(folder, 'crashed')).toHaveLength(2);
  });

  it('warns when a run goes on with something else than it began with', async () => {
    const folder = await workFolder();
    await run(folder, [...begin, '--name', 'moved', '--max-steps', '1']);
    await writePicture(join(folder, 'data', 'trainB', 'new.png'), [20, 18]);
    const { code, stderr } = await run(folder, ['train', '--name', 'moved', '--resume', '--max-steps', '2', '--threads', '2']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: threads was 1 and is 2; domain B had 5 pictures and has 6/);
  });

  it('may take less memory from one resume to the next, with the same results', async () => {
    const folder = await workFolder();
    const memoryOf = async (name: string) => JSON.parse(await readFile(join(folder, 'runs', name, 'config.json'), 'utf8')).execution.memory;
    await run(folder, [...begin, '--name', 'fast', '--max-steps', '3']);
    await run(folder, [...begin, '--name', 'low', '--max-steps', '1']);
    const resumed = ['train', '--name', 'low', '--resume'];
    expect(await run(folder, [...resumed, '--max-steps', '2', '--memory', 'low'])).toMatchObject({ code: 0, stderr: '' });
    expect(await run(folder, [...resumed, '--max-steps', '3'])).toMatchObject({ code: 0, stderr: '' });
    expect([await memoryOf('fast'), await memoryOf('low')]).toEqual([undefined, 'low']);
    expect((await checkpointOf(folder, 'low')).state).toEqual((await checkpointOf(folder, 'fast')).state);
    expect(await run(folder, [...resumed, '--memory', 'less'])).toMatchObject({ code: 2, stderr: expect.stringContaining('fast, low') });
  });

  it('keeps weights that are no longer numbers out of checkpoints', async () => {
    const folder = await workFolder();
    const { code, stderr } = await run(folder, [...begin, '--name', 'diverged', '--lr', '1e39', '--max-steps', '1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: step 1: variable .* is (NaN|-?Infinity)\. Training stopped/);
    expect(await readdir(join(folder, 'runs', 'diverged'))).not.toContain('checkpoints');
  });

  it('refuses a config.json that is not of the checkpoint', async () => {
    const folder = await workFolder();
    await run(folder, [...begin, '--name', 'changed', '--max-steps', '1', '--max-pictures', '3']);
    const config = join(folder, 'runs', 'changed', 'config.json');
    const text = await readFile(config, 'utf8');
    const resumed = async (changed: string) => {
      await writeFile(config, changed);
      return run(folder, ['train', '--name', 'changed', '--resume']);
    };
    const { code, stderr } = await resumed(text.replace('"ngf": 2', '"ngf": 3'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*config\.json contradicts the run's checkpoint: --ngf 3 \(it has 2\)/);
    expect((await resumed(text.replace('"maxPictures": 3,', ''))).stderr).toContain('checkpoint: --max-pictures none (it has 3)');
  });

  it('keeps the last checkpoints and those of every so many epochs', async () => {
    const folder = await workFolder();
    const keep = ['--checkpoint-every', '2', '--keep', '2', '--keep-every-epochs', '1'];
    expect(await run(folder, [...begin, '--name', 'kept', '--max-steps', '14', ...keep])).toMatchObject({ code: 0, stderr: '' });
    const steps = (await checkpointsOf(folder, 'kept')).map((path) => Number(/(\d+)\.safetensors$/.exec(path)?.[1]));
    expect(steps).toEqual([5, 10, 12, 14]);
  });

  it('refuses a damaged checkpoint and offers the one before, from which the run comes out the same', async () => {
    const folder = await workFolder();
    await run(folder, [...begin, '--name', 'damaged', '--max-steps', '4', '--checkpoint-every', '2']);
    const [earlier = '', newest = ''] = await checkpointsOf(folder, 'damaged');
    const whole = await readFile(newest);
    const resume = (...args: string[]) => run(folder, ['train', '--name', 'damaged', '--resume', '--max-steps', '4', ...args]);
    const altered = Buffer.from(whole);
    altered.writeUInt8(altered.readUInt8(whole.length - 1) ^ 1, whole.length - 1);
    const newer = Buffer.from(whole.toString('latin1').replace('"formatVersion":"2"', '"formatVersion":"3"'), 'latin1');
    for (const [bytes, why] of [
      [altered, 'is not as it was written'],
      [whole.subarray(0, whole.length >> 1), 'is cut off'],
      [newer, 'of version 3; this program reads version 2'],
    ] as const) {
      await writeFile(newest, bytes);
      const { code, stderr } = await resume();
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error: .*step-000004\.safetensors: .*step 2 is whole: go on from it with --resume --from-step 2\./);
      expect(stderr).toContain(why);
      expect(await checkpointsOf(folder, 'damaged')).toEqual([earlier, newest]);
    }
    const again = await resume('--from-step', '2');
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('set aside') });
    expect(await readFile(newest)).toEqual(whole);
    expect((await metricsOf(folder, 'damaged')).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(await run(folder, ['train', '--name', 'damaged', '--resume', '--from-step', '3'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no checkpoint of step 3; it has 2, 4.'),
    });
  });

  it('comes out the same however often it is killed', { timeout: 600_000 }, async () => {
    const folder = await workFolder();
    const often = ['--checkpoint-every', '2', '--sample-every', '5', '--max-steps', '120'];
    expect(await run(folder, [...begin, '--name', 'straight', ...often])).toMatchObject({ code: 0 });
    const delays = randomStream(1, 'kill');
    let killed = 0;
    while (killed < KILLS) {
      const existing = killed > 0 || (await readdir(join(folder, 'runs'))).includes('killed');
      const args = existing ? ['train', '--name', 'killed', '--resume', '--max-steps', '120'] : [...begin, '--name', 'killed', ...often];
      const running = start(folder, args);
      await running.printed(existing ? 'runs/killed: ' : 'starting');
      await setTimeout(delays.integer(killed, 0, 60));
      running.child.kill('SIGKILL');
      const { signal } = await running.result;
      expect(signal, 'the run was over before it could be killed twenty times: give it more steps').toBe('SIGKILL');
      killed++;
    }
    expect(await run(folder, ['train', '--name', 'killed', '--resume', '--max-steps', '120'])).toMatchObject({ code: 0, stderr: '' });
    const lasting = async (name: string) => (await metricsOf(folder, name)).map((line) => ({ ...line, seconds: 0, rssMb: 0 }));
    expect(await lasting('killed')).toEqual(await lasting('straight'));
    const [left, right] = [await checkpointsOf(folder, 'killed'), await checkpointsOf(folder, 'straight')];
    expect(left.map((path) => basename(path))).toEqual(right.map((path) => basename(path)));
    expect(await readFile(left.at(-1) ?? '')).toEqual(await readFile(right.at(-1) ?? ''));
  });
});

it.each([
  ['reference', '--backend reference --size 32 --ngf 12 --ndf 8 --blocks 2 --disc-layers 2'],
  ['onnx', '--backend onnx --threads 1 --size 256 --ngf 32 --ndf 8 --blocks 6 --disc-layers 2'],
])('stops at once at the second Ctrl-C, in the middle of a step of more than a second on %s', async (_, options) => {
  const folder = await workFolder();
  const running = start(folder, ['train', '--data', 'data', '--name', 'slow', ...options.split(' ')]);
  await running.printed('starting');
  running.child.kill('SIGINT');
  await running.printed('press Ctrl-C again');
  const asked = performance.now();
  running.child.kill('SIGINT');
  // the system's own end, which shells report as 130
  expect(await running.result).toMatchObject({ code: null, signal: 'SIGINT', stderr: '' });
  expect(performance.now() - asked).toBeLessThan(1000);
  expect(await readdir(join(folder, 'runs', 'slow'))).not.toContain('checkpoints');
});

it.skipIf(process.platform === 'win32')(
  'trains on while a checkpoint is written, however long that takes, and stops when it fails',
  async () => {
    const folder = await workFolder();
    await run(folder, ['train', '--data', 'data', ...TINY, ...ENGINES.onnx, '--name', 'pipe', '--max-steps', '1']);
    const saving = '--checkpoint-every 300 --keep-every-epochs 0 --sample-every 0'.split(' ');
    const running = start(folder, ['train', '--name', 'pipe', '--resume', ...saving]);
    await running.printed('continuing after step 1');
    // a pipe keeps who writes waiting for a reader, and cannot be flushed to a disk
    const pipe = join(folder, 'runs', 'pipe', 'checkpoints', 'step-000300.safetensors.tmp');
    execFileSync('mkfifo', [pipe]);
    await vi.waitFor(async () => expect((await metricsOf(folder, 'pipe')).length).toBeGreaterThan(320), {
      timeout: 60_000,
      interval: 100,
    });
    await readFile(pipe);
    const { code, stdout, stderr } = await running.result;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*step-000300\.safetensors cannot be written: /);
    expect(stdout).toContain('saved is step 1.');
    expect((await checkpointsOf(folder, 'pipe')).map((path) => basename(path))).toEqual(['step-000001.safetensors']);
  },
);
