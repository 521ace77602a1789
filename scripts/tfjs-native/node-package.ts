/**
 * The npm package and what it depends on, in the folder of the build. npm is not asked to put it into the workspace's node_modules,
 * because there it removes whatever package.json does not name, now or with the next install.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { lastWords, NativeFailure } from './native-failure.ts';
import { type Target, TFJS_VERSION } from './target.ts';
import { runTool } from './tool.ts';

/** Packages that must exist once: the addon's backend registers with the workspace's own. */
const OF_THE_WORKSPACE = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'] as const;

const ManifestSchema = z.looseObject({ version: z.string() });

async function requireWorkspacePackages(root: string): Promise<void> {
  for (const name of OF_THE_WORKSPACE) {
    const path = join(root, 'node_modules', name, 'package.json');
    const version = existsSync(path) ? ManifestSchema.parse(JSON.parse(await readFile(path, 'utf8'))).version : 'not there';
    if (version !== TFJS_VERSION)
      throw new NativeFailure(
        `${name} ${TFJS_VERSION} must be installed in the workspace, it is ${version}: run npm ci and then this again.`,
      );
  }
}

/** The sentence for an npm that failed. */
export function explainNpm(output: string, npmPackage: string): string {
  const name = `${npmPackage}@${TFJS_VERSION}`;
  if (/\bE404\b|\bETARGET\b/.test(output))
    return `The npm registry has no ${name}: ask npm for another registry with npm config set registry.`;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i.test(output))
    return `npm cannot reach its registry for ${name}: connect this machine to a network, or set npm's proxy, and run this again.`;
  return `npm could not install ${name}: mend what its messages above name and run this again.`;
}

/** Installs the package into the build's folder without running its scripts, and leaves the workspace's packages to the workspace. */
export async function installPackage(root: string, { npm, target }: { readonly npm: string; readonly target: Target }): Promise<void> {
  await requireWorkspacePackages(root);
  const { staging, npmPackage } = target;
  await mkdir(staging, { recursive: true });
  await writeFile(join(staging, 'package.json'), `${JSON.stringify({ private: true })}\n`);
  const options = [
    '--ignore-scripts',
    '--no-save',
    '--no-package-lock',
    '--omit=dev',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ];
  const { status, output } = await runTool(
    process.execPath,
    [npm, 'install', '--prefix', staging, ...options, `${npmPackage}@${TFJS_VERSION}`],
    { cwd: staging },
  );
  if (status !== 0) throw new NativeFailure(explainNpm(output, npmPackage), lastWords(output));
  for (const name of OF_THE_WORKSPACE) await rm(join(staging, 'node_modules', name), { recursive: true, force: true });
}
