/**
 * ONNX Runtime for Node: loading it, checking that it has the device, making and running sessions. The only file that loads the package.
 */
import { BackendError, DeviceError } from '@cyclegan/core';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type OnnxDevice, remedyOf } from './devices.ts';

/** The module `onnxruntime-node`. */
export type Runtime = typeof import('onnxruntime-node');

/** Severity from which ONNX Runtime writes to the console: fatal errors. The others are thrown as well. */
const LOG_FATAL = 4;

/** Loads ONNX Runtime; throws BackendError when it is not installed. */
export async function loadRuntime(): Promise<Runtime> {
  try {
    const runtime = await import('onnxruntime-node');
    runtime.env.logLevel = 'fatal';
    return runtime;
  } catch (error) {
    throw new BackendError(`onnxruntime-node cannot be loaded (${messageOf(error)}); install it with \`npm install onnxruntime-node\`.`, {
      cause: error,
    });
  }
}

/** Options that every session gets. */
export interface SessionSettings {
  readonly device: OnnxDevice;
  readonly threads: number;
  /** Prefix of the file for ONNX Runtime's own profile, which is written when the session's `endProfiling` is called. */
  readonly profile?: string;
}

/**
 * A session on a device for `model`, a trivial one: while there is a session, ONNX Runtime keeps the device open, and what it has compiled
 * for it. Throws BackendError, with the remedy, when it does not have the device or makes no session there.
 */
export async function openDevice(runtime: Runtime, model: Uint8Array, settings: SessionSettings): Promise<InferenceSession> {
  const { device } = settings;
  const offered = runtime.listSupportedBackends().map(({ name }) => name);
  const remedy = remedyOf(device);
  if (!offered.includes(device)) {
    throw new DeviceError(device, { reason: `this build of onnxruntime-node offers ${offered.join(', ')}`, remedy });
  }
  try {
    return await createSession(runtime, model, settings);
  } catch (error) {
    throw new DeviceError(device, { reason: withoutSource(messageOf(error)), remedy, cause: error });
  }
}

/** A session for the bytes of a model; throws BackendError when ONNX Runtime refuses the model. */
export async function createSession(runtime: Runtime, model: Uint8Array, settings: SessionSettings): Promise<InferenceSession> {
  const { device, threads, profile } = settings;
  try {
    return await runtime.InferenceSession.create(model, {
      executionProviders: [device],
      intraOpNumThreads: threads,
      // ONNX Runtime's own optimiser makes steps no faster and compiles three to six times as long
      graphOptimizationLevel: 'disabled',
      // it grows by powers of two and keeps pieces that fit nothing: a step at 256 x 256 takes a third less memory without it, at the same speed
      enableCpuMemArena: false,
      // plans memory for all tensors at once, which takes more of it than one after the other
      enableMemPattern: false,
      logSeverityLevel: LOG_FATAL,
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    });
  } catch (error) {
    throw new BackendError(`ONNX Runtime refuses the model: ${messageOf(error).trim()}`, { cause: error });
  }
}

/** Runs a session for the outputs `wanted`; throws BackendError when ONNX Runtime fails. */
export async function runSession(
  session: InferenceSession,
  bound: Readonly<Record<string, Tensor>>,
  wanted: Readonly<Record<string, Tensor | null>>,
): Promise<InferenceSession.OnnxValueMapType> {
  if (Object.keys(wanted).length === 0) return {};
  try {
    return await session.run(bound, wanted);
  } catch (error) {
    throw new BackendError(`ONNX Runtime failed, and no variable changed: ${messageOf(error)}`, { cause: error });
  }
}

/** What is wrong with a device, in a message about the trivial model: without the model, and the place in ONNX Runtime's source that some name. */
function withoutSource(message: string): string {
  return message
    .replace(/^ONNX Runtime refuses the model: /, '')
    .replace(/\S+\.cc:\d+ .* was false\. /s, '')
    .trim();
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
