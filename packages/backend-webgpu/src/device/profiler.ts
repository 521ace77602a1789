/** Time per kernel, from timestamps that the device writes at the beginning and end of each. */
import type { KernelTime } from '@cyclegan/core';
import type { Device } from './device.ts';

/** Kernels of which one query set holds the times: WebGPU's limit of 4096 queries. */
const IN_A_SET = 2048;

/** Bytes of a timestamp, which counts nanoseconds. */
const TIMESTAMP = 8;

/** The times of several programs' runs so far, those of equal labels added up, the longest first. */
export async function addedTimes(profilers: readonly Profiler[]): Promise<readonly KernelTime[]> {
  const times = new Map<string, KernelTime>();
  for (const profiler of profilers) {
    for (const [label, { nanoseconds, dispatches }] of await profiler.totals()) {
      const known = times.get(label);
      times.set(label, {
        label,
        seconds: (known?.seconds ?? 0) + nanoseconds / 1e9,
        dispatches: (known?.dispatches ?? 0) + dispatches,
      });
    }
  }
  return [...times.values()].sort((a, b) => b.seconds - a.seconds);
}

/** Measures the kernels of one program. */
export class Profiler {
  readonly #device: Device;
  readonly #labels: readonly string[];
  readonly #sets: readonly GPUQuerySet[];
  readonly #totals = new Map<string, { nanoseconds: number; dispatches: number }>();
  readonly #resolved: GPUBuffer;
  readonly #pending = new Set<Promise<void>>();

  /** The device must have timestamp queries. */
  constructor(device: Device, labels: readonly string[]) {
    this.#device = device;
    this.#labels = labels;
    const sets = Math.ceil(labels.length / IN_A_SET);
    this.#sets = Array.from({ length: sets }, (_, k) =>
      device.gpu.createQuerySet({ type: 'timestamp', count: 2 * Math.min(IN_A_SET, labels.length - k * IN_A_SET) }),
    );
    this.#resolved = device.createBuffer(
      sets * IN_A_SET * 2 * TIMESTAMP,
      GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
      'timestamps',
    );
  }

  /** What the pass of kernel `at` is begun with. */
  writesOf(at: number): Pick<GPUComputePassDescriptor, 'timestampWrites'> {
    const querySet = this.#sets[Math.floor(at / IN_A_SET)] as GPUQuerySet;
    const first = 2 * (at % IN_A_SET);
    return { timestampWrites: { querySet, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 } };
  }

  /** Appends what brings the times of a run to the host; the function that is returned, called when it was submitted, adds them up. */
  record(encoder: GPUCommandEncoder): () => Promise<void> {
    this.#sets.forEach((set, k) => {
      encoder.resolveQuerySet(set, 0, set.count, this.#resolved, k * IN_A_SET * 2 * TIMESTAMP);
    });
    const bytes = this.#resolved.size;
    const staging = this.#device.createBuffer(bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST, 'timestamps');
    encoder.copyBufferToBuffer(this.#resolved, 0, staging, 0, bytes);
    return () => {
      const added = this.#add(staging, bytes).catch(() => undefined);
      this.#pending.add(added);
      return added.finally(() => this.#pending.delete(added));
    };
  }

  /** The times of all runs so far, the longest first. */
  times(): Promise<readonly KernelTime[]> {
    return addedTimes([this]);
  }

  /** The times of all runs so far by label, once those under way are there. */
  async totals(): Promise<ReadonlyMap<string, { readonly nanoseconds: number; readonly dispatches: number }>> {
    await Promise.all(this.#pending);
    return this.#totals;
  }

  /** Frees the queries. */
  dispose(): void {
    for (const set of this.#sets) set.destroy();
    this.#device.destroyBuffer(this.#resolved);
  }

  async #add(staging: GPUBuffer, bytes: number): Promise<void> {
    try {
      const stamps = new BigUint64Array((await this.#device.map(staging, bytes)).slice(0));
      this.#labels.forEach((label, at) => {
        const first = Math.floor(at / IN_A_SET) * IN_A_SET * 2 + 2 * (at % IN_A_SET);
        const known = this.#totals.get(label) ?? { nanoseconds: 0, dispatches: 0 };
        known.nanoseconds += Number((stamps[first + 1] ?? 0n) - (stamps[first] ?? 0n));
        known.dispatches++;
        this.#totals.set(label, known);
      });
    } finally {
      this.#device.destroyBuffer(staging);
    }
  }
}
