/**
 * Variables in tensors of ONNX Runtime. A run writes over those of which in-place.ts shows that it may; for the others there are two: it reads
 * one and writes the other, and they change places when it succeeded. Either way nothing is copied between steps.
 */
import {
  BackendError,
  CallQueue,
  missingVariable,
  type TensorRecord,
  type TensorType,
  type VariableStore,
  VariableTypes,
} from '@cyclegan/core';
import type { Tensor } from 'onnxruntime-node';
import type { Runtime } from './runtime.ts';
import { allocate, copyIn, copyOut, supported } from './tensors.ts';

/** `current` is missing until something is loaded or a run writes it, `spare` until a run needs it. */
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
  #failure: Error | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async load(record: TensorRecord): Promise<void> {
    for (const { dtype } of Object.values(record)) supported(dtype);
    this.types.declareRecord(record);
    const copies = Object.entries(record).map(([name, tensor]) => [name, copyIn(this.#runtime, tensor)] as const);
    await this.calls.enqueue(() => {
      this.#checkUsable();
      for (const [name, current] of copies) this.#slots.set(name, { ...this.#slots.get(name), current });
    });
  }

  read(names?: readonly string[]): Promise<TensorRecord> {
    return this.calls.enqueue(() => {
      this.#checkUsable();
      const valued = [...this.#slots].flatMap(([name, { current }]) => (current === undefined ? [] : [name]));
      return Object.fromEntries((names ?? valued).map((name) => [name, copyOut(this.current(name), this.#type(name))]));
    });
  }

  /** A variable's value; throws BackendError when it has none, or when a run left it in doubt. */
  current(name: string): Tensor {
    this.#checkUsable();
    const current = this.#slots.get(name)?.current;
    if (current === undefined) throw missingVariable(name, this.types.get(name));
    return current;
  }

  /** The tensor that a run may write a variable's next value into. */
  spare(name: string): Tensor {
    this.#checkUsable();
    const slot = this.#slots.get(name);
    const spare = slot?.spare ?? allocate(this.#runtime, this.#type(name));
    this.#slots.set(name, { ...slot, spare });
    return spare;
  }

  /** The tensor of a variable's value, for a run that writes its next value over it. */
  place(name: string): Tensor {
    this.#checkUsable();
    const slot = this.#slots.get(name);
    const current = slot?.current ?? allocate(this.#runtime, this.#type(name));
    this.#slots.set(name, { ...slot, current });
    return current;
  }

  /** The second tensors that runs have needed so far; their values mean nothing between runs. */
  *spares(): Generator<Tensor, void, undefined> {
    for (const { spare } of this.#slots.values()) if (spare !== undefined) yield spare;
  }

  /** Refuses all further use: a run failed that may have written over some variables. */
  fail(failure: Error): void {
    this.#failure ??= failure;
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

  #checkUsable(): void {
    if (this.#failure === undefined) return;
    throw new BackendError('a step failed halfway, so the values of this store are in doubt; resume from the last checkpoint.', {
      cause: this.#failure,
    });
  }

  #type(name: string): TensorType {
    const type = this.types.get(name);
    if (type === undefined) throw missingVariable(name);
    return type;
  }
}
