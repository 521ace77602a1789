/**
 * Computes what a program needs that depends on its variables alone, when it is not in the store already: once, unless another program or
 * a load changes a variable.
 */
import { sizeOf } from '@cyclegan/core';
import { encodeOnnxModel, type OnnxModel } from '@cyclegan/formats';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { LoweredGraph } from './lowering/graph-to-onnx.ts';
import { type Derived, type SplitModel, splitPrologue } from './prologue.ts';
import { createSession, type Runtime, runSession, type SessionSettings } from './runtime.ts';
import type { OnnxStore } from './store.ts';

/** The program's model without what the prologue computes for it; all of it, and no prologue, where that would take no work. */
export interface ModelWithPrologue {
  readonly model: OnnxModel;
  readonly prologue?: PrologueSession;
}

/** A session for the prologue of one program. */
export class PrologueSession {
  readonly #session: InferenceSession;
  readonly #derived: readonly Derived[];
  readonly #inputs: ReadonlyMap<string, string>;
  readonly #store: OnnxStore;

  private constructor(session: InferenceSession, derived: readonly Derived[], inputs: ReadonlyMap<string, string>, store: OnnxStore) {
    this.#session = session;
    this.#derived = derived;
    this.#inputs = inputs;
    this.#store = store;
  }

  /** Splits a program's model; variables that programs of the store update are not worth it. Throws BackendError when ONNX Runtime refuses the prologue. */
  static async splitOff(
    runtime: Runtime,
    { model, variables }: LoweredGraph,
    { store, device, threads }: SessionSettings & { readonly store: OnnxStore },
  ): Promise<ModelWithPrologue> {
    // elsewhere what is derived would be sent to the device at each run, which takes longer than to compute it there
    if (device !== 'cpu') return { model };
    const floats = new Set(model.inputs.flatMap(({ name, dtype }) => (dtype === 'float32' ? [name] : [])));
    const steady = [...variables].flatMap(([name, input]) => (floats.has(input) && !store.isUpdated(name) ? [[input, name] as const] : []));
    const split = splitPrologue(model, new Map(steady));
    if (split === undefined) return { model };
    const session = await createSession(runtime, encodeOnnxModel(withShapes(split)), { device, threads });
    const inputs = new Map(steady.filter(([input]) => split.prologue.inputs.some(({ name }) => name === input)));
    const derived = await derivedInputs(runtime, session, split);
    const main = { ...split.main, inputs: [...split.main.inputs, ...derived] };
    return { model: main, prologue: new PrologueSession(session, split.derived, inputs, store) };
  }

  /** The derived values by name, for the next run; throws BackendError when a variable has no value. To be called in the store's queue. */
  async values(): Promise<Record<string, Tensor>> {
    const kept = this.#store.derived;
    const missing = this.#derived.filter(({ key }) => kept.get(key) === undefined);
    const results = missing.length === 0 ? {} : await this.#compute(missing);
    for (const each of missing) kept.set(each, results[each.value] as Tensor);
    return Object.fromEntries(this.#derived.map(({ value, key }) => [value, kept.get(key) as Tensor]));
  }

  /** Releases the session. */
  release(): Promise<void> {
    return this.#session.release();
  }

  #compute(missing: readonly Derived[]): Promise<InferenceSession.OnnxValueMapType> {
    const bound = Object.fromEntries([...this.#inputs].map(([input, name]) => [input, this.#store.current(name)]));
    return runSession(this.#session, bound, Object.fromEntries(missing.map(({ value }) => [value, null])));
  }
}

/** The output of the prologue that is a derived value's shape. */
const shapeOf = (value: string) => `${value}/shape`;

/** The prologue with shapes as outputs as well: these can be had without values, whose first copy takes longer than to compute them. */
function withShapes({ prologue, derived }: SplitModel): OnnxModel {
  const shapes = derived.map(({ value }) => ({ opType: 'Shape', name: shapeOf(value), inputs: [value], outputs: [shapeOf(value)] }));
  const outputs = shapes.map(({ name }) => ({ name, dtype: 'int64' as const, shape: ['axes'] }));
  return { ...prologue, nodes: [...prologue.nodes, ...shapes], outputs: [...prologue.outputs, ...outputs] };
}

/** The derived values as inputs of the main part, by the shapes that come of zeros. */
async function derivedInputs(runtime: Runtime, session: InferenceSession, { prologue, derived }: SplitModel): Promise<OnnxModel['inputs']> {
  const zeros = prologue.inputs.map(({ name, shape }) => {
    const dims = shape.map(Number);
    return [name, new runtime.Tensor('float32', new Float32Array(sizeOf(dims)), dims)] as const;
  });
  const wanted = derived.map(({ value }) => [shapeOf(value), null] as const);
  const shapes = await runSession(session, Object.fromEntries(zeros), Object.fromEntries(wanted));
  const shape = (value: string) => Array.from((shapes[shapeOf(value)] as Tensor).data as BigInt64Array, Number);
  return derived.map(({ value }) => ({ name: value, dtype: 'float32', shape: shape(value) }));
}
