/** The report of a run as files: complete after every end, and carried on by a resume. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { metricsOf, run, start, TINY, workFolder, writePicture } from './program.ts';
import { reportOf } from './report-data.ts';

const ONNX = '--backend onnx --threads 1'.split(' ');
const begin = ['train', '--data', 'data', ...TINY, ...ONNX];
const steps = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

it('is carried on by a resume: curves and samples of all steps, none twice', async () => {
  const folder = await workFolder();
  await writePicture(join(folder, 'data', 'testA', 'one.png'), [16, 16], 90);
  const saving = ['--sample-every', '1', '--checkpoint-every', '2', '--lambda-identity', '0'];
  expect(await run(folder, [...begin, '--name', 'parts', '--max-steps', '4', ...saving])).toMatchObject({ code: 0, stderr: '' });
  const { about, ...first } = await reportOf(folder, 'parts');
  expect(first).toMatchObject({ name: 'parts', status: 'done', progress: { step: 4, lastStep: 4, epoch: 1, epochs: 200, saved: 4 } });
  const changed = about.settings.changed.map(({ flag, value }) => `${flag} ${value}`);
  expect(changed).toEqual(['--size 16', '--ngf 2', '--blocks 1', '--ndf 2', '--disc-layers 1', '--lambda-identity 0', '--pool-size 3']);

  // steps 3 and 4 are trained once more, so what was told of them no longer counts
  const again = ['train', '--name', 'parts', '--resume', '--from-step', '2', '--max-steps', '6'];
  expect(await run(folder, again)).toMatchObject({ code: 0 });
  const { curves, samples, status, progress } = await reportOf(folder, 'parts');
  const lines = await metricsOf(folder, 'parts');
  expect({ status, progress }).toMatchObject({ status: 'done', progress: { step: 6, lastStep: 6, epoch: 2, saved: 6 } });
  expect(curves.steps).toEqual(steps(6));
  expect(curves.of.cycleA?.mean).toEqual(lines.map(({ losses }) => Number(losses.cycleA?.toPrecision(4))));
  expect(Object.keys(curves.of)).not.toContain('identityA');
  expect(samples.flatMap((group) => group.steps)).toEqual(steps(6));
  expect(samples[0]?.pictures.map(({ name }) => name)).toContain('one.png');

  // without the data of before, grids that lie there are found
  await rm(join(folder, 'runs', 'parts', 'report'), { recursive: true });
  expect(await run(folder, ['train', '--name', 'parts', '--resume', '--max-steps', '7'])).toMatchObject({ code: 0, stderr: '' });
  const found = await reportOf(folder, 'parts');
  expect(found.curves.steps).toEqual(steps(7));
  expect(found.samples.flatMap((group) => group.steps)).toEqual(steps(7));
});

it('says how a run was stopped, and how it goes on', async () => {
  const folder = await workFolder();
  const running = start(folder, [...begin, '--name', 'stopped']);
  await running.printed('step 1/');
  running.child.kill('SIGINT');
  expect(await running.result).toMatchObject({ code: 130 });
  const { status, progress, about } = await reportOf(folder, 'stopped');
  expect(status).toBe('interrupted');
  expect(progress.saved).toBe(progress.step);
  expect(progress.lastStep).toBe(1000);
  expect(about.commands.goOn).toBe('cyclegan train --name stopped --resume');
});

it('says why a run failed', async () => {
  const folder = await workFolder();
  const { code, stderr } = await run(folder, [...begin, '--name', 'lost', '--lr', '1e30', '--max-steps', '20']);
  expect(code).toBe(1);
  const { status, failure } = await reportOf(folder, 'lost');
  expect(status).toBe('failed');
  expect(stderr).toContain(failure?.message);
  expect(failure?.advice).toContain('Nothing was saved');
});

it('does not end training when it cannot be written, and says so once', async () => {
  const folder = await workFolder();
  await run(folder, [...begin, '--name', 'blocked', '--max-steps', '1']);
  const report = join(folder, 'runs', 'blocked', 'report');
  await rm(report, { recursive: true });
  await writeFile(report, 'in the way');
  const { code, stderr } = await run(folder, ['train', '--name', 'blocked', '--resume', '--max-steps', '5', '--sample-every', '1']);
  expect(code).toBe(0);
  expect(stderr.match(/report/g)?.length).toBeGreaterThan(0);
  expect(stderr.match(/^warning: /gm)).toHaveLength(1);
  expect(stderr).toContain('Training goes on without it.');
  expect(await metricsOf(folder, 'blocked')).toHaveLength(5);
  expect(await readFile(report, 'utf8')).toBe('in the way');
});
