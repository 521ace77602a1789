/**
 * Graphs of ops: nodes, tensors (the edges), variables, and the Trace that builds one. Knows shapes through the inference
 * table and nothing of gradients, passes or engines.
 */
import type { Initializer } from '../nn/initializers.ts';
import { type DType, formatType, type HostTensor, type Shape, sameShape, type TensorType } from '../tensor.ts';
import { infer } from './infer.ts';
import type { OpName, OpParams } from './ops.ts';

/** A graph breaks a rule of its construction; the message names the node and the rule. */
export class GraphError extends Error {
  override name = 'GraphError';
}

/** One application of an op. Nodes of a graph are in topological order; `id` is the position in the trace that made it. */
export interface Node<K extends OpName = OpName> {
  readonly id: number;
  readonly op: K;
  readonly inputs: readonly Tensor[];
  readonly params: OpParams[K];
  readonly outputs: readonly Tensor[];
  /** Where in the model it was made, for profiles and pictures: `genAB/block3`. */
  readonly scope: string;
}

/** A node as a union over op names, so that testing `op` narrows `params`. */
export type AnyNode = { [K in OpName]: Node<K> }[OpName];

/** A symbolic tensor: output `index` of `node`. Made by ops, never by hand. */
export class Tensor implements TensorType {
  readonly trace: Trace;
  readonly node: AnyNode;
  readonly index: number;
  readonly shape: Shape;
  readonly dtype: DType;

  constructor(trace: Trace, node: AnyNode, index: number, { shape, dtype }: TensorType) {
    this.trace = trace;
    this.node = node;
    this.index = index;
    this.shape = shape;
    this.dtype = dtype;
  }
}

/** State that outlives a run: read through a `variable` node, replaced by `update` (same type) when the run commits. */
export interface Variable extends TensorType {
  readonly name: string;
  readonly init: Initializer;
  readonly update?: Tensor;
}

/** A finished graph. Every read of a variable sees its value before the run; all updates commit together. */
export interface Graph {
  readonly nodes: readonly AnyNode[];
  readonly inputs: ReadonlyMap<string, TensorType>;
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly variables: ReadonlyMap<string, Variable>;
}

/** Records ops into a graph. One trace makes one graph; tensors of different traces do not mix. */
export class Trace {
  readonly #nodes: AnyNode[] = [];
  readonly #inputs = new Map<string, Tensor>();
  readonly #outputs = new Map<string, Tensor>();
  readonly #variables = new Map<string, { variable: Variable; read: Tensor }>();
  readonly #constants = new Map<string, Tensor>();
  #scope = '';

  /** Nodes recorded so far; the next node's id. */
  get size(): number {
    return this.#nodes.length;
  }

  /** Appends a node and returns its outputs; throws GraphError when the inputs do not fit the op. */
  emit<K extends OpName>(op: K, inputs: readonly Tensor[], params: OpParams[K]): readonly Tensor[] {
    for (const tensor of inputs) {
      if (tensor.trace !== this) throw new GraphError(`${op}: an input belongs to another trace; feed it or make it a variable.`);
    }
    const types = infer(op, inputs, params);
    const outputs: Tensor[] = [];
    const node = { id: this.#nodes.length, op, inputs, params, outputs, scope: this.#scope } as unknown as AnyNode;
    types.forEach((type, index) => {
      outputs.push(new Tensor(this, node, index, type));
    });
    this.#nodes.push(node);
    return outputs;
  }

  /** The tensor fed under `name`; asking again with the same type returns the same tensor. */
  input(name: string, shape: Shape, dtype: DType = 'f32'): Tensor {
    const known = this.#inputs.get(name);
    if (known !== undefined) return this.#same(known, { shape, dtype }, `input ${name}`);
    const tensor = only(this.emit('input', [], { name, shape, dtype }));
    this.#inputs.set(name, tensor);
    return tensor;
  }

  /** Declares a variable, or finds it, and returns its value before the run. */
  variable(name: string, shape: Shape, init: Initializer, dtype: DType = 'f32'): Tensor {
    const known = this.#variables.get(name);
    if (known !== undefined) return this.#same(known.read, { shape, dtype }, `variable ${name}`);
    const read = only(this.emit('variable', [], { name, shape, dtype }));
    this.#variables.set(name, { variable: { name, shape, dtype, init }, read });
    return read;
  }

  /** Sets the value that `name` takes when the run commits; the last call wins. */
  update(name: string, value: Tensor): void {
    const known = this.#variables.get(name);
    if (known === undefined) throw new GraphError(`update of ${name}: there is no such variable; declare it first.`);
    this.#same(value, known.variable, `update of ${name}`);
    known.variable = { ...known.variable, update: value };
  }

  /** Makes `value` fetchable as `name`. */
  output(name: string, value: Tensor): void {
    if (this.#outputs.has(name)) throw new GraphError(`output ${name}: the name is taken.`);
    this.#outputs.set(name, value);
  }

  /** A constant from host data; scalars of one value are shared. */
  constant(tensor: HostTensor): Tensor {
    const { shape, dtype, data } = tensor;
    if (data.length !== 1) return only(this.emit('constant', [], { shape, dtype, data }));
    const key = `${formatType(tensor)} ${Object.is(data[0], -0) ? '-0' : data[0]}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const made = only(this.emit('constant', [], { shape, dtype, data }));
    this.#constants.set(key, made);
    return made;
  }

  /** Runs `body` with nodes marked as belonging to `scope`, nested scopes joined by slashes. */
  scoped<T>(scope: string, body: () => T): T {
    const outer = this.#scope;
    this.#scope = outer === '' ? scope : `${outer}/${scope}`;
    try {
      return body();
    } finally {
      this.#scope = outer;
    }
  }

  /** The graph recorded so far. */
  graph(): Graph {
    return {
      nodes: [...this.#nodes],
      inputs: new Map([...this.#inputs].map(([name, { shape, dtype }]) => [name, { shape, dtype }])),
      outputs: new Map(this.#outputs),
      variables: new Map([...this.#variables].map(([name, { variable }]) => [name, variable])),
    };
  }

  #same(tensor: Tensor, type: TensorType, name: string): Tensor {
    if (tensor.dtype === type.dtype && sameShape(tensor.shape, type.shape)) return tensor;
    throw new GraphError(`${name}: ${formatType(tensor)} does not match ${formatType(type)}.`);
  }
}

/** The graph that `body` records. */
export function trace(body: (trace: Trace) => void): Graph {
  const recorder = new Trace();
  body(recorder);
  return recorder.graph();
}

/** The single element of `outputs`; for ops that have one result. */
export function only(outputs: readonly Tensor[]): Tensor {
  const [first] = outputs;
  if (first === undefined || outputs.length !== 1) throw new GraphError(`expected one output, got ${outputs.length}.`);
  return first;
}
