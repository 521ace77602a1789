/**
 * The engines that the parity suite holds to the oracle. A new one is a line here; the suite does the rest. Knows how each is made, and
 * nothing of what is asked of it.
 */
import type { Backend } from '@cyclegan/core';
import type { Precision } from '@cyclegan/core/testing';

/** How an engine is made. */
export interface EngineOptions {
  /** Prefix of the profiles that it writes, one for each program; only engines with a `provider` are asked for them. */
  readonly profile?: string;
}

/** A backend on one of its devices. */
export interface Engine {
  /** `backend:device`, as `--engines` and REQUIRE_BACKENDS name it. */
  readonly name: string;
  /** Makes it, for one CPU thread; throws DeviceError when this machine cannot have it. */
  readonly create: (options?: EngineOptions) => Promise<Backend>;
  /** Arithmetic in which it computes `f32` graphs: `f32` unless given. */
  readonly precision?: Precision;
  /** What ONNX Runtime calls the device in its profiles; it computes elsewhere, without a word, what the device cannot. */
  readonly provider?: string;
  /** Its driver of Vulkan has to be named by the environment where there is no GPU; the others find the software driver themselves. */
  readonly namesDriver?: boolean;
  /** When a step of a golden run takes it many seconds: there golden runs stop after the first, and only some are replayed, unless --full is given. */
  readonly slow?: 'always' | 'in software';
}

/** What descriptions of devices say of the software driver. */
export const SOFTWARE = 'software on the CPU';

/** The engine that the others are compared with. */
export const ORACLE = 'reference:cpu';

/** All of them, in the order of the report; each resumes the checkpoint of the one before it. */
export const ENGINES: readonly Engine[] = [
  { name: ORACLE, create: reference, precision: 'f64' },
  { name: 'onnx:cpu', create: (options) => onnx('cpu', options) },
  {
    name: 'onnx:webgpu',
    create: (options) => onnx('webgpu', options),
    provider: 'WebGpuExecutionProvider',
    namesDriver: true,
    slow: 'in software',
  },
  { name: 'tfjs:cpu', create: () => tfjs('cpu'), slow: 'always' },
  { name: 'tfjs:wasm', create: () => tfjs('wasm') },
  { name: 'tfjs:node', create: () => tfjs('node') },
  { name: 'tfjs:webgpu', create: () => tfjs('webgpu'), slow: 'in software' },
  { name: 'webgpu:webgpu', create: webgpu, slow: 'in software' },
];

/** The engine of a name; throws when there is none. */
export function engineOf(name: string): Engine {
  const engine = ENGINES.find((candidate) => candidate.name === name);
  if (engine === undefined) throw new Error(`${name}: there is no such engine; there are ${ENGINES.map((each) => each.name).join(', ')}.`);
  return engine;
}

async function reference(): Promise<Backend> {
  const { createReferenceBackend } = await import('@cyclegan/core/reference');
  return createReferenceBackend();
}

async function onnx(device: 'cpu' | 'webgpu', options: EngineOptions = {}): Promise<Backend> {
  const { createOnnxBackend } = await import('@cyclegan/backend-onnx');
  return createOnnxBackend({ device, threads: 1, ...options });
}

async function tfjs(device: 'cpu' | 'wasm' | 'node' | 'webgpu'): Promise<Backend> {
  const { createTfjsBackend } = await import('@cyclegan/backend-tfjs');
  return createTfjsBackend({ device, threads: 1 });
}

async function webgpu(): Promise<Backend> {
  const { createWebGpuBackend } = await import('@cyclegan/backend-webgpu');
  return createWebGpuBackend();
}
