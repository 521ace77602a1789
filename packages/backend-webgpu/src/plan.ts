/**
 * From a graph to everything that a run needs, as plain data: kernels in order, the memory they work on, and copies. Pure: no device is asked, so
 * a plan can be looked at, counted and tested anywhere.
 */
import { BackendError, formatType, type Graph } from '@cyclegan/core';
import { fuse } from './fusion/fuse.ts';
import type { FusedProgram } from './fusion/group.ts';
import { lower } from './ir/lower.ts';
import { baseOf, deviceBytes, type LoweredProgram } from './ir/operation.ts';
import type { Kernel, KernelContext, KernelLimits } from './kernels/kernel.ts';
import { kernelsOf } from './kernels/kernels.ts';
import { type Lifetime, livenessBound, planMemory } from './placement/memory-plan.ts';
import { type Placement, place } from './placement/place.ts';
import type { Storage } from './placement/storage.ts';
import type { Binding } from './wgsl/bindings.ts';

/** What a plan is made for. */
export interface PlanOptions {
  readonly limits: KernelLimits;
  /** Names the variant to use of those by which something can be computed: `described` says what; the usual ones unless given. */
  readonly choose?: (described: string, variants: readonly string[], usual: string) => string;
}

/** A program, ready for a device. */
export interface Plan {
  readonly kernels: readonly Kernel[];
  /** Buffer of each temporary, and the buffers' bytes. */
  readonly buffers: ReadonlyMap<Storage, number>;
  readonly bufferBytes: readonly number[];
  /** Copies when all kernels have run: updates of variables that could not be made where these lie. */
  readonly copies: readonly { readonly from: Storage; readonly to: Storage }[];
  readonly outputs: ReadonlyMap<string, Storage>;
  /** Bytes of temporaries when they are most; at least so many are needed at a time with this order of kernels. */
  readonly temporaryBytes: number;
  readonly livenessBytes: number;
  /** Bytes of the gradients that wait for Adam. */
  readonly gradientBytes: number;
  /** Bytes that kernels read and write when each reads its operands once. */
  readonly movedBytes: number;
}

/** The limits of WebGPU that every adapter keeps. */
export const DEFAULT_LIMITS: KernelLimits = {
  storageBuffers: 8,
  bindingBytes: 2 ** 27,
  workgroupsPerDimension: 65535,
  invocationsPerWorkgroup: 256,
  workgroupBytes: 16384,
  subgroups: false,
};

/** A graph with everything decided but the variants of its kernels. */
export interface PreparedPlan {
  readonly program: LoweredProgram;
  readonly fused: FusedProgram;
  readonly placement: Placement;
  readonly limits: KernelLimits;
}

/**
 * Plans `graph`, which is shaped to the backend's capabilities, without a device; throws BackendError when it needs more than the limits allow.
 *
 * @example
 * const plan = planGraph(optimise(graph, NATIVE_COMPOSITES), { limits: DEFAULT_LIMITS });
 * console.log(plan.kernels.length, planSource(plan));
 */
export function planGraph(graph: Graph, { limits, choose = (_, __, usual) => usual }: PlanOptions): Plan {
  return finishPlan(preparePlan(graph, limits), choose);
}

/** Lowers, fuses and places `graph`, again where Adam would replace variables too early, without these. */
export function preparePlan(graph: Graph, limits: KernelLimits): PreparedPlan {
  const copied = new Set<string>();
  for (;;) {
    const program = lower(graph, { copied, slabBytes: limits.bindingBytes });
    const fused = fuse(program, limits);
    const placement = place(program, fused);
    if (placement.conflicts.length === 0) return { program, fused, placement, limits };
    for (const name of placement.conflicts) copied.add(name);
  }
}

/** What the kernels of a prepared plan are written with. */
export function kernelContext({ fused, placement, limits }: PreparedPlan, choose: KernelContext['choose']): KernelContext {
  return { limits, stored: fused.stored, storageOf: placement.storageOf, inPlace: placement.inPlace, choose };
}

/** Writes the kernels of a prepared plan, by the variants that `choose` names, and plans their memory. */
export function finishPlan(prepared: PreparedPlan, choose: KernelContext['choose']): Plan {
  const { program, fused, placement, limits } = prepared;
  const context = kernelContext(prepared, choose);
  const kernels = fused.groups.flatMap((group) => kernelsOf(group, context, placement));
  checkLimits(kernels, program, limits);
  const { copies } = placement;
  const outputs = new Map([...program.outputs].map(([name, value]) => [name, placement.storageOf(baseOf(value))]));
  const lifetimes = lifetimesOf(kernels, new Set([...outputs.values(), ...copies.map(({ from }) => from)]));
  const { buffers, bufferBytes } = planMemory([...lifetimes.values()]);
  return {
    kernels,
    buffers: new Map([...lifetimes.keys()].map((storage, k) => [storage, buffers[k] as number])),
    bufferBytes,
    copies,
    outputs,
    temporaryBytes: bufferBytes.reduce((total, bytes) => total + bytes, 0),
    livenessBytes: livenessBound([...lifetimes.values()]),
    gradientBytes: gradientBytes(kernels),
    movedBytes: kernels.reduce((total, kernel) => total + bytesMoved(kernel), 0),
  };
}

/** Bytes that a kernel reads and writes when it reads its operands once. */
export function bytesMoved({ bindings }: Kernel): number {
  // what Adam replaces it reads first
  const times = ({ storage, access }: Binding) => (storage.kind === 'slab' && access === 'read_write' ? 2 : 1);
  return bindings.reduce((total, binding) => total + (binding.touched ?? binding.storage.bytes) * times(binding), 0);
}

/** When each temporary is needed; those in `kept` until all kernels have run. */
function lifetimesOf(kernels: readonly Kernel[], kept: ReadonlySet<Storage>): ReadonlyMap<Storage, Lifetime> {
  const lifetimes = new Map<Storage, Lifetime>();
  kernels.forEach(({ bindings }, at) => {
    for (const { storage } of bindings) {
      if (storage.kind !== 'temporary') continue;
      const first = lifetimes.get(storage)?.first ?? at;
      lifetimes.set(storage, { bytes: storage.bytes, first, last: kept.has(storage) ? kernels.length : at });
    }
  });
  return lifetimes;
}

function gradientBytes(kernels: readonly Kernel[]): number {
  const slabs = new Set(
    kernels.flatMap(({ bindings }) => bindings.flatMap(({ storage }) => (storage.kind === 'gradients' ? [storage] : []))),
  );
  return [...slabs].reduce((total, { bytes }) => total + bytes, 0);
}

function checkLimits(kernels: readonly Kernel[], program: LoweredProgram, limits: KernelLimits): void {
  for (const { bindings, label, workgroups } of kernels) {
    const large = bindings.find(({ storage }) => storage.bytes > limits.bindingBytes);
    if (large !== undefined) {
      const value = program.operations.flatMap(({ outputs }) => outputs).find((output) => deviceBytes(output) === large.storage.bytes);
      throw new BackendError(
        `webgpu: ${label} needs ${value === undefined ? 'a buffer' : formatType(value)} of ${large.storage.bytes} bytes in one binding, and the adapter's maxStorageBufferBindingSize is ${limits.bindingBytes}; lower the size of the pictures, the batch or the number of filters.`,
      );
    }
    if (bindings.length > limits.storageBuffers) {
      throw new BackendError(
        `webgpu: ${label} binds ${bindings.length} buffers, and the adapter's maxStorageBuffersPerShaderStage is ${limits.storageBuffers}.`,
      );
    }
    if (workgroups.some((count) => count > limits.workgroupsPerDimension)) {
      throw new BackendError(
        `webgpu: ${label} takes ${workgroups.join(' x ')} workgroups, and the adapter's maxComputeWorkgroupsPerDimension is ${limits.workgroupsPerDimension}; lower the size of the pictures or the batch.`,
      );
    }
  }
}
