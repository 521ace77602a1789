/** Variables of the reference backend, in host memory and in f64. Knows nothing of graphs but the types they declare. */
import type { VariableStore } from '../backend.ts';
import { CallQueue, missingVariable, VariableTypes } from '../store.ts';
import type { HostTensor, TensorRecord } from '../tensor.ts';
import { type Elements, fromHost, toHost } from './value.ts';

/** The reference backend's store; `read` returns `f32` as Float64Array, so that a checkpoint loses nothing. */
export class ReferenceStore implements VariableStore {
  readonly types = new VariableTypes();
  readonly values = new Map<string, Elements>();
  /** What programs, loads and reads are called on, in order. */
  readonly calls = new CallQueue('the store');

  async load(record: TensorRecord): Promise<void> {
    const copies = Object.entries(record).map(([name, tensor]) => [name, fromHost(tensor)] as const);
    this.types.declareRecord(record);
    await this.calls.enqueue(() => this.commit(copies));
  }

  read(names?: readonly string[]): Promise<TensorRecord> {
    return this.calls.enqueue(() => Object.fromEntries((names ?? [...this.values.keys()]).map((name) => [name, this.#copyOf(name)])));
  }

  /** Replaces values; the arrays become the store's. */
  commit(values: Iterable<readonly [name: string, elements: Elements]>): void {
    for (const [name, elements] of values) this.values.set(name, elements);
  }

  dispose(): void {
    void this.calls.close(() => this.values.clear());
  }

  #copyOf(name: string): HostTensor {
    const type = this.types.get(name);
    const elements = this.values.get(name);
    if (type === undefined || elements === undefined) throw missingVariable(name, type);
    return toHost(type, elements);
  }
}
