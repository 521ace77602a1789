/** The buffers of a program: what its plan calls storage, made on the device. Variables are the store's. */
import { BackendError, type Feeds, type Graph } from '@cyclegan/core';
import { deviceBytes } from '../ir/operation.ts';
import { layout, type Storage } from '../placement/storage.ts';
import type { Plan } from '../plan.ts';
import type { WebGpuStore } from '../store.ts';
import type { Device } from './device.ts';
import { toWords } from './host-data.ts';
import { type Piece, storageUsage } from './pieces.ts';

/** Makes, finds and frees the buffers of a plan. */
export class ProgramMemory {
  readonly #device: Device;
  readonly #plan: Plan;
  readonly #store: WebGpuStore;
  readonly #feeds: ReadonlyMap<string, { readonly offset: number; readonly bytes: number }>;
  readonly #feedBytes: number;
  readonly #own = new Set<GPUBuffer>();
  readonly #buffers = new Map<number, GPUBuffer>();
  readonly #pieces = new Map<Storage, Piece>();
  readonly #feedBuffer: GPUBuffer;

  constructor(plan: Plan, graph: Graph, store: WebGpuStore) {
    this.#device = store.device;
    this.#plan = plan;
    this.#store = store;
    const names = [...graph.inputs.keys()];
    const sizes = [...graph.inputs.values()].map(deviceBytes);
    const { offsets, bytes } = layout(sizes);
    this.#feeds = new Map(names.map((name, k) => [name, { offset: offsets[k] as number, bytes: sizes[k] as number }]));
    this.#feedBytes = bytes;
    this.#feedBuffer = this.#make(bytes, 'feeds');
    plan.bufferBytes.forEach((size, k) => {
      this.#buffers.set(k, this.#make(size, `temporaries ${k}`));
    });
  }

  /** All feeds as they are laid out on the device, copied. */
  pack(feeds: Feeds): ArrayBuffer {
    const packed = new ArrayBuffer(this.#feedBytes);
    for (const [name, { offset }] of this.#feeds) {
      const feed = feeds[name];
      if (feed === undefined) continue;
      const words = toWords(feed.dtype, feed.data);
      new Uint8Array(packed).set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), offset);
    }
    return packed;
  }

  /** Gives the device packed feeds, for the work submitted next. */
  write(packed: ArrayBuffer): void {
    if (packed.byteLength > 0) this.#device.gpu.queue.writeBuffer(this.#feedBuffer, 0, packed);
  }

  /** Where a storage is. */
  locate(storage: Storage): Piece {
    if (storage.kind === 'variable') return this.#store.locate(storage.name);
    if (storage.kind === 'slab') return this.#store.slab(storage.names);
    const known = this.#pieces.get(storage);
    if (known !== undefined) return known;
    const piece = this.#place(storage);
    this.#pieces.set(storage, piece);
    return piece;
  }

  /** Frees all buffers but the store's. */
  dispose(): void {
    for (const buffer of this.#own) this.#device.destroyBuffer(buffer);
    this.#own.clear();
  }

  #place(storage: Exclude<Storage, { readonly kind: 'variable' | 'slab' }>): Piece {
    const { bytes } = storage;
    switch (storage.kind) {
      case 'temporary':
        return { buffer: this.#temporary(storage), offset: 0, bytes };
      case 'feed':
        return { buffer: this.#feedBuffer, offset: this.#feeds.get(storage.name)?.offset ?? 0, bytes };
      case 'gradients':
        return { buffer: this.#make(bytes, 'gradients'), offset: 0, bytes };
      case 'gradient':
        return { buffer: this.locate(storage.of).buffer, offset: storage.offset, bytes };
      case 'constant': {
        const buffer = this.#make(bytes, 'constant');
        this.#device.gpu.queue.writeBuffer(buffer, 0, toWords(storage.type.dtype, storage.data) as Float32Array<ArrayBuffer>);
        return { buffer, offset: 0, bytes };
      }
    }
  }

  #temporary(storage: Storage): GPUBuffer {
    const buffer = this.#buffers.get(this.#plan.buffers.get(storage) ?? -1);
    if (buffer === undefined) throw new BackendError('webgpu: a temporary has no buffer; this is an error of the planner.');
    return buffer;
  }

  #make(bytes: number, label: string): GPUBuffer {
    const buffer = this.#device.createBuffer(bytes, storageUsage(), label);
    this.#own.add(buffer);
    return buffer;
  }
}
