/**
 * The addon, built by node-gyp from the sources in the npm package. That happens in a folder of its own below the system's one for temporary
 * files, because the package's build file cannot cope with spaces in paths. It must not know where the libraries came from.
 */
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { LIBRARIES } from './libraries.ts';
import { lastWords, NativeFailure } from './native-failure.ts';
import type { Tools } from './prerequisites.ts';
import { addonIn, NODE_API_VERSION } from './target.ts';
import { runTool } from './tool.ts';

/** The sentence for a node-gyp that failed. */
export function explainNodeGyp(output: string, { nodeFolder }: Pick<Tools, 'nodeFolder'>): string {
  if (nodeFolder === undefined && /network connectivity|getaddrinfo|ECONNREFUSED|ECONNRESET|ETIMEDOUT/.test(output))
    return "Node's headers are neither beside the program nor can they be downloaded: install Node as nodejs.org packs it, or name a folder with include/node in npm_config_nodedir.";
  if (/fatal error: .*No such file/.test(output))
    return 'A header is missing for the compiler: choose another TensorFlow with --tensorflow VERSION, or install the headers of the C library (Debian and Ubuntu: apt install libc6-dev).';
  return 'The compiler did not get through: its messages above say why; TensorFlow 2.21.0 and GCC 12 are known to work.';
}

/** Lays out what the package's build file expects: libtensorflow by its short name, and the headers beside it. */
async function layOut(folder: string, packageFolder: string, libraries: string): Promise<void> {
  for (const name of ['binding', 'binding.gyp', 'package.json'])
    await cp(join(packageFolder, name), join(folder, name), { recursive: true });
  await mkdir(join(folder, 'deps', 'lib'), { recursive: true });
  await symlink(join(libraries, 'include'), join(folder, 'deps', 'include'));
  for (const [name, file] of Object.entries(LIBRARIES)) await symlink(join(libraries, file), join(folder, 'deps', 'lib', `lib${name}.so`));
}

async function compile(folder: string, { nodeGyp, nodeFolder, python }: Tools): Promise<void> {
  const variables = ['--module_name=tfjs_binding', `--module_path=${dirname(addonIn(folder))}`, `--napi_build_version=${NODE_API_VERSION}`];
  // to node-gyp, settings in the environment are above options
  const env = { npm_config_loglevel: 'error', ...(nodeFolder !== undefined && { npm_config_nodedir: nodeFolder }) };
  const args = [nodeGyp, 'rebuild', '--release', `--python=${python}`, ...variables];
  const { status, output } = await runTool(process.execPath, args, { cwd: folder, env });
  if (status !== 0) throw new NativeFailure(explainNodeGyp(output, { nodeFolder }), lastWords(output));
}

/** Builds the addon of a package against the libraries in a folder, and lets it find them there by itself. */
export async function buildAddon(packageFolder: string, { libraries, ...tools }: Tools & { readonly libraries: string }): Promise<void> {
  if (/\s/.test(tmpdir()))
    throw new NativeFailure(`The folder for temporary files, ${tmpdir()}, has a space in its name: set TMPDIR to one without.`);
  const folder = await mkdtemp(join(tmpdir(), 'tfjs-native-'));
  try {
    await layOut(folder, packageFolder, libraries);
    await compile(folder, tools);
    await mkdir(dirname(addonIn(packageFolder)), { recursive: true });
    await cp(addonIn(folder), addonIn(packageFolder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  // the addon looks in deps/lib; a link to the folder itself lets the libraries find their own neighbours, such as those of CUDA
  const deps = join(packageFolder, 'deps');
  await mkdir(deps, { recursive: true });
  await symlink(relative(deps, libraries), join(deps, 'lib'));
}
