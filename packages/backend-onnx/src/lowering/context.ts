/**
 * The model under construction: nodes in order, values by name, constants shared by content. Lowerings write through it and
 * know nothing of files, sessions or each other.
 */
import type { DType, HostData, Shape } from '@cyclegan/core';
import type { OnnxAttribute, OnnxDType, OnnxNode, OnnxTensor } from '@cyclegan/formats';
import { int } from './attributes.ts';

/** Name of a tensor in the model. */
export type Value = string;

/** Attributes of a node, made by the functions of attributes.ts. */
export type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** Domain of ONNX Runtime's own operators. */
export const CONTRIB_DOMAIN = 'com.microsoft';

/** Contributed operators in use; everything else is standard ONNX. */
const CONTRIB_OPS: ReadonlySet<string> = new Set(['FusedMatMul']);

const ONNX_DTYPES = { f32: 'float32', f16: 'float16', i32: 'int32', bool: 'bool' } as const satisfies Record<DType, OnnxDType>;

/** TensorProto.DataType, as the Cast operator takes it. */
const TYPE_CODES = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

/** ONNX's name of an element type. */
export function onnxType(dtype: DType): (typeof ONNX_DTYPES)[DType] {
  return ONNX_DTYPES[dtype];
}

/** Collects the nodes and constants of one model. */
export class LoweringContext {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];
  readonly #computed = new Set<Value>();
  readonly #taken = new Set<string>();
  readonly #shared = new Map<string, readonly OnnxTensor[]>();
  readonly #derived = new Map<string, Value>();
  readonly #derivedFrom = new WeakMap<object, Map<string, Value>>();
  readonly #remembered = new Map<string, unknown>();
  #label = 'graph';

  /** Names what follows `label`, so that profiles and errors of the engine point back to the model. */
  enter(label: string): void {
    this.#label = label;
  }

  /** `name`, with a number behind it where the model already uses it. */
  unique(name: string): string {
    let free = name;
    for (let count = 1; this.#taken.has(free); count++) free = `${name}~${count}`;
    this.#taken.add(free);
    return free;
  }

  /** Appends a node with one output and returns it; an empty input stands for an optional one that is left out. */
  emit(opType: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.emitAll(opType, inputs, 1, attributes)[0] ?? '';
  }

  /** Appends a node with `count` outputs and returns them. */
  emitAll(opType: string, inputs: readonly Value[], count: number, attributes: Attributes = {}): readonly Value[] {
    const name = this.unique(`${this.#label}/${opType}`);
    const outputs = Array.from({ length: count }, (_, index) => (index === 0 ? name : `${name}:${index}`));
    const domain = CONTRIB_OPS.has(opType) ? CONTRIB_DOMAIN : '';
    this.nodes.push({ name, opType, domain, inputs, outputs, attributes });
    for (const output of outputs) this.#computed.add(output);
    return outputs;
  }

  /** Whether a node computes `value`; inputs and constants are not computed. */
  computes(value: Value): boolean {
    return this.#computed.has(value);
  }

  /** The value that `make` wrote for `key` the first time: for what several nodes derive from one tensor, such as flipped weights. */
  once(key: string, make: () => Value): Value {
    const known = this.#derived.get(key) ?? make();
    this.#derived.set(key, known);
    return known;
  }

  /** As `once`, for what is derived from the thing `of`: a picture's tiles, for one. */
  onceFor(of: object, key: string, make: () => Value): Value {
    const derived = this.#derivedFrom.get(of) ?? new Map<string, Value>();
    this.#derivedFrom.set(of, derived);
    const known = derived.get(key) ?? make();
    derived.set(key, known);
    return known;
  }

  /** What `make` made for `key` the first time: index maps of a geometry, for one, which many nodes share. */
  remember<T>(key: string, make: () => T): T {
    if (!this.#remembered.has(key)) this.#remembered.set(key, make());
    return this.#remembered.get(key) as T;
  }

  /** `x` converted to another element type. */
  cast(x: Value, to: keyof typeof TYPE_CODES): Value {
    return this.emit('Cast', [x], { to: int(TYPE_CODES[to]) });
  }

  /** A constant of the graph's element types. */
  constant(dtype: DType, dims: Shape, data: HostData): Value {
    return this.#store({ dtype: ONNX_DTYPES[dtype], dims, data: dtype === 'f32' ? Float32Array.from(data) : data });
  }

  /** A scalar constant. */
  scalar(dtype: DType, value: number): Value {
    if (dtype === 'f16') return this.cast(this.scalar('f32', value), 'float16');
    const arrays = { f32: Float32Array, i32: Int32Array, bool: Uint8Array };
    return this.constant(dtype, [], arrays[dtype].of(value));
  }

  /** A vector of 64-bit integers: shapes, axes and other operands that ONNX takes as tensors. */
  ints(values: readonly number[]): Value {
    return this.#store({ dtype: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  /** A matrix of 64-bit integers, by rows: indices that ONNX takes only so. */
  indices(rows: readonly (readonly number[])[]): Value {
    return this.#store({ dtype: 'int64', dims: [rows.length, rows[0]?.length ?? 0], data: BigInt64Array.from(rows.flat(), BigInt) });
  }

  /** The name of a constant; equal ones are stored once. */
  #store(tensor: Omit<OnnxTensor, 'name'>): Value {
    const key = `${tensor.dtype} ${tensor.dims.join('x')} ${fingerprint(tensor.data)}`;
    const alike = this.#shared.get(key) ?? [];
    const same = alike.find(({ data }) => sameBytes(data, tensor.data));
    if (same !== undefined) return same.name;
    const stored = this.#add(tensor);
    this.#shared.set(key, [...alike, stored]);
    return stored.name;
  }

  #add(tensor: Omit<OnnxTensor, 'name'>): OnnxTensor {
    const named = { name: this.unique(`constant/${tensor.dtype}[${tensor.dims.join('x')}]`), ...tensor };
    this.constants.push(named);
    return named;
  }
}

function bytesOf(data: OnnxTensor['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A number that differs for most different data (FNV-1a over 32-bit words and the rest). */
function fingerprint(data: OnnxTensor['data']): number {
  const bytes = bytesOf(data);
  const words = bytes.byteOffset % 4 === 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : new Int32Array(0);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  for (const byte of bytes.subarray(words.length * 4)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

function sameBytes(a: OnnxTensor['data'], b: OnnxTensor['data']): boolean {
  const [left, right] = [bytesOf(a), bytesOf(b)];
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
