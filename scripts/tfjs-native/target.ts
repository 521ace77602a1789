/** What is built, and where: names, versions and folders. It must not touch the disk. */
import { join } from 'node:path';

/** The version of the npm packages, the one that packages/backend-tfjs is written for. */
export const TFJS_VERSION = '4.22.0';

/** The TensorFlow that is fetched unless another one is asked for. */
export const TENSORFLOW_VERSION = '2.21.0';

/** The Node-API version under which the packages look for their addon in every Node since 20. */
export const NODE_API_VERSION = 8;

/** The machine, as far as it decides which TensorFlow fits; `glibc` is undefined where there is none. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly glibc: string | undefined;
}

/** One build: the npm package, the Python package whose libraries it is built against, and the folders it lives in. */
export interface Target {
  readonly gpu: boolean;
  readonly npmPackage: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';
  readonly wheel: 'tensorflow' | 'tensorflow-cpu';
  /** Where the finished build lies, outside node_modules because npm would tidy it away. */
  readonly folder: string;
  /** Where it is put together; as deep as `folder`, so that both find the packages of the workspace's node_modules. */
  readonly staging: string;
  /** The entry of the workspace's node_modules by which the package is imported. */
  readonly link: string;
}

/** The build for a machine; on arm64 the wheel called tensorflow is the one for the CPU. */
export function targetOf(root: string, { gpu, arch }: { readonly gpu: boolean; readonly arch: string }): Target {
  const npmPackage = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  const folder = join(root, '.tensorflow', gpu ? 'gpu' : 'cpu');
  return {
    gpu,
    npmPackage,
    wheel: gpu || arch === 'arm64' ? 'tensorflow' : 'tensorflow-cpu',
    folder,
    staging: `${folder}.partial`,
    link: join(root, 'node_modules', npmPackage),
  };
}

/** The npm package inside a build, finished or not. */
export function packageIn(folder: string, { npmPackage }: Pick<Target, 'npmPackage'>): string {
  return join(folder, 'node_modules', npmPackage);
}

/** Where the package looks for its addon. */
export function addonIn(packageFolder: string): string {
  return join(packageFolder, 'lib', `napi-v${NODE_API_VERSION}`, 'tfjs_binding.node');
}

/** The sentence for a machine on which this cannot work, or undefined. */
export function unsupported({ platform, arch, glibc }: Machine, { gpu }: { readonly gpu: boolean }): string | undefined {
  const instead = 'use the wasm or webgpu device of the tfjs backend, or the onnx backend';
  if (platform !== 'linux' || !['x64', 'arm64'].includes(arch))
    return `TensorFlow's addon can be built on Linux x64 and arm64, not on ${platform} ${arch}: ${instead}.`;
  if (glibc === undefined)
    return `TensorFlow's libraries need a Linux with glibc (Debian, Ubuntu, Fedora), which this one is not: use such an image, or ${instead}.`;
  if (gpu && arch === 'arm64')
    return 'The tensorflow package for Linux arm64 has no CUDA: leave --gpu out, or name a build that has it with --python-package DIR.';
  return undefined;
}
