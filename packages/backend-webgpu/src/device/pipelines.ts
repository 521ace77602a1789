/** Compute pipelines by the text of their kernels: kernels of equal text share one, across all programs of a backend. */
import { BackendError } from '@cyclegan/core';
import type { Kernel } from '../kernels/kernel.ts';
import type { Device } from './device.ts';

/** A pipeline, and the layout of what it binds. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroupLayout;
}

/** Compiles kernels, each text once. */
export class Pipelines {
  readonly #device: Device;
  readonly #known = new Map<string, Promise<Pipeline>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: Device) {
    this.#device = device;
  }

  /** The pipeline of a kernel; rejects with BackendError, which names the kernel, when the device refuses it. */
  of(kernel: Kernel): Promise<Pipeline> {
    const known = this.#known.get(kernel.source);
    if (known !== undefined) return known;
    const made = this.#compile(kernel);
    this.#known.set(kernel.source, made);
    return made;
  }

  async #compile({ source, label, bindings }: Kernel): Promise<Pipeline> {
    const { gpu } = this.#device;
    const layout = this.#layout(bindings.map(({ access }) => access));
    const { value: module, accepted } = this.#device.guard(`webgpu: the device refuses the kernel ${label}`, () =>
      gpu.createShaderModule({ code: source, label }),
    );
    await accepted;
    try {
      const pipeline = await gpu.createComputePipelineAsync({
        label,
        layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main' },
      });
      return { pipeline, bindings: layout };
    } catch (cause) {
      this.#device.check();
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new BackendError(`webgpu: the device refuses the kernel ${label}: ${message.trim()}`, { cause });
    }
  }

  #layout(accesses: readonly ('read' | 'read_write')[]): GPUBindGroupLayout {
    const key = accesses.join(' ');
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const made = this.#device.gpu.createBindGroupLayout({
      entries: accesses.map((access, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
      })),
    });
    this.#layouts.set(key, made);
    return made;
  }
}
