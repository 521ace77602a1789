/** Backends by name. Each is loaded when it is asked for, so that an engine which is not installed disturbs nobody else. */
import type { Backend, MemoryUse } from '@cyclegan/core';
import { UsageError } from './errors.ts';

/** Names for `--backend`. */
export const BACKENDS = ['onnx', 'reference'] as const;

/** Names for `--device`. */
export const DEVICES = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const;

/** Names for `--memory`. */
export const MEMORY_USES = ['fast', 'low'] as const satisfies readonly MemoryUse[];

/** What a command computes on. */
export interface BackendChoice {
  readonly backend: (typeof BACKENDS)[number];
  readonly device: (typeof DEVICES)[number];
  /** CPU threads; the backend decides unless given. */
  readonly threads?: number | undefined;
  /** Prefix of the files that the engine writes its own profiles to, where it can. */
  readonly profile?: string | undefined;
}

/** Makes a backend; throws UsageError when it never has the device, BackendError when it is not there. */
export async function createBackend({ backend, device, threads, profile }: BackendChoice): Promise<Backend> {
  switch (backend) {
    case 'onnx': {
      const { createOnnxBackend } = await import('@cyclegan/backend-onnx');
      return createOnnxBackend({ device, ...(threads === undefined ? {} : { threads }), ...(profile === undefined ? {} : { profile }) });
    }
    case 'reference': {
      if (device !== 'cpu') throw new UsageError(`--device ${device}: the reference backend runs on cpu only; use --backend onnx.`);
      if (threads !== undefined && threads !== 1)
        throw new UsageError(`--threads ${threads}: the reference backend has one thread only; leave --threads out.`);
      const { createReferenceBackend } = await import('@cyclegan/core/reference');
      return createReferenceBackend();
    }
  }
}

/** What a backend computes with, in words: on another, training does not go on with the same bits. */
export function environmentOf({ name, device }: Pick<Backend, 'name' | 'device'>): Record<string, string> {
  const { kind, description, threads } = device;
  return { backend: name, device: kind, engine: description, threads: String(threads ?? 'unknown'), node: process.version };
}
