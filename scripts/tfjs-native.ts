/**
 * Builds TensorFlow's native addon for TensorFlow.js against the libraries of a current TensorFlow, and sees that it works; the tfjs backend
 * then has its devices `node` and `node-gpu`. The packages' own install script is not run: it fetches a TensorFlow of 2022 for CUDA 11.
 *   npm run tfjs:native -- [--gpu] [--tensorflow VERSION | --python-package DIR]
 */
import { mkdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { buildAddon } from './tfjs-native/addon.ts';
import { type Built, isLinked, nextStep, readBuilt, recordIn } from './tfjs-native/built.ts';
import { check, type Findings } from './tfjs-native/check.ts';
import { fetchLibraries, requirePythonPackage } from './tfjs-native/libraries.ts';
import { NativeFailure } from './tfjs-native/native-failure.ts';
import { installPackage } from './tfjs-native/node-package.ts';
import { findTools } from './tfjs-native/prerequisites.ts';
import { packageIn, type Target, TENSORFLOW_VERSION, TFJS_VERSION, targetOf, unsupported } from './tfjs-native/target.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** The exit status of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;
const SYSTEM = `${process.platform}-${process.arch}`;

interface Options {
  readonly gpu?: boolean;
  readonly tensorflow?: string;
  readonly pythonPackage?: string;
  readonly force?: boolean;
}

/** The C library's version, where it is glibc. */
function glibcVersion(): string | undefined {
  const report: unknown = process.report.getReport();
  const header = report instanceof Object && 'header' in report ? report.header : undefined;
  return header instanceof Object && 'glibcVersionRuntime' in header ? String(header.glibcVersionRuntime) : undefined;
}

/** Puts everything together in the staging folder, checks it there and only then lets it take the place of what was there before. */
async function build(target: Target, { tensorflow = TENSORFLOW_VERSION, pythonPackage }: Options): Promise<Findings> {
  const { staging, folder, npmPackage, wheel } = target;
  if (pythonPackage !== undefined) requirePythonPackage(pythonPackage);
  const tools = await findTools({ pip: pythonPackage === undefined });
  await rm(staging, { recursive: true, force: true });
  try {
    console.log(`Fetching ${npmPackage} ${TFJS_VERSION} ...`);
    await installPackage(ROOT, { npm: tools.npm, target });
    const libraries = pythonPackage ?? join(staging, 'tensorflow');
    if (pythonPackage === undefined) {
      console.log(`Fetching ${wheel} ${tensorflow}, some hundred megabytes ...`);
      await fetchLibraries(libraries, { python: tools.python, wheel, version: tensorflow });
    }
    console.log(tools.nodeFolder === undefined ? "Building the addon; Node's headers are downloaded first ..." : 'Building the addon ...');
    const packageFolder = packageIn(staging, target);
    await buildAddon(packageFolder, { ...tools, libraries });
    console.log('Checking it ...');
    const findings = await check(pathToFileURL(join(packageFolder, 'dist', 'index.js')).href, target);
    const built: Built = { tfjs: TFJS_VERSION, tensorflow: findings.tensorflow, pythonPackage: pythonPackage ?? null, system: SYSTEM };
    await writeFile(recordIn(staging), `${JSON.stringify(built, undefined, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
    return findings;
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Lets the workspace find the package by its name. */
async function linkPackage(target: Target): Promise<void> {
  const { link, folder } = target;
  await rm(link, { recursive: true, force: true });
  await mkdir(dirname(link), { recursive: true });
  await symlink(relative(dirname(link), packageIn(folder, target)), link);
}

async function main({ gpu = false, ...options }: Options): Promise<void> {
  const refusal = unsupported({ platform: process.platform, arch: process.arch, glibc: glibcVersion() }, { gpu });
  if (refusal !== undefined) throw new NativeFailure(refusal);
  const pythonPackage = options.pythonPackage === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', options.pythonPackage);
  const wanted = {
    ...options,
    ...(pythonPackage === undefined ? {} : { pythonPackage: await realpath(pythonPackage).catch(() => pythonPackage) }),
  };
  const target = targetOf(ROOT, { gpu, arch: process.arch });
  const step = nextStep(await readBuilt(target), { tfjs: TFJS_VERSION, system: SYSTEM, ...wanted }, { linked: await isLinked(target) });
  if (step === 'build') await build(target, wanted);
  if (step !== 'nothing') await linkPackage(target);
  const { tensorflow, rate } = await check(target.npmPackage, target);
  const done = {
    build: 'is built',
    link: 'was built before and is linked into node_modules again',
    nothing: 'is there, nothing is to be done',
  };
  console.log(`${target.npmPackage} ${TFJS_VERSION} with TensorFlow ${tensorflow} ${done[step]}.`);
  console.log(`It convolves 256 to 256 channels, 3x3, at 64x64 at ${rate.toFixed(0)} GFLOP/s.`);
}

function version(text: string): string {
  if (/^\d+\.\d+\.\d+(rc\d+)?$/.test(text)) return text;
  throw new InvalidArgumentError(`Expected a version such as ${TENSORFLOW_VERSION}.`);
}

const program = new Command('tfjs:native')
  .description("Builds TensorFlow's native addon for TensorFlow.js against a current TensorFlow (docs/native-tensorflow.md).")
  .option('--gpu', 'for NVIDIA GPUs: @tensorflow/tfjs-node-gpu, with CUDA')
  .option('--tensorflow <version>', `the TensorFlow to fetch with pip; ${TENSORFLOW_VERSION} unless there is a build already`, version)
  .addOption(
    new Option('--python-package <folder>', 'use the libraries of an installed Python package tensorflow, where they lie').conflicts(
      'tensorflow',
    ),
  )
  .option('--force', 'build it again even if it is there');

let interrupted = false;
// the tool at work hears Ctrl-C as well and ends; what it has left is then cleared away. tsx may pass the signal on once more
process.on('SIGINT', () => {
  interrupted = true;
});
try {
  await main(program.parse().opts<Options>());
} catch (error) {
  if (!(error instanceof NativeFailure)) throw error;
  if (!interrupted && error.details !== '') console.error(error.details);
  console.error(interrupted ? 'Interrupted: what was there before is there still.' : `error: ${error.message}`);
  process.exitCode = interrupted ? INTERRUPTED : 1;
}
