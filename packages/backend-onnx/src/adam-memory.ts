/**
 * The memory in which a program's weights, moments and gradients lie, so that Adam can be one WebAssembly function over all of them. ONNX
 * Runtime reads the weights and writes the gradients there.
 */
import { BackendError, sizeOf, type TensorType } from '@cyclegan/core';
import type { Tensor } from 'onnxruntime-node';
import { createAdamKernel, createMemory, LANES, type WasmMemory } from './adam-kernel.ts';
import type { AdamUpdate } from './host-updates.ts';
import type { Value } from './lowering/context.ts';
import type { Runtime } from './runtime.ts';
import type { OnnxStore } from './store.ts';
import { wrapFloats } from './tensors.ts';

/** Bytes of a number, of a page of memory, and of the most memory that there can be. */
const NUMBER = 4;
const PAGE = 65_536;
const MOST = 65_536 * PAGE;

/** One weight's update, and where its numbers are. */
interface Slot {
  readonly update: AdamUpdate<Value>;
  readonly type: TensorType;
  readonly at: Readonly<Record<'weight' | 'm' | 'v' | 'gradient', number>>;
}

/** Memory of so many bytes; throws BackendError when there is none. */
function allocated(bytes: number): WasmMemory {
  try {
    return createMemory(Math.ceil(bytes / PAGE));
  } catch (error) {
    throw new BackendError(`failed to allocate memory for weights, moments and gradients of ${bytes} bytes.`, { cause: error });
  }
}

/** Adam over the weights of a program. */
export class AdamMemory {
  readonly #runtime: Runtime;
  readonly #memory: WasmMemory;
  readonly #kernel: ReturnType<typeof createAdamKernel>;
  readonly #slots: readonly Slot[];
  /** Where each gradient is: weights may share one, of zeros for instance. */
  readonly #gradients: ReadonlyMap<Value, Tensor>;

  /** Throws BackendError when weights, moments and gradients take more than 4 GiB. */
  constructor(runtime: Runtime, updates: readonly AdamUpdate<Value>[], typeOf: (variable: string) => TensorType) {
    let next = 0;
    const take = ({ shape }: TensorType) => {
      const at = next;
      next += Math.ceil(sizeOf(shape) / LANES) * LANES * NUMBER;
      return at;
    };
    const gradients = new Map(updates.map((update) => [update.gradient, typeOf(update.weight)]));
    const places = new Map([...gradients].map(([value, type]) => [value, take(type)]));
    this.#slots = updates.map((update) => {
      const type = typeOf(update.weight);
      return { update, type, at: { weight: take(type), m: take(type), v: take(type), gradient: places.get(update.gradient) ?? 0 } };
    });
    if (next > MOST) throw new BackendError('the weights with their moments and gradients take more than 4 GiB; train smaller networks.');
    this.#runtime = runtime;
    this.#memory = allocated(next);
    this.#kernel = createAdamKernel(this.#memory);
    this.#gradients = new Map([...gradients].map(([value, type]) => [value, this.#tensor(places.get(value) ?? 0, type)]));
  }

  /** Makes a store keep the weights and moments here, unless it does. Another program that trains them takes them to its own memory. */
  holdFor(store: OnnxStore): void {
    if (this.#slots.every(({ update: { weight } }) => this.#holds(store.place(weight)))) return;
    for (const { update, type, at } of this.#slots) {
      for (const role of ['weight', 'm', 'v'] as const) store.keepIn(update[role], this.#tensor(at[role], type));
    }
  }

  /** The tensors that a run writes the gradients into, by the model's outputs. */
  gradients(): Readonly<Record<Value, Tensor>> {
    return Object.fromEntries(this.#gradients);
  }

  /** Makes the steps, when the run has written the gradients; `scalar` are other outputs of it. */
  step(scalar: (value: Value) => number): void {
    for (const { update, type, at } of this.#slots) {
      const { beta1, beta2, epsilon } = update.params;
      const correction = scalar(update.correction);
      const [rate, floor] = [scalar(update.stepSize) / correction, epsilon / correction];
      this.#kernel({ ...at, length: sizeOf(type.shape), beta1, beta2, rate, floor });
    }
  }

  #holds(tensor: Tensor | undefined): boolean {
    return tensor !== undefined && (tensor.data as Float32Array).buffer === this.#memory.buffer;
  }

  #tensor(at: number, { shape }: TensorType): Tensor {
    return wrapFloats(this.#runtime, new Float32Array(this.#memory.buffer, at, sizeOf(shape)), shape);
  }
}
