/** Training at bad moments, as a user meets them: what the program says, its exit status, and what is left on the disk. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkpointOf, metricsOf, run, TINY, workFolder } from './program.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/cyclegan.js', import.meta.url));
const BEGIN = ['train', '--data', 'data', ...TINY, ...'--backend onnx --threads 1'.split(' ')];
const KIB = 1024;

/** Mounting takes root, and a kernel that lets containers do it. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const probe = join(tmpdir(), `cyclegan-mount-${process.pid}`);
  const script = 'mkdir -p "$1" && mount -t tmpfs -o size=64k tmpfs "$1" && umount "$1"; status=$?; rmdir "$1"; exit $status';
  return spawnSync('sh', ['-c', script, 'sh', probe]).status === 0;
}

/** A data set, and `runs` on a file system of its own of 2 MiB. */
async function smallDisk(): Promise<string> {
  const folder = await workFolder();
  const runs = join(folder, 'runs');
  await mkdir(runs);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', runs]);
  // before the folder is removed: hooks run last in, first out
  onTestFinished(() => void execFileSync('umount', [runs]));
  return folder;
}

/** Fills the disk of runs up to `left` bytes, and returns how to make room again. */
async function fill(folder: string, left: number): Promise<() => Promise<void>> {
  const { bavail, bsize } = await statfs(join(folder, 'runs'));
  const filler = join(folder, 'runs', 'filler');
  await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)));
  return () => rm(filler);
}

/** Every file under a folder that was not finished. */
async function unfinished(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'));
}

describe.skipIf(!canMount())('on a full disk (needs root, to mount a small one)', () => {
  it.each([
    ['a checkpoint', ['--checkpoint-every', '1'], 40 * KIB],
    ['the losses', ['--checkpoint-every', '0', '--sample-every', '0'], 8 * KIB],
  ])('loses nothing that was saved when %s does not fit', async (_, options, left) => {
    const folder = await smallDisk();
    const path = join(folder, 'runs', 'full');
    expect(await run(folder, [...BEGIN, '--name', 'full', '--max-steps', '2', '--sample-every', '0'])).toMatchObject({ code: 0 });
    const before = await checkpointOf(folder, 'full');
    const makeRoom = await fill(folder, left);
    const { code, stdout, stderr } = await run(folder, ['train', '--name', 'full', '--resume', '--max-steps', '60', ...options]);
    expect(code).toBe(1);
    // the report may be the first that does not fit, which ends no run
    expect(stderr).toMatch(/^(warning: the report .*\n)?error: .* cannot be written: no space is left on the disk; make room\.\n$/);
    expect(stdout).toContain('saved is step 2. When the cause is mended, go on with: cyclegan train --name full --resume');
    expect(await unfinished(path)).toEqual([]);
    expect(await checkpointOf(folder, 'full')).toEqual(before);
    await makeRoom();
    expect(await run(folder, ['train', '--name', 'full', '--resume', '--max-steps', '4', '--sample-every', '0'])).toMatchObject({
      code: 0,
    });
    expect((await metricsOf(folder, 'full')).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  });

  it('leaves no folder behind when a run cannot begin', async () => {
    const folder = await smallDisk();
    const makeRoom = await fill(folder, 0);
    const { code, stderr } = await run(folder, [...BEGIN, '--name', 'none', '--max-steps', '1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .* cannot be written: no space is left on the disk; make room\.\n$/);
    expect(await readdir(join(folder, 'runs'))).toEqual(['filler']);
    await makeRoom();
    expect(await run(folder, [...BEGIN, '--name', 'none', '--max-steps', '1'])).toMatchObject({ code: 0 });
  });

  it('says so when the disk is read-only', async () => {
    const folder = await smallDisk();
    execFileSync('mount', ['-o', 'remount,ro', join(folder, 'runs')]);
    const { code, stderr } = await run(folder, [...BEGIN, '--name', 'none', '--max-steps', '1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .* cannot be written: the disk is read-only; choose another folder\.\n$/);
  });
});

describe('where something is in the way', () => {
  it('names the file where runs should lie, and that of the samples, and keeps what was saved', async () => {
    const folder = await workFolder();
    await writeFile(join(folder, 'file'), '');
    const refused = await run(folder, [...BEGIN, '--name', 'one', '--runs', 'file', '--max-steps', '1']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: file\/one cannot be written: /) });
    await run(folder, [...BEGIN, '--name', 'two', '--max-steps', '1', '--sample-every', '0']);
    await writeFile(join(folder, 'runs', 'two', 'samples'), '');
    const before = await checkpointOf(folder, 'two');
    const blocked = await run(folder, ['train', '--name', 'two', '--resume', '--max-steps', '2', '--sample-every', '1']);
    expect(blocked.code).toBe(1);
    expect(blocked.stderr).toMatch(/^error: .*step-000002\.png cannot be written: /);
    expect(blocked.stdout).toContain('saved is step 1. When the cause is mended, go on with:');
    expect(await checkpointOf(folder, 'two')).toEqual(before);
  });

  it('refuses a name that is taken, and changes nothing', async () => {
    const folder = await workFolder();
    await run(folder, [...BEGIN, '--name', 'taken', '--max-steps', '1']);
    const before = await readFile(join(folder, 'runs', 'taken', 'metrics.jsonl'));
    const { code, stderr } = await run(folder, [...BEGIN, '--name', 'taken', '--max-steps', '2']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: the run 'taken' exists already .*continue it with --resume, choose another --name/);
    expect(await readFile(join(folder, 'runs', 'taken', 'metrics.jsonl'))).toEqual(before);
  });
});

describe('losses that are no longer numbers', () => {
  it('stop the run after the last good checkpoint, and say what to try', async () => {
    const folder = await workFolder();
    const diverge = ['--lr', '1e30', '--checkpoint-every', '1', '--max-steps', '5'];
    const { code, stdout, stderr } = await run(folder, [...BEGIN, '--name', 'nan', ...diverge]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: step 2: loss .* is NaN.*Train anew with a lower learning rate/);
    expect(stdout).toContain('saved is step 1. It is from before the losses were lost');
    expect((await checkpointOf(folder, 'nan')).state.step).toBe(1);
    expect((await metricsOf(folder, 'nan')).map(({ step }) => step)).toEqual([1]);
  });
});

describe.skipIf(process.platform !== 'linux')('out of memory (limited by ulimit, on Linux)', () => {
  it('of the engine: names remedies', async () => {
    const folder = await workFolder();
    // a picture of the first layer has more than all there may be, though the model is quickly compiled; which allocation fails first is chance
    const model =
      '--size 1024 --load-size 1024 --generator unet --levels 1 --ngf 4096 --discriminator pixel --ndf 2 --pool-size 0 --threads 1'.split(
        ' ',
      );
    const args = ['train', '--data', 'data', '--name', 'large', ...model, '--max-steps', '1'];
    const script = 'ulimit -v 4000000; exec "$@"';
    const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } } as const;
    const { status, stderr } = spawnSync('sh', ['-c', script, 'sh', process.execPath, PROGRAM, ...args], options);
    expect(stderr).toMatch(/^error: (out of memory: .*--memory low|.*out of JavaScript memory).* a smaller --/m);
    expect(status).toBe(1);
  });

  it('of JavaScript in the training thread: names remedies, and leaves no folder', async () => {
    const folder = await workFolder();
    const args = [...BEGIN, '--name', 'deep', '--blocks', '300', '--max-steps', '1'];
    const env = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '--max-old-space-size=64' };
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { cwd: folder, encoding: 'utf8', env });
    expect(stderr).toMatch(/^error: the training thread is out of JavaScript memory: .*--max-old-space-size/);
    expect(status).toBe(1);
    expect(existsSync(join(folder, 'runs', 'deep'))).toBe(false);
  });
});

it.skipIf(process.platform === 'linux' && existsSync('/dev/nvidia0'))('says what to do when the device is not there', async () => {
  const folder = await workFolder();
  const { code, stderr } = await run(folder, ['train', '--data', 'data', ...TINY, '--name', 'x', '--device', 'cuda']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: device cuda: .*use the device cpu\.\n$/);
  expect(existsSync(join(folder, 'runs', 'x'))).toBe(false);
});
