/**
 * Variables in tensors of ONNX Runtime, two for each one that a program updates: a run reads one and writes the other, and
 * they change places when it succeeded, so that nothing is copied between steps.
 */
import { CallQueue, missingVariable, type TensorRecord, type TensorType, type VariableStore, VariableTypes } from '@cyclegan/core';
import type { Tensor } from 'onnxruntime-node';
import type { Runtime } from './runtime.ts';
import { allocate, copyIn, copyOut, supported } from './tensors.ts';

/** `current` is missing until something is loaded or a run commits, `spare` until a run updates. */
interface Slot {
  readonly current?: Tensor;
  readonly spare?: Tensor;
}

/** The onnx backend's store, shared by its programs. */
export class OnnxStore implements VariableStore {
  readonly types = new VariableTypes();
  /** What programs, loads and reads are called on, in order. */
  readonly calls = new CallQueue('the store');
  readonly #runtime: Runtime;
  readonly #slots = new Map<string, Slot>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async load(record: TensorRecord): Promise<void> {
    for (const { dtype } of Object.values(record)) supported(dtype);
    this.types.declareRecord(record);
    const copies = Object.entries(record).map(([name, tensor]) => [name, copyIn(this.#runtime, tensor)] as const);
    await this.calls.enqueue(() => {
      for (const [name, current] of copies) this.#slots.set(name, { ...this.#slots.get(name), current });
    });
  }

  read(names?: readonly string[]): Promise<TensorRecord> {
    return this.calls.enqueue(() => {
      const valued = [...this.#slots].flatMap(([name, { current }]) => (current === undefined ? [] : [name]));
      return Object.fromEntries((names ?? valued).map((name) => [name, copyOut(this.current(name), this.#type(name))]));
    });
  }

  /** A variable's value; throws BackendError when it has none. */
  current(name: string): Tensor {
    const current = this.#slots.get(name)?.current;
    if (current === undefined) throw missingVariable(name, this.types.get(name));
    return current;
  }

  /** The tensor that a run may write a variable's next value into. */
  spare(name: string): Tensor {
    const slot = this.#slots.get(name);
    const spare = slot?.spare ?? allocate(this.#runtime, this.#type(name));
    this.#slots.set(name, { ...slot, spare });
    return spare;
  }

  /** Makes what a run wrote into the spare tensors the values of these variables. */
  commit(names: Iterable<string>): void {
    for (const name of names) {
      const { current, spare } = this.#slots.get(name) ?? {};
      this.#slots.set(name, { ...(spare && { current: spare }), ...(current && { spare: current }) });
    }
  }

  dispose(): void {
    void this.calls.close(() => this.#slots.clear());
  }

  #type(name: string): TensorType {
    const type = this.types.get(name);
    if (type === undefined) throw missingVariable(name);
    return type;
  }
}
