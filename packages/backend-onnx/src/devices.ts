/**
 * The devices of ONNX Runtime, and what to do when one cannot be used: how its package for Node comes by what it lacks. Knows where the
 * package lies, and loads nothing of it.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** Where ONNX Runtime may run, by the name of its execution provider. */
export const ONNX_DEVICES = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const;

/** A device of ONNX Runtime. */
export type OnnxDevice = (typeof ONNX_DEVICES)[number];

const USE_CPU = 'use the device cpu.';

/** How a device that cannot be used can, or what to use in its place. */
export function remedyOf(device: OnnxDevice): string {
  switch (device) {
    case 'cpu':
      return 'reinstall onnxruntime-node.';
    case 'cuda':
      return remedyOfCuda();
    case 'webgpu':
      return `it needs a GPU with a Vulkan, Metal or Direct3D 12 driver; ${driverOfWebGpu()}or ${USE_CPU}`;
    case 'coreml':
      return `coreml exists on macOS only; ${USE_CPU}`;
    case 'dml':
      return `dml exists on Windows only; ${USE_CPU}`;
  }
}

/** The provider is too large for the package, whose install script fetches it. */
function remedyOfCuda(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `cuda exists on Linux x64 only; ${USE_CPU}`;
  const libraries = 'the CUDA 12 and cuDNN 9 libraries';
  const folder = packageFolder();
  if (existsSync(join(folder, 'bin', 'napi-v6', 'linux', 'x64', 'libonnxruntime_providers_cuda.so')))
    return `install an NVIDIA driver and ${libraries}, with their folders in LD_LIBRARY_PATH, or ${USE_CPU}`;
  const script = join(folder, 'script', 'install.js');
  return `fetch the CUDA provider with \`node ${script} --onnxruntime-node-install\` (it needs an NVIDIA driver and ${libraries} as well), or ${USE_CPU}`;
}

function driverOfWebGpu(): string {
  if (process.platform !== 'linux') return 'install the driver, ';
  return 'install it (on Debian and Ubuntu `sudo apt install libvulkan1 mesa-vulkan-drivers` for AMD and Intel; that of NVIDIA brings its own), ';
}

/** Where onnxruntime-node lies, from the working folder where it is below that. */
function packageFolder(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const below = relative(process.cwd(), folder);
  return below.startsWith('..') ? folder : below;
}
