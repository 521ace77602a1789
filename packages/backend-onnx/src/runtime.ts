/**
 * ONNX Runtime for Node: loading it, checking that it has the device, and making sessions. The only file that names the package.
 */
import { BackendError } from '@cyclegan/core';
import type { InferenceSession } from 'onnxruntime-node';

/** The module `onnxruntime-node`. */
export type Runtime = typeof import('onnxruntime-node');

/** Where ONNX Runtime may run, by the name of its execution provider. */
export const ONNX_DEVICES = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const;

/** A device of ONNX Runtime. */
export type OnnxDevice = (typeof ONNX_DEVICES)[number];

/** What to do when a device cannot be used. */
const REMEDIES: Readonly<Record<OnnxDevice, string>> = {
  cpu: 'reinstall onnxruntime-node.',
  cuda: 'fetch the CUDA provider with `node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12` (Linux x64; needs the CUDA 12 and cuDNN 9 libraries), or use the device cpu.',
  webgpu: 'it needs a GPU with a Vulkan, Metal or Direct3D 12 driver; install the driver, or use the device cpu.',
  coreml: 'it exists on macOS only; use the device cpu.',
  dml: 'it exists on Windows only; use the device cpu.',
};

/** Severity from which ONNX Runtime writes to the console: errors. */
const LOG_ERRORS = 3;

/** Loads ONNX Runtime; throws BackendError when it is not installed. */
export async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new BackendError(`onnxruntime-node cannot be loaded (${messageOf(error)}); install it with \`npm install onnxruntime-node\`.`, {
      cause: error,
    });
  }
}

/** Throws BackendError, with the remedy, when this build of ONNX Runtime does not have the device. */
export function checkDevice(runtime: Runtime, device: OnnxDevice): void {
  const offered = runtime.listSupportedBackends().map(({ name }) => name);
  if (offered.includes(device)) return;
  throw new BackendError(`device ${device}: this build of onnxruntime-node offers ${offered.join(', ')}; ${REMEDIES[device]}`);
}

/** Options that every session gets. */
export interface SessionSettings {
  readonly device: OnnxDevice;
  readonly threads: number;
}

/** A session for the bytes of a model; throws BackendError, with the remedy, when ONNX Runtime refuses the model or the device. */
export async function createSession(runtime: Runtime, model: Uint8Array, { device, threads }: SessionSettings): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(model, {
      executionProviders: [device],
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'disabled',
      // plans memory for all tensors at once, which takes more of it than the arena does
      enableMemPattern: false,
      logSeverityLevel: LOG_ERRORS,
    });
  } catch (error) {
    const remedy = device === 'cpu' ? '' : ` On the device ${device}: ${REMEDIES[device]}`;
    throw new BackendError(`ONNX Runtime cannot compile the graph: ${messageOf(error)}${remedy}`, { cause: error });
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
