/**
 * A GPU device with its books kept: buffers counted, errors that the device reports turned into errors of what caused them, and its loss told in
 * words. Knows buffers and errors, nothing of programs.
 */
import { BackendError, type DType } from '@cyclegan/core';
import type { Gpu } from '@cyclegan/webgpu-device';
import type { KernelLimits } from '../kernels/kernel.ts';
import { dtypesOf } from './host-data.ts';

/** The result of some work on the device, and a promise that rejects when the device refused a part of it. */
export interface Guarded<T> {
  readonly value: T;
  readonly accepted: Promise<void>;
}

const SCOPES: readonly GPUErrorFilter[] = ['validation', 'out-of-memory', 'internal'];

const RESUME = 'continue from the last checkpoint';

/** A device and what it holds. */
export class Device {
  readonly gpu: GPUDevice;
  readonly #buffers = new Set<GPUBuffer>();
  readonly #subgroups: boolean;
  readonly #release: () => void;
  #failure: BackendError | undefined;

  /** `release` destroys the device. */
  constructor({ device, subgroups }: Pick<Gpu, 'device' | 'subgroups'>, release: () => void) {
    this.gpu = device;
    this.#subgroups = subgroups;
    this.#release = release;
    void device.lost.then(({ reason, message }) => {
      this.#failure ??= new BackendError(
        `the GPU device was lost (${message.trim().replace(/\.$/, '') || reason}); what it held is gone. Remedy: ${RESUME}, with smaller pictures or batches if this happens again.`,
      );
    });
    device.addEventListener('uncapturederror', ({ error }) => {
      this.#failure ??= new BackendError(`the GPU device failed: ${error.message.trim()} Remedy: ${RESUME}.`);
    });
  }

  /** Buffers that exist now. */
  get liveBuffers(): number {
    return this.#buffers.size;
  }

  /** Element types that kernels can compute in. */
  get dtypes(): readonly DType[] {
    return dtypesOf(this.gpu.features);
  }

  /** What the adapter allows. */
  get limits(): KernelLimits {
    const { limits } = this.gpu;
    return {
      storageBuffers: limits.maxStorageBuffersPerShaderStage,
      bindingBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
      workgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      invocationsPerWorkgroup: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
      subgroups: this.#subgroups,
    };
  }

  /** Throws BackendError when the device was lost or failed before. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A buffer of at least `bytes`, zeros. */
  createBuffer(bytes: number, usage: GPUBufferUsageFlags, label: string): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 4) * 4);
    if (size > this.gpu.limits.maxBufferSize) {
      throw new BackendError(
        `webgpu: ${label} takes ${size} bytes in one buffer, and the adapter's maxBufferSize is ${this.gpu.limits.maxBufferSize}; lower the size of the pictures, the batch or the number of filters.`,
      );
    }
    const buffer = this.gpu.createBuffer({ size, usage, label });
    this.#buffers.add(buffer);
    return buffer;
  }

  /** Frees a buffer; the device keeps it until work that was submitted before is done. */
  destroyBuffer(buffer: GPUBuffer): void {
    if (this.#buffers.delete(buffer)) buffer.destroy();
  }

  /** Does `work`, and tells whether the device accepts it; `what` opens the messages of errors. */
  guard<T>(what: string, work: () => T): Guarded<T> {
    this.check();
    for (const filter of SCOPES) this.gpu.pushErrorScope(filter);
    try {
      return { value: work(), accepted: this.#popped(what) };
    } catch (error) {
      void this.#popped(what).catch(() => undefined);
      throw error;
    }
  }

  /** Resolves when a staging buffer can be read; rejects with BackendError when the device is lost. */
  async map(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    try {
      await buffer.mapAsync(GPUMapMode.READ, 0, bytes);
      return buffer.getMappedRange(0, bytes);
    } catch (cause) {
      this.check();
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new BackendError(`the GPU device did not return its results (${message.trim()}). Remedy: ${RESUME}.`, { cause });
    }
  }

  /** Destroys all buffers and the device. */
  dispose(): void {
    this.#failure ??= new BackendError('the backend was disposed; create a new one.');
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.clear();
    this.#release();
  }

  async #popped(what: string): Promise<void> {
    const popped = [...SCOPES].reverse().map(async (filter) => ({ filter, error: await this.gpu.popErrorScope().catch(() => null) }));
    const errors = await Promise.all(popped);
    this.check();
    for (const { filter, error } of errors) if (error !== null) throw asBackendError(what, filter, error);
  }
}

function asBackendError(what: string, filter: GPUErrorFilter, error: GPUError): BackendError {
  const message = error.message.trim();
  if (filter !== 'out-of-memory') return new BackendError(`${what}: ${message}`);
  return new BackendError(
    `${what}: the GPU is out of memory (${message}). Remedy: lower the size of the pictures, the batch or the number of filters, or take less memory (\`--memory low\`).`,
  );
}
