/**
 * Variables in host tensors, which runs read where they are. What a run computes anew takes the place of the old tensor; most updates
 * are made in place afterwards (host-updates.ts).
 */
import { CallQueue, missingVariable, type TensorRecord, type TensorType, type VariableStore, VariableTypes } from '@cyclegan/core';
import type { Tensor } from 'onnxruntime-node';
import type { Runtime } from './runtime.ts';
import { copyIn, copyOut, supported } from './tensors.ts';

/** The onnx backend's store, shared by its programs. */
export class OnnxStore implements VariableStore {
  readonly types = new VariableTypes();
  /** What programs, loads and reads are called on, in order. */
  readonly calls = new CallQueue('the store');
  readonly #runtime: Runtime;
  readonly #tensors = new Map<string, Tensor>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async load(record: TensorRecord): Promise<void> {
    for (const { dtype } of Object.values(record)) supported(dtype);
    this.types.declareRecord(record);
    const copies = Object.entries(record).map(([name, tensor]) => [name, copyIn(this.#runtime, tensor)] as const);
    await this.calls.enqueue(() => {
      for (const [name, tensor] of copies) this.#tensors.set(name, tensor);
    });
  }

  read(names?: readonly string[]): Promise<TensorRecord> {
    return this.calls.enqueue(() => {
      return Object.fromEntries((names ?? [...this.#tensors.keys()]).map((name) => [name, copyOut(this.current(name), this.#type(name))]));
    });
  }

  /** A variable's value; throws BackendError when it has none. */
  current(name: string): Tensor {
    const current = this.#tensors.get(name);
    if (current === undefined) throw missingVariable(name, this.types.get(name));
    return current;
  }

  /** Makes `tensor` a variable's value. */
  replace(name: string, tensor: Tensor): void {
    this.#tensors.set(name, tensor);
  }

  dispose(): void {
    void this.calls.close(() => this.#tensors.clear());
  }

  #type(name: string): TensorType {
    const type = this.types.get(name);
    if (type === undefined) throw missingVariable(name);
    return type;
  }
}
