/**
 * Variables in host tensors, which runs read where they are. What a run computes anew takes the place of the old tensor; most updates
 * are made in place afterwards (host-updates.ts).
 */
import {
  CallQueue,
  type Graph,
  missingVariable,
  type TensorRecord,
  type TensorType,
  type VariableStore,
  VariableTypes,
} from '@cyclegan/core';
import type { Tensor } from 'onnxruntime-node';
import { DerivedValues } from './derived-values.ts';
import type { Runtime } from './runtime.ts';
import { copyIn, copyOut, supported } from './tensors.ts';

/** The onnx backend's store, shared by its programs. */
export class OnnxStore implements VariableStore {
  readonly types = new VariableTypes();
  /** What programs, loads and reads are called on, in order. */
  readonly calls = new CallQueue('the store');
  /** What programs compute of variables alone. */
  readonly derived = new DerivedValues();
  readonly #runtime: Runtime;
  readonly #tensors = new Map<string, Tensor>();
  readonly #places = new Map<string, Tensor>();
  readonly #updated = new Set<string>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async load(record: TensorRecord): Promise<void> {
    for (const { dtype } of Object.values(record)) supported(dtype);
    this.types.declareRecord(record);
    const copies = Object.entries(record).map(([name, tensor]) => [name, copyIn(this.#runtime, tensor)] as const);
    await this.calls.enqueue(() => {
      for (const [name, tensor] of copies) this.replace(name, this.#inPlace(name, tensor));
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

  /** Where a variable is kept, if that was said. */
  place(name: string): Tensor | undefined {
    return this.#places.get(name);
  }

  /** Keeps a variable in the memory of `place` from now on, whatever is loaded. */
  keepIn(name: string, place: Tensor): void {
    this.#places.set(name, place);
    const current = this.#tensors.get(name);
    if (current !== undefined) this.#tensors.set(name, this.#inPlace(name, current));
  }

  /** A variable's value in the memory that it is kept in. */
  #inPlace(name: string, tensor: Tensor): Tensor {
    const place = this.#places.get(name);
    if (place === undefined) return tensor;
    (place.data as Float32Array).set(tensor.data as Float32Array);
    return place;
  }

  /** Makes `tensor` a variable's value. */
  replace(name: string, tensor: Tensor): void {
    this.#tensors.set(name, tensor);
    this.derived.drop(name);
  }

  /** Declares the variables and updates of a program; throws BackendError when a type contradicts that of the store's variable. */
  declare({ variables }: Graph): void {
    this.types.declare(variables);
    for (const [name, { update }] of variables) if (update !== undefined) this.#updated.add(name);
  }

  /** Whether one of the programs declared so far updates a variable. */
  isUpdated(name: string): boolean {
    return this.#updated.has(name);
  }

  dispose(): void {
    void this.calls.close(() => {
      this.#tensors.clear();
      this.#places.clear();
      this.derived.clear();
    });
  }

  #type(name: string): TensorType {
    const type = this.types.get(name);
    if (type === undefined) throw missingVariable(name);
    return type;
  }
}
