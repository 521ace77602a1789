/** The buffers of a kernel, by the names that its text gives them. Knows values and no device. */
import { sizeOf } from '@cyclegan/core';
import type { Value } from '../ir/operation.ts';
import type { Storage } from '../placement/storage.ts';
import { fromMemory, memoryType, toMemory, type Width } from './types.ts';

/** A buffer that a kernel binds. */
export interface Binding {
  readonly storage: Storage;
  readonly name: string;
  readonly access: 'read' | 'read_write';
  /** WGSL type of its elements. */
  readonly type: string;
  /** Bytes of it that the kernel reads or writes, where that is not all of it. */
  readonly touched?: number;
}

/** Names buffers in the order in which they are asked for: x0, x1 ... those read, y0, y1 ... those written. */
export class Bindings {
  readonly #storageOf: (value: Value) => Storage;
  readonly #bindings = new Map<Storage, Binding>();

  constructor(storageOf: (value: Value) => Storage) {
    this.#storageOf = storageOf;
  }

  /** All of them. What may lie in one buffer with something that is written is bound as if it were written too: WebGPU wants a buffer's uses to agree. */
  get all(): readonly Binding[] {
    const bindings = [...this.#bindings.values()];
    const written = new Set(bindings.flatMap(({ access, storage }) => (access === 'read_write' ? (sharedBuffer(storage) ?? []) : [])));
    const isBesides = ({ storage }: Binding) => written.has(sharedBuffer(storage) ?? storage);
    return bindings.map((binding) => (isBesides(binding) ? { ...binding, access: 'read_write' } : binding));
  }

  /** Declares the values that a kernel writes, which must be done before any is read: an update may lie where the variable does. */
  writes(values: readonly Value[], width: Width = 1): void {
    for (const value of values) this.#bind(this.#storageOf(value), 'read_write', memoryType(value.dtype, width));
  }

  /** The name of memory that is no value's. */
  raw(storage: Storage, access: Binding['access'], type = 'f32'): string {
    return this.#bind(storage, access, type).name;
  }

  /** The name of the buffer of a value that is read. */
  read(value: Value, width: Width = 1): string {
    return this.#bind(this.#storageOf(value), 'read', memoryType(value.dtype, width)).name;
  }

  /** Element `place` of a value, in registers. */
  load(value: Value, place: string, width: Width = 1): string {
    return fromMemory(`${this.read(value, width)}[${place}]`, value.dtype, width);
  }

  /** The statement that writes element `place` of a value. */
  store(value: Value, place: string, { text, width = 1 }: { readonly text: string; readonly width?: Width }): string {
    const { name } = this.#bind(this.#storageOf(value), 'read_write', memoryType(value.dtype, width));
    return `${name}[${place}] = ${toMemory(text, value.dtype, width)};`;
  }

  /** Notes that only `bytes` of a value that was bound are read or written. */
  touches(value: Value, bytes: number): void {
    const storage = this.#storageOf(value);
    const binding = this.#bindings.get(storage);
    if (binding !== undefined) this.#bindings.set(storage, { ...binding, touched: bytes });
  }

  /** Whether a value can be read by fours. */
  static hasQuads(value: Value): boolean {
    return sizeOf(value.shape) % 4 === 0;
  }

  #bind(storage: Storage, access: Binding['access'], type: string): Binding {
    const known = this.#bindings.get(storage);
    if (known !== undefined) return known;
    const taken = [...this.#bindings.values()].filter((binding) => binding.access === access).length;
    const binding = { storage, access, type, name: `${access === 'read' ? 'x' : 'y'}${taken}` };
    this.#bindings.set(storage, binding);
    return binding;
  }
}

/** What stands for the buffer that a storage may share with others: variables may lie in one slab, and gradients do. */
function sharedBuffer(storage: Storage): Storage | 'variables' | undefined {
  if (storage.kind === 'gradient') return storage.of;
  return storage.kind === 'variable' ? 'variables' : undefined;
}

/** The declarations of bindings in group 0. */
export function declarations(bindings: readonly Binding[]): string {
  return bindings
    .map(({ name, access, type }, at) => `@group(0) @binding(${at}) var<storage, ${access}> ${name}: array<${type}>;`)
    .join('\n');
}
