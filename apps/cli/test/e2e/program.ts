/** The built program as a user runs it, and tiny data sets for it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@cyclegan/data';
import { type Checkpoint, decodeCheckpoint } from '@cyclegan/formats';
import { onTestFinished } from 'vitest';

/** The file that starts it. */
export const PROGRAM = fileURLToPath(new URL('../../bin/cyclegan.js', import.meta.url));

/** A network so small that a step takes milliseconds. */
export const TINY = '--size 16 --ngf 2 --ndf 2 --blocks 1 --disc-layers 1 --pool-size 3'.split(' ');

/** For software that poses as a GPU, where a kernel takes longer to compile than to run: as few as there can be. */
export const FEW_KERNELS =
  '--size 8 --generator unet --levels 1 --ngf 2 --ndf 2 --norm none --discriminator pixel --pool-size 0 --lambda-identity 0 --sample-every 0'.split(
    ' ',
  );

/** How a program ended. */
export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly result: Promise<Result>;
  /** Resolves when standard output holds `text`; rejects when the program ends before. */
  printed(text: string): Promise<void>;
}

/** Starts the program in `cwd`, in an environment with `more`. */
export function start(cwd: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Running {
  const { npm_command: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: { ...env, NO_COLOR: '1', ...more } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const result = new Promise<Result>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`the program ended without printing '${text}':\n${stdout}${stderr}`)));
      look();
    });
  return { child, result, printed };
}

/** Runs the program to its end. */
export function run(cwd: string, args: readonly string[]): Promise<Result> {
  return start(cwd, args).result;
}

/** A new folder that is removed when the test ends, or kept for who made it to remove. */
export async function temporaryFolder({ keep = false } = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-cli-'));
  if (!keep) onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a picture of `width` x `height`, different for each `variant`. */
export async function writePicture(path: string, [width, height]: readonly [number, number], variant = 0): Promise<void> {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7 + variant * 31 + ((at * at) % 97)) % 256);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await encodePng({ width, height, channels: 3, data }));
}

/** A folder with a data set `data` of five pictures a domain. */
export async function workFolder(options?: { readonly keep: boolean }): Promise<string> {
  const folder = await temporaryFolder(options);
  for (const domain of ['A', 'B']) {
    for (let number = 0; number < 5; number++)
      await writePicture(join(folder, 'data', `train${domain}`, `${number}.png`), [20, 18], number + (domain === 'A' ? 0 : 50));
  }
  return folder;
}

/** The checkpoint files of a run, in order. */
export async function checkpointsOf(folder: string, name: string): Promise<string[]> {
  const checkpoints = join(folder, 'runs', name, 'checkpoints');
  return (await readdir(checkpoints)).sort().map((file) => join(checkpoints, file));
}

/** The newest checkpoint of a run. */
export async function checkpointOf(folder: string, name: string): Promise<Checkpoint> {
  return decodeCheckpoint(await readFile((await checkpointsOf(folder, name)).at(-1) ?? ''));
}

/** The lines of a run's metrics. */
export async function metricsOf(
  folder: string,
  name: string,
  runs = 'runs',
): Promise<{ step: number; learningRate: number; losses: Record<string, number> }[]> {
  const text = await readFile(join(folder, runs, name, 'metrics.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
