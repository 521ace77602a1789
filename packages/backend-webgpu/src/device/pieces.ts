/** Pieces of buffers, and reading them back. Knows bytes and no tensors' names. */
import type { HostTensor, TensorType } from '@cyclegan/core';
import { deviceBytes } from '../ir/operation.ts';
import type { Device } from './device.ts';
import { fromWords } from './host-data.ts';

/** A part of a buffer. */
export interface Piece {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
}

/** A piece, and the tensor that lies there. */
export interface TypedPiece {
  readonly piece: Piece;
  readonly type: TensorType;
}

/** Staging buffers, kept for the next time that as many bytes are read. */
export class Readback {
  readonly #device: Device;
  readonly #idle = new Map<number, GPUBuffer[]>();
  #closed = false;

  constructor(device: Device) {
    this.#device = device;
  }

  /** Appends copies of `pieces` to `encoder`; the function that is returned, called when that was submitted, resolves with the tensors. */
  record(encoder: GPUCommandEncoder, pieces: readonly TypedPiece[]): () => Promise<HostTensor[]> {
    if (pieces.length === 0) return async () => [];
    const offsets: number[] = [];
    let total = 0;
    for (const { type } of pieces) {
      offsets.push(total);
      total += deviceBytes(type);
    }
    const staging = this.#take(total);
    pieces.forEach(({ piece: { buffer, offset }, type }, k) => {
      encoder.copyBufferToBuffer(buffer, offset, staging, offsets[k] as number, deviceBytes(type));
    });
    return async () => {
      try {
        const words = await this.#device.map(staging, total);
        const tensors = pieces.map(({ type }, k) => fromWords(type, words, offsets[k] as number));
        staging.unmap();
        this.#give(staging, total);
        return tensors;
      } catch (error) {
        this.#device.destroyBuffer(staging);
        throw error;
      }
    };
  }

  /** Frees the staging buffers, those in use when they are no longer. */
  close(): void {
    this.#closed = true;
    for (const buffers of this.#idle.values()) for (const buffer of buffers) this.#device.destroyBuffer(buffer);
    this.#idle.clear();
  }

  #take(bytes: number): GPUBuffer {
    const idle = this.#idle.get(bytes)?.pop();
    return idle ?? this.#device.createBuffer(bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST, 'results');
  }

  #give(buffer: GPUBuffer, bytes: number): void {
    if (this.#closed) this.#device.destroyBuffer(buffer);
    else this.#idle.set(bytes, [...(this.#idle.get(bytes) ?? []), buffer]);
  }
}

/** Usage of a buffer that kernels work on. */
export function storageUsage(): GPUBufferUsageFlags {
  return GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
}
