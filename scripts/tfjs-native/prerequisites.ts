/**
 * The tools of the machine that a build needs. They are looked for before anything is fetched, so that a missing one is named at once.
 * It must not know what they are used for.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NativeFailure } from './native-failure.ts';
import { runTool } from './tool.ts';

const AGAIN = 'and run this again';

/** The tools, as paths or commands. */
export interface Tools {
  readonly python: string;
  readonly npm: string;
  readonly nodeGyp: string;
  /** The folder that holds Node's `include/node`, or undefined: then node-gyp downloads the headers. */
  readonly nodeFolder: string | undefined;
}

/** Python 3's program; with `pip`, one that has pip as well. */
async function findPython({ pip }: { readonly pip: boolean }): Promise<string> {
  const found: string[] = [];
  for (const command of ['python3', 'python']) {
    const { status, output } = await runTool(command, ['-c', 'import sys; assert sys.version_info >= (3, 9); print(sys.executable)']);
    if (status === 0) found.push(output.trim());
  }
  const [first] = found;
  if (first === undefined)
    throw new NativeFailure(`Python 3.9 or newer is not there: install it (Debian and Ubuntu: apt install python3 python3-pip) ${AGAIN}.`);
  if (!pip) return first;
  for (const python of found) if ((await runTool(python, ['-m', 'pip', '--version'])).status === 0) return python;
  throw new NativeFailure(
    `${first} has no pip, which fetches TensorFlow: install it (Debian and Ubuntu: apt install python3-pip) ${AGAIN}, or name an installed tensorflow with --python-package DIR.`,
  );
}

async function requireCompiler(): Promise<void> {
  const tools = { make: process.env.MAKE ?? 'make', 'a C++ compiler': process.env.CXX ?? 'g++' };
  for (const [name, command] of Object.entries(tools)) {
    if ((await runTool(command, ['--version'])).status === 0) continue;
    throw new NativeFailure(`${name} (${command}) is not there: install it (Debian and Ubuntu: apt install g++ make) ${AGAIN}.`);
  }
}

/** The first folder that has Node's headers: the one that npm is told of, or the one that the running Node lies in. */
export function nodeFolderOf(
  { configured, executable }: { readonly configured: string | undefined; readonly executable: string },
  exists: (path: string) => boolean,
): string | undefined {
  const folders = [configured, dirname(dirname(executable))].filter((folder) => folder !== undefined && folder !== '');
  return folders.find((folder) => folder !== undefined && exists(join(folder, 'include', 'node', 'common.gypi')));
}

function findNodeGyp(npm: string): string {
  const named = process.env.npm_config_node_gyp;
  if (named !== undefined && existsSync(named)) return named;
  try {
    return createRequire(npm).resolve('node-gyp/bin/node-gyp.js');
  } catch {
    throw new NativeFailure(`npm came without its node-gyp: install npm anew (npm install --global npm) ${AGAIN}.`);
  }
}

/** Finds all of them, or throws a NativeFailure for the first that is missing. */
export async function findTools({ pip }: { readonly pip: boolean }): Promise<Tools> {
  const npm = process.env.npm_execpath;
  if (npm === undefined || !/\bnpm-cli\.c?js$/.test(npm)) throw new NativeFailure('This needs npm: start it as npm run tfjs:native.');
  const python = await findPython({ pip });
  await requireCompiler();
  const nodeFolder = nodeFolderOf({ configured: process.env.npm_config_nodedir, executable: process.execPath }, existsSync);
  return { python, npm, nodeGyp: findNodeGyp(npm), nodeFolder };
}
