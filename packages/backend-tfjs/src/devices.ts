/**
 * The engines of TensorFlow.js, and how each is loaded: two that always work, one for GPUs, and TensorFlow itself, whose packages for Node are
 * installed by whoever wants them.
 */
import { createRequire } from 'node:module';
import util from 'node:util';
import { BackendError, DeviceError } from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';
import { Engine } from './engine.ts';

/** Where TensorFlow.js may run. `node` and `node-gpu` are TensorFlow on the CPU and on NVIDIA's GPUs. */
export const TFJS_DEVICES = ['cpu', 'wasm', 'node', 'node-gpu', 'webgpu'] as const;

/** A device of TensorFlow.js. */
export type TfjsDevice = (typeof TFJS_DEVICES)[number];

/** A device that is ready. */
export interface OpenDevice {
  readonly engine: Engine;
  /** Adapter, or what else there is to say of it. */
  readonly details?: string;
  /** CPU threads in use, where that means something. */
  readonly threads?: number;
  /** Gives back what keeps the process from ending. */
  dispose(): void;
}

/** Loads a device; throws DeviceError, with the remedy, when it cannot be used. `threads` is how many of the CPU's it may take. */
export async function openDevice(device: TfjsDevice, threads: number): Promise<OpenDevice> {
  const nothing = () => undefined;
  // spares the user its advice on the console
  tf.enableProdMode();
  switch (device) {
    case 'cpu':
      await import('@tensorflow/tfjs-backend-cpu');
      return { engine: await Engine.start('cpu'), threads: 1, dispose: nothing };
    case 'wasm':
      return { ...(await openWasm(threads)), dispose: nothing };
    case 'node':
    case 'node-gpu':
      return { engine: await openNative(device, threads), ...(device === 'node' ? { threads } : {}), dispose: nothing };
    case 'webgpu':
      return openWebGpu();
  }
}

async function openWasm(threads: number): Promise<Omit<OpenDevice, 'dispose'>> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setThreadsCount(threads);
  const engine = await Engine.start('wasm');
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? 'SIMD' : 'no SIMD';
  // TensorFlow.js has threads of WebAssembly in browsers alone
  return { engine, details: simd, threads: (await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')) ? wasm.getThreadsCount() : 1 };
}

const PACKAGES = { node: '@tensorflow/tfjs-node', 'node-gpu': '@tensorflow/tfjs-node-gpu' } as const;

/** The one of TensorFlow's packages that this process has loaded: both register the same engine. */
let loaded: keyof typeof PACKAGES | undefined;

async function openNative(device: keyof typeof PACKAGES, threads: number): Promise<Engine> {
  if (loaded !== undefined && loaded !== device)
    throw new BackendError(
      `device ${device}: ${loaded} is in use already, and a process can load one of the two; start another for ${device}.`,
    );
  // read by TensorFlow when it starts
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
  // newer Nodes dropped what the package calls
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  legacy.isArray ??= Array.isArray;
  const name = PACKAGES[device];
  try {
    createRequire(import.meta.url)(name);
  } catch (cause) {
    throw new DeviceError(device, nativeProblem(device, cause));
  }
  loaded = device;
  const engine = await Engine.start('tensorflow');
  // without a GPU the package computes on the CPU, and does not say so
  if (device === 'node-gpu' && !(tf.backend() as unknown as { readonly isUsingGpuDevice: boolean }).isUsingGpuDevice)
    throw new DeviceError(device, {
      reason: 'TensorFlow finds no GPU that it can use',
      remedy: 'see docs/native-tensorflow.md, or use the device node.',
    });
  return engine;
}

function nativeProblem(device: keyof typeof PACKAGES, cause: unknown) {
  const name = PACKAGES[device];
  const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  const missing = (cause as { readonly code?: unknown }).code === 'MODULE_NOT_FOUND' && message.includes(name);
  const reason = missing ? `the package ${name} is not installed` : `the package ${name} cannot be loaded (${message})`;
  const script = `npm run tfjs:native${device === 'node-gpu' ? ' -- --gpu' : ''}`;
  return {
    reason,
    remedy: `build it with \`${script}\` (docs/native-tensorflow.md), or use another device: cpu and wasm always work.`,
    cause,
  };
}

async function openWebGpu(): Promise<OpenDevice> {
  const name = 'webgpu';
  if (tf.findBackendFactory(name) !== null)
    throw new BackendError('device webgpu: TensorFlow.js has it open already; dispose of that backend first.');
  const { openGpu } = await import('@cyclegan/webgpu-device');
  const gpu = await openGpu();
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  // small tensors would be computed on the CPU otherwise
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  tf.registerBackend(name, () => withNavigator(() => new WebGPUBackend(gpu.device as never, gpu.info as never)));
  const engine = await Engine.start(name);
  gpu.device.addEventListener('uncapturederror', ({ error }) => engine.fail(error.message.split('\n')[0] ?? ''));
  void gpu.device.lost.then(({ reason, message }) => reason !== 'destroyed' && engine.fail(`it was lost: ${message}`));
  const dispose = () => {
    tf.removeBackend(name);
    gpu.dispose();
  };
  return { engine, details: gpu.description, dispose };
}

/** Calls `make` where `navigator.gpu` is there, which TensorFlow.js takes as the sign that there is WebGPU at all; Node has none. */
function withNavigator<T>(make: () => T): T {
  const scope = globalThis as { navigator?: { gpu?: unknown } };
  scope.navigator ??= {};
  const { navigator } = scope;
  if (navigator.gpu !== undefined) return make();
  Object.defineProperty(navigator, 'gpu', { value: true, configurable: true });
  try {
    return make();
  } finally {
    delete navigator.gpu;
  }
}
