/** The machine, as far as training depends on it. */
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, release, type } from 'node:os';
import { dirname, resolve } from 'node:path';
import { meansNothingThere } from '../disk.ts';
import { type MachineMemory, machineMemory } from '../estimate/machine-memory.ts';

/** What was found. */
export interface Machine {
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory: MachineMemory;
  /** Version of Node, and whether the program supports it. */
  readonly node: { readonly version: string; readonly supported: boolean };
  /** The folder of runs, and the bytes that are free there; undefined when the system does not tell. */
  readonly runs: { readonly folder: string; readonly free: number | undefined };
  readonly versions: { readonly cyclegan: string };
}

/** The oldest Node that the program runs on. */
export const OLDEST_NODE = [20, 19] as const;

const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string };

/** Looks at the machine; runs lie, or will lie, in `runs`. */
export async function inspectMachine(runs: string): Promise<Machine> {
  return {
    system: `${type()} ${release()} (${arch()})`,
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memory: machineMemory(),
    node: { version: process.versions.node, supported: isSupported(process.versions.node) },
    runs: { folder: resolve(runs), free: await freeBytes(resolve(runs)) },
    versions: { cyclegan: version },
  };
}

/** Whether the program runs on a version of Node. */
export function isSupported(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  return major > oldest || (major === oldest && minor >= oldestMinor);
}

/** Of the disk that holds a folder, or would hold it. */
async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    const above = dirname(folder);
    return meansNothingThere(error) && above !== folder ? freeBytes(above) : undefined;
  }
}
