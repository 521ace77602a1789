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

/** Constants up to this many elements are compared, so that equal ones are stored once. */
const SHARED_SIZE = 64;

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
  readonly #shared = new Map<string, Value>();
  readonly #derived = new Map<string, Value>();
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

  #store(tensor: Omit<OnnxTensor, 'name'>): Value {
    const { data, dims, dtype } = tensor;
    if (data.length > SHARED_SIZE) return this.#add(tensor);
    const key = `${dtype} ${dims.join('x')} ${[...data].map((value) => (Object.is(value, -0) ? '-0' : String(value))).join()}`;
    const known = this.#shared.get(key) ?? this.#add(tensor);
    this.#shared.set(key, known);
    return known;
  }

  #add(tensor: Omit<OnnxTensor, 'name'>): Value {
    const name = this.unique(`constant/${tensor.dtype}[${tensor.dims.join('x')}]`);
    this.constants.push({ name, ...tensor });
    return name;
  }
}
