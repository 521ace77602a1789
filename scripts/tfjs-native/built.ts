/** What an earlier run has built, and what is left to do. Deciding needs no disk; reading does. */
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from './target.ts';

const BuiltSchema = z.strictObject({
  /** Version of the npm package. */
  tfjs: z.string(),
  /** Version of TensorFlow, as its library says. */
  tensorflow: z.string(),
  /** The folder of the Python package whose libraries are used, or null for those of a wheel, which lie in the build. */
  pythonPackage: z.string().nullable(),
  /** Operating system and processor, as Node names them. */
  system: z.string(),
});

/** The record that a finished build holds. */
export type Built = z.infer<typeof BuiltSchema>;

/** What the caller asks for; what is undefined may be as it is. */
export interface Wanted {
  readonly tfjs: string;
  readonly system: string;
  readonly tensorflow?: string;
  readonly pythonPackage?: string;
  readonly force?: boolean;
}

/** The record's file in a build. */
export function recordIn(folder: string): string {
  return join(folder, 'built.json');
}

/** The record of the finished build, or undefined if there is none that can be read. */
export async function readBuilt({ folder }: Pick<Target, 'folder'>): Promise<Built | undefined> {
  try {
    return BuiltSchema.parse(JSON.parse(await readFile(recordIn(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whether the workspace's node_modules lead to the finished build. */
export async function isLinked({ folder, link, npmPackage }: Target): Promise<boolean> {
  const [there, wanted] = await Promise.all(
    [link, join(folder, 'node_modules', npmPackage)].map((path) => realpath(path).catch(() => path)),
  );
  return there === wanted;
}

/** `build` everything, only `link` it into node_modules again, as after npm ci, or `nothing`. */
export function nextStep(built: Built | undefined, wanted: Wanted, { linked }: { readonly linked: boolean }): 'build' | 'link' | 'nothing' {
  if (built === undefined || wanted.force || built.tfjs !== wanted.tfjs || built.system !== wanted.system) return 'build';
  if (wanted.pythonPackage !== undefined && built.pythonPackage !== wanted.pythonPackage) return 'build';
  // another version is fetched as a wheel, and only a build from a wheel keeps to the version that was asked for
  if (wanted.tensorflow !== undefined && (built.tensorflow !== wanted.tensorflow || built.pythonPackage !== null)) return 'build';
  return linked ? 'nothing' : 'link';
}
