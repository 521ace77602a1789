/**
 * Variables in buffers of the device, those that Adam works on together in slabs. Programs find them by name; when one moves, they are told by the
 * layout's number.
 */
import { CallQueue, missingVariable, type TensorRecord, type TensorType, type VariableStore, VariableTypes } from '@cyclegan/core';
import type { Device } from './device/device.ts';
import { checkDtype, toWords } from './device/host-data.ts';
import { type Piece, Readback, storageUsage } from './device/pieces.ts';
import { deviceBytes } from './ir/operation.ts';
import { layout } from './placement/storage.ts';

/** The webgpu backend's store, shared by its programs. */
export class WebGpuStore implements VariableStore {
  readonly types = new VariableTypes();
  /** What programs, loads and reads are called on, in order. */
  readonly calls = new CallQueue('the store');
  readonly device: Device;
  readonly #readback: Readback;
  readonly #pieces = new Map<string, Piece>();
  readonly #valued = new Set<string>();
  readonly #slabs = new Map<string, GPUBuffer>();
  #layout = 0;

  constructor(device: Device) {
    this.device = device;
    this.#readback = new Readback(device);
  }

  async load(record: TensorRecord): Promise<void> {
    for (const { dtype } of Object.values(record)) checkDtype(dtype, this.device.dtypes);
    this.types.declareRecord(record);
    const copies = Object.entries(record).map(([name, { dtype, data }]) => [name, toWords(dtype, data)] as const);
    await this.calls.enqueue(async () => {
      const made = copies.map(([name]) => name).filter((name) => !this.#pieces.has(name));
      const { accepted } = this.device.guard('loading variables failed', () => {
        for (const [name, words] of copies) {
          const { buffer, offset } = this.locate(name);
          this.device.gpu.queue.writeBuffer(buffer, offset, words as Float32Array<ArrayBuffer>);
        }
      });
      try {
        await accepted;
      } catch (error) {
        this.#forget(made);
        throw error;
      }
      for (const [name] of copies) this.#valued.add(name);
    });
  }

  async read(names?: readonly string[]): Promise<TensorRecord> {
    const { wanted, tensors } = await this.calls.enqueue(() => {
      const wanted = names ?? [...this.#valued];
      const pieces = wanted.map((name) => {
        this.checkValue(name);
        return { piece: this.locate(name), type: this.#type(name) };
      });
      const { value, accepted } = this.device.guard('reading variables failed', () => {
        const encoder = this.device.gpu.createCommandEncoder({ label: 'read' });
        const finish = this.#readback.record(encoder, pieces);
        this.device.gpu.queue.submit([encoder.finish()]);
        return finish();
      });
      return { wanted, tensors: Promise.all([value, accepted]).then(([values]) => values) };
    });
    const values = await tensors;
    return Object.fromEntries(wanted.map((name, k) => [name, values[k] as (typeof values)[number]]));
  }

  /** Changes whenever a variable moves. */
  get layout(): number {
    return this.#layout;
  }

  /** Where a declared variable lies. */
  locate(name: string): Piece {
    const known = this.#pieces.get(name);
    if (known !== undefined) return known;
    const bytes = deviceBytes(this.#type(name));
    const piece = { buffer: this.device.createBuffer(bytes, storageUsage(), `variable ${name}`), offset: 0, bytes };
    this.#pieces.set(name, piece);
    return piece;
  }

  /** The buffer in which the variables `names` lie one after the other; they are moved there if they do not yet. */
  slab(names: readonly string[]): Piece {
    const { offsets, bytes } = layout(names.map((name) => deviceBytes(this.#type(name))));
    const key = names.join('\n');
    const known = this.#slabs.get(key);
    const isThere = known !== undefined && names.every((name) => this.#pieces.get(name)?.buffer === known);
    const buffer = isThere ? known : this.#gather(names, offsets, bytes);
    this.#slabs.set(key, buffer);
    return { buffer, offset: 0, bytes };
  }

  /** Throws BackendError when a variable has no value. */
  checkValue(name: string): void {
    if (!this.#valued.has(name)) throw missingVariable(name, this.types.get(name));
  }

  /** Notes that a run gives variables values. */
  markUpdated(names: Iterable<string>): void {
    for (const name of names) this.#valued.add(name);
  }

  dispose(): void {
    void this.calls.close(() => {
      for (const buffer of this.#buffers()) this.device.destroyBuffer(buffer);
      this.#pieces.clear();
      this.#slabs.clear();
      this.#readback.close();
    });
  }

  /** Frees variables that the device had no memory for. */
  #forget(names: readonly string[]): void {
    for (const name of names) {
      const piece = this.#pieces.get(name);
      if (piece !== undefined) this.device.destroyBuffer(piece.buffer);
      this.#pieces.delete(name);
    }
  }

  /** Moves variables into a new buffer, and frees the buffers in which none is left. */
  #gather(names: readonly string[], offsets: readonly number[], bytes: number): GPUBuffer {
    const buffer = this.device.createBuffer(bytes, storageUsage(), `${names.length} variables from ${names[0]} on`);
    const encoder = this.device.gpu.createCommandEncoder({ label: 'move variables' });
    const before = this.#buffers();
    names.forEach((name, k) => {
      const offset = offsets[k] as number;
      const old = this.#pieces.get(name);
      const size = deviceBytes(this.#type(name));
      if (old !== undefined) encoder.copyBufferToBuffer(old.buffer, old.offset, buffer, offset, size);
      this.#pieces.set(name, { buffer, offset, bytes: size });
    });
    this.device.gpu.queue.submit([encoder.finish()]);
    const after = this.#buffers();
    for (const old of before) if (!after.has(old)) this.device.destroyBuffer(old);
    this.#layout++;
    return buffer;
  }

  #buffers(): Set<GPUBuffer> {
    return new Set([...this.#pieces.values()].map(({ buffer }) => buffer));
  }

  #type(name: string): TensorType {
    const type = this.types.get(name);
    if (type === undefined) throw missingVariable(name);
    return type;
  }
}
