/** TensorFlow's libraries and headers, from an installed Python package or from a wheel. Nothing of Python runs with them. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastWords, NativeFailure } from './native-failure.ts';
import { runTool } from './tool.ts';

/** The library of the C API, and the one that it builds on. */
export const LIBRARIES = { tensorflow: 'libtensorflow_cc.so.2', tensorflow_framework: 'libtensorflow_framework.so.2' } as const;

const UNPACK = fileURLToPath(new URL('./unpack_wheel.py', import.meta.url));

/** Versions of Python to ask for, after the running one, since the libraries do not depend on it. */
const OTHER_PYTHONS = ['3.12', '3.11'] as const;

/** Throws a NativeFailure unless the folder is a Python package `tensorflow` with what a build needs. */
export function requirePythonPackage(folder: string, exists: (path: string) => boolean = existsSync): void {
  const missing = [...Object.values(LIBRARIES), 'include/tensorflow/c/c_api.h'].find((name) => !exists(join(folder, name)));
  if (missing === undefined) return;
  throw new NativeFailure(
    `${folder} has no ${missing}: name the folder "tensorflow" below the Location that python3 -m pip show tensorflow prints.`,
  );
}

/** What pip says of an index that does not answer. */
const OUT_OF_REACH = /NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|connection broken|Could not fetch URL/i;

/** A wheel by its name and version. */
export interface WheelName {
  readonly wheel: string;
  readonly version: string;
}

/** The sentence for a pip that fetched nothing. */
export function explainPip(output: string, { wheel, version }: WheelName): string {
  if (output.includes('No space left')) return `There is no room for ${wheel} ${version}: free 2 GB on this disk and run this again.`;
  if (OUT_OF_REACH.test(output))
    return `pip cannot reach its package index for ${wheel} ${version}: connect this machine to a network, set pip's proxy or index, or name an installed tensorflow with --python-package DIR.`;
  if (/No matching distribution|from versions:/.test(output))
    return `There is no ${wheel} ${version} for this system: choose one of the versions above with --tensorflow VERSION.`;
  return `pip could not fetch ${wheel} ${version}: mend what its messages above name and run this again.`;
}

async function download(python: string, folder: string, { wheel, version }: WheelName): Promise<string> {
  const outputs: string[] = [];
  for (const other of [[], ...OTHER_PYTHONS.map((name) => ['--python-version', name])]) {
    const what = ['--no-deps', '--only-binary=:all:', '--dest', folder, ...other, `${wheel}==${version}`];
    const { status, output } = await runTool(python, ['-m', 'pip', 'download', '--disable-pip-version-check', ...what]);
    outputs.push(output);
    const file = status === 0 ? (await readdir(folder)).find((name) => name.endsWith('.whl')) : undefined;
    if (file !== undefined) return join(folder, file);
    if (OUT_OF_REACH.test(output) || !output.includes('No matching distribution')) break;
  }
  throw new NativeFailure(explainPip(outputs.join('\n'), { wheel, version }), lastWords(outputs[0] ?? ''));
}

/** Fetches the wheel and leaves its libraries and `include` in `folder`. */
export async function fetchLibraries(folder: string, { python, ...name }: WheelName & { readonly python: string }): Promise<void> {
  const wheels = `${folder}.wheel`;
  await mkdir(wheels, { recursive: true });
  const file = await download(python, wheels, name);
  const { status, output } = await runTool(python, [UNPACK, file, folder]);
  if (status !== 0)
    throw new NativeFailure(
      `The wheel of ${name.wheel} ${name.version} could not be unpacked: see to free space, or choose another one with --tensorflow VERSION.`,
      lastWords(output),
    );
  await rm(wheels, { recursive: true });
}
