/** Variables as tensors of the engine, which runs read where they are and replace together. */
import { CallQueue, missingVariable, type TensorRecord, type TensorType, type VariableStore, VariableTypes } from '@cyclegan/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Engine } from './engine.ts';
import { copyIn, copyOut, supported } from './tensors.ts';

/** The tfjs backend's store, shared by its programs. */
export class TfjsStore implements VariableStore {
  readonly engine: Engine;
  readonly types = new VariableTypes();
  /** What programs, loads and reads are called on, in order. */
  readonly calls = new CallQueue('the store');
  readonly #tensors = new Map<string, tf.Tensor>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  async load(record: TensorRecord): Promise<void> {
    for (const { dtype } of Object.values(record)) supported(dtype);
    this.types.declareRecord(record);
    const copies = Object.entries(record).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }] as const);
    await this.calls.enqueue(() => {
      this.engine.use();
      this.commit(copies.map(([name, tensor]) => [name, copyIn(tensor)]));
    });
  }

  read(names?: readonly string[]): Promise<TensorRecord> {
    return this.calls.enqueue(async () => {
      this.engine.use();
      const wanted = names ?? [...this.#tensors.keys()];
      const reads = wanted.map(async (name) => [name, await copyOut(this.current(name), this.#type(name), this.engine)] as const);
      return Object.fromEntries(await Promise.all(reads));
    });
  }

  /** A variable's value; throws BackendError when it has none. */
  current(name: string): tf.Tensor {
    const current = this.#tensors.get(name);
    if (current === undefined) throw missingVariable(name, this.types.get(name));
    return current;
  }

  /** Replaces values; the tensors become the store's. */
  commit(values: Iterable<readonly [name: string, tensor: tf.Tensor]>): void {
    for (const [name, tensor] of values) {
      this.#tensors.get(name)?.dispose();
      this.#tensors.set(name, tensor);
    }
  }

  dispose(): void {
    void this.calls.close(() => {
      for (const tensor of this.#tensors.values()) tensor.dispose();
      this.#tensors.clear();
    });
  }

  #type(name: string): TensorType {
    const type = this.types.get(name);
    if (type === undefined) throw missingVariable(name);
    return type;
  }
}
