/** Who else follows a training: TensorBoard, a program that reads standard output, a terminal. */
import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReadEvent, type ReadValue, readEvents } from '../../../../packages/formats/test/tensorboard-reader.ts';
import { checkpointOf, metricsOf, PROGRAM, run, start, TINY, workFolder } from './program.ts';

const BEGIN = ['train', '--data', 'data', ...TINY, ...'--backend onnx --threads 1'.split(' ')];

/** An object of standard output. */
interface Line {
  readonly event: string;
  readonly [key: string]: unknown;
}

/** Standard output, every line of which must be JSON. */
function linesOf(stdout: string): Line[] {
  expect(stdout.endsWith('\n')).toBe(true);
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
}

function stepsOf(lines: readonly Line[]): unknown[] {
  return lines.filter(({ event }) => event === 'step').map(({ step }) => step);
}

/** What TensorBoard shows of a run: the session that starts at a step hides what the earlier ones have from there on. */
async function shownOf(folder: string, name: string): Promise<{ readonly step: number; readonly value: ReadValue }[]> {
  const tensorboard = join(folder, 'runs', name, 'tensorboard');
  const files = (await readdir(tensorboard)).sort();
  let shown: ReadEvent[] = [];
  for (const file of files) {
    const events = readEvents(await readFile(join(tensorboard, file)));
    expect(events[0]?.file_version).toBe('brain.Event:2');
    for (const event of events) {
      if (event.session_log?.status === 'START') shown = shown.filter(({ step }) => step < event.step);
      shown.push(event);
    }
  }
  return shown.flatMap(({ step, summary }) => (summary?.value ?? []).map((value) => ({ step, value })));
}

describe('--logger tensorboard', () => {
  it('shows the losses, pictures and settings of a run once, however often steps are computed again', async () => {
    const folder = await workFolder();
    const begin = [...BEGIN, '--name', 'watched', '--logger', 'tensorboard', '--checkpoint-every', '2', '--sample-every', '3'];
    expect(await run(folder, [...begin, '--max-steps', '4'])).toMatchObject({ code: 0, stderr: '' });
    const written = (await shownOf(folder, 'watched')).map(({ step }) => step);
    expect(Math.max(...written)).toBe(4);
    // it is remembered
    expect(await run(folder, ['train', '--name', 'watched', '--resume', '--from-step', '2', '--max-steps', '3'])).toMatchObject({
      code: 0,
    });
    const shown = await shownOf(folder, 'watched');
    const lines = await metricsOf(folder, 'watched');
    expect(lines.map(({ step }) => step)).toEqual([1, 2, 3]);
    const series = (tag: string) => shown.filter(({ value }) => value.tag === tag);
    const scalars = (tag: string) => series(tag).map(({ step, value }) => [step, value.simple_value]);
    for (const name of Object.keys(lines[0]?.losses ?? {}))
      expect(scalars(`loss/${name}`)).toEqual(lines.map(({ step, losses }) => [step, Math.fround(losses[name] ?? Number.NaN)]));
    expect(scalars('training/learningRate')).toEqual(lines.map(({ step, learningRate }) => [step, Math.fround(learningRate)]));
    expect(scalars('training/secondsPerStep')).toHaveLength(3);
    expect(scalars('training/memoryMb').every(([, value]) => (value ?? 0) > 30)).toBe(true);

    const [picture, ...others] = series('samples/last');
    expect(others).toEqual([]);
    // rows of four pictures of 16 x 16, two pixels apart
    expect(picture).toMatchObject({ step: 3, value: { image: { height: 34, width: 70, colorspace: 3 } } });
    const png = await readFile(join(folder, 'runs', 'watched', 'samples', 'step-000003.png'));
    expect(Buffer.from(picture?.value.image?.encoded_image_string ?? [])).toEqual(png);
    const fixed = (kind: string) => readFile(join(folder, 'runs', 'watched', 'samples', 'fixed', 'A-1', `${kind}.png`));
    for (const [tag, file] of [
      ['fixed/A-1 real', 'real'],
      ['fixed/A-1 fake', 'step-000003-fake'],
    ] as const) {
      const pictures = series(tag).map(({ step, value }) => [step, Buffer.from(value.image?.encoded_image_string ?? [])]);
      expect(pictures).toEqual([[3, await fixed(file)]]);
    }
    const texts = series('settings').map(({ step, value }) => [step, Buffer.from(value.tensor?.string_val[0] ?? []).toString()]);
    expect(texts).toEqual([
      [0, expect.stringMatching(/^onnx on cpu.*\n {4}ngf: 2\n/s)],
      [2, expect.stringMatching(/^onnx on cpu.*\n {4}ngf: 2\n/s)],
    ]);
  });

  it('begins and ends with any resume', async () => {
    const folder = await workFolder();
    const resume = (maxSteps: number, ...args: string[]) =>
      run(folder, ['train', '--name', 'late', '--resume', '--max-steps', String(maxSteps), ...args]);
    await run(folder, [...BEGIN, '--name', 'late', '--max-steps', '1']);
    expect(await readdir(join(folder, 'runs', 'late'))).not.toContain('tensorboard');
    expect(await resume(2, '--logger', 'tensorboard')).toMatchObject({ code: 0, stderr: '' });
    expect(await resume(3, '--logger', 'none')).toMatchObject({ code: 0, stderr: '' });
    const shown = await shownOf(folder, 'late');
    expect(shown.filter(({ value }) => value.tag === 'loss/discA').map(({ step }) => step)).toEqual([2]);
  });

  it('says so when its folder cannot be made', async () => {
    const folder = await workFolder();
    await run(folder, [...BEGIN, '--name', 'blocked', '--max-steps', '1']);
    await writeFile(join(folder, 'runs', 'blocked', 'tensorboard'), '');
    const { code, stderr } = await run(folder, 'train --name blocked --resume --max-steps 2 --logger tensorboard'.split(' '));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*tensorboard cannot be written: something else has a name on the way to it; .*\n$/);
  });

  it('refuses other loggers and other forms by naming those it knows', async () => {
    const folder = await workFolder();
    const refused = (...args: string[]) => run(folder, [...BEGIN, '--name', 'none', ...args]);
    expect(await refused('--logger', 'wandb')).toMatchObject({ code: 2, stderr: expect.stringContaining('one of none, tensorboard') });
    expect(await refused('--log', 'xml')).toMatchObject({ code: 2, stderr: expect.stringContaining('one of text, json') });
    const both = await refused('--print-config', '--log', 'json');
    expect(both).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('leave one of them out') });
  });
});

describe('--log json', () => {
  it('tells of every step, sample and checkpoint, of Ctrl-C and of the end, and nothing else', async () => {
    const folder = await workFolder();
    const saving = ['--checkpoint-every', '2', '--sample-every', '3', '--max-steps', '100000'];
    const running = start(folder, [...BEGIN, '--name', 'told', '--log', 'json', ...saving]);
    await running.printed('"event":"step","step":7');
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.result;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const lines = linesOf(stdout);
    const { step } = (await checkpointOf(folder, 'told')).state;
    expect(lines[0]).toMatchObject({ event: 'estimate', bytes: expect.any(Number) });
    expect(lines[1]).toMatchObject({
      event: 'start',
      run: 'runs/told',
      resumed: false,
      step: 0,
      lastStep: 1000,
      stepsPerEpoch: 5,
      epochs: 200,
    });
    expect(lines.filter(({ event }) => event === 'stopping')).toHaveLength(1);
    const next = 'cyclegan train --name told --resume --max-steps 100000';
    expect(lines.at(-1)).toEqual({ event: 'end', status: 'interrupted', step, saved: step, next });
    const metrics = await metricsOf(folder, 'told');
    const told = lines.filter(({ event }) => event === 'step');
    expect(told.map(({ step, losses, learningRate }) => ({ step, losses, learningRate }))).toEqual(
      metrics.map(({ step, losses, learningRate }) => ({ step, losses, learningRate })),
    );
    expect(told.every(({ seconds, secondsLeft }) => Number(seconds) >= 0 && Number(secondsLeft) >= 0)).toBe(true);
    expect(told[5]).toMatchObject({ step: 6, epoch: 2 });
    const paths = lines.flatMap(({ path }) => (path === undefined ? [] : [String(path)]));
    expect(paths).toContain('runs/told/checkpoints/step-000002.safetensors');

    const fake = 'runs/told/samples/fixed/A-1/step-000003-fake.png';
    const sample = lines.find(({ event }) => event === 'sample') as Line & { readonly fixed: readonly unknown[] };
    expect(sample).toMatchObject({ step: 3, path: 'runs/told/samples/step-000003.png' });
    expect(sample.fixed[0]).toMatchObject({ side: 'A', from: 'train', name: '0.png', paths: { fake } });

    const last = step + 2;
    const resumed = await run(folder, ['train', '--name', 'told', '--resume', '--log', 'json', '--max-steps', String(last)]);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    const more = linesOf(resumed.stdout);
    expect(more[1]).toMatchObject({ event: 'start', resumed: true, step });
    expect(stepsOf(more)).toEqual([step + 1, last]);
    expect(more.at(-1)).toMatchObject({
      event: 'end',
      status: 'done',
      step: last,
      saved: last,
      next: expect.stringContaining('translate'),
    });

    const again = await run(folder, ['train', '--name', 'told', '--resume', '--log', 'json', '--max-steps', '1']);
    expect(linesOf(again.stdout)).toEqual([
      { event: 'end', status: 'done', step: last, saved: last, next: expect.stringContaining('--max-steps') },
    ]);
    expect(await readFile(join(folder, 'runs', 'told', 'config.json'), 'utf8')).not.toContain('json');
  });

  it('tells of a failure, beside the message on standard error', async () => {
    const folder = await workFolder();
    const diverge = ['--lr', '1e30', '--checkpoint-every', '1', '--max-steps', '5', '--log', 'json'];
    const { code, stdout, stderr } = await run(folder, [...BEGIN, '--name', 'nan', ...diverge]);
    expect(code).toBe(1);
    const lines = linesOf(stdout);
    expect(stepsOf(lines)).toEqual([1]);
    expect(lines.at(-1)).toMatchObject({ event: 'end', status: 'failed', step: 1, saved: 1, next: expect.stringContaining('lower --lr') });
    expect(stderr).toBe(`error: ${lines.at(-1)?.error}\n`);
  });

  it.each(['text', 'json'])('trains on when who reads %s has gone', async (form) => {
    const folder = await workFolder();
    const running = start(folder, [...BEGIN, '--name', 'unread', '--log', form, '--max-steps', '30', '--checkpoint-every', '0']);
    await running.printed('\n');
    running.child.stdout?.destroy();
    expect(await running.result).toMatchObject({ code: 0, stderr: '' });
    expect((await checkpointOf(folder, 'unread')).state.step).toBe(30);
  });
});

/** A program of util-linux that runs another one in a terminal. */
const hasTerminals = process.platform === 'linux' && spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

describe.skipIf(!hasTerminals)('in a terminal (needs the program script)', () => {
  it('keeps a warning whole while a line below it changes', async () => {
    const folder = await workFolder();
    await run(folder, [...BEGIN, '--name', 'shown', '--max-steps', '4', '--checkpoint-every', '2', '--sample-every', '0']);
    const resume = 'train --name shown --resume --from-step 2 --max-steps 4';
    const { CI: _, ...env } = process.env;
    const command = `stty cols 80 rows 24; "${process.execPath}" "${PROGRAM}" ${resume}`;
    const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...env, TERM: 'xterm', NO_COLOR: '1' },
    });
    expect(status).toBe(0);
    const [shown, rest] = stdout.replaceAll('\u001b', 'ESC').split(/(?<=later checkpoints are set aside: .*\r\n)/);
    // the changing line makes room before the warning is printed, and is printed anew after it, without erasing what is above
    expect(shown).toMatch(/compiling .*ESC\[2KESC\[1AESC\[2K[^\n]*warning: training goes on from step 2; /s);
    expect(rest).toMatch(/^(ESC\[\?2026h)?compiling /);
    expect(stdout).toMatch(/step 4\/4 .*\r\n/);
  });
});
