/**
 * A copy of the sources in which code can be broken and checks can run. Its node_modules link to the installed ones, except that the
 * workspace's own packages lead back into the copy: otherwise a check would test the real tree.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One change to one source file. */
export interface Edit {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Text that the file must hold exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** An edit no longer fits the sources; the message names it and says why. */
export class StaleEdit extends Error {
  override name = 'StaleEdit';
}

const COPIED = ['packages', 'apps', 'scripts', 'golden', 'package.json', 'vitest.config.ts', 'tsconfig.base.json', 'tsconfig.json'];
const LEFT_OUT = new Set(['dist', '.turbo', 'node_modules']);

/** A copied tree at `root`. */
export class Sandbox {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** Copies the tree at `origin` to `root`, which must not exist. */
  static async create(origin: string, root: string): Promise<Sandbox> {
    for (const entry of COPIED) {
      await cp(join(origin, entry), join(root, entry), { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
    }
    await linkModules(origin, root);
    return new Sandbox(root);
  }

  /** The file of `edit` as it is and as it would be; throws StaleEdit unless the text stands there exactly once. */
  async preview({ file, find, replace }: Edit): Promise<{ readonly before: string; readonly after: string }> {
    const path = join(this.root, file);
    if (!existsSync(path)) throw new StaleEdit(`there is no file ${file}; name the one that has taken its place.`);
    const before = await readFile(path, 'utf8');
    const [start, end, ...more] = before.split(find);
    if (end === undefined || more.length > 0) {
      const times = end === undefined ? 'not there' : `there ${more.length + 1} times`;
      throw new StaleEdit(`${file} must hold this text exactly once, it is ${times}; bring it up to date:\n${find}`);
    }
    return { before, after: `${start}${replace}${end}` };
  }

  /** Runs `body` while the edit is applied. */
  async edited<T>(edit: Edit, body: () => Promise<T>): Promise<T> {
    const { before, after } = await this.preview(edit);
    const path = join(this.root, edit.file);
    await writeFile(path, after);
    try {
      return await body();
    } finally {
      await writeFile(path, before);
    }
  }
}

/** Links everything installed at `origin` below `root`, and the packages of the workspace to their copies. */
async function linkModules(origin: string, root: string): Promise<void> {
  const own = await workspacePackages(root);
  const scopes = new Set([...own.keys()].flatMap((name) => (name.startsWith('@') ? [name.split('/')[0]] : [])));
  const modules = join(root, 'node_modules');
  await mkdir(modules);
  for (const scope of scopes) await mkdir(join(modules, scope as string));
  for (const name of await readdir(join(origin, 'node_modules'))) {
    // caches stay where they are, and nothing in the workspace's scope is installed from elsewhere
    if (!name.startsWith('.') && !scopes.has(name) && !own.has(name)) await link(join(origin, 'node_modules', name), join(modules, name));
  }
  for (const [name, folder] of own) await link(folder, join(modules, name));
}

/** Folders of the packages that were copied, by package name. */
async function workspacePackages(root: string): Promise<ReadonlyMap<string, string>> {
  const folders = (await readdir(join(root, 'packages'))).map((name) => join(root, 'packages', name));
  const named = folders.map(async (folder) => {
    const { name } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { readonly name: string };
    return [name, folder] as const;
  });
  return new Map(await Promise.all(named));
}

function link(target: string, at: string): Promise<void> {
  return symlink(target, at, 'junction');
}
