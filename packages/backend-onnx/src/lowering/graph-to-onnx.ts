/**
 * A core graph as an ONNX model. A pure function of the graph, so that it serves running and export alike; knows nothing of
 * sessions or devices.
 */
import { type AnyNode, BackendError, type Graph, type Tensor, type TensorType } from '@cyclegan/core';
import type { OnnxModel, OnnxNode, OnnxValue } from '@cyclegan/formats';
import { changedBy, type HostUpdate, hostUpdatesOf, mapUpdate } from '../host-updates.ts';
import { CONTRIB_DOMAIN, LoweringContext, onnxType, type Value } from './context.ts';
import { assignLayouts } from './layout/assign.ts';
import { image, type Lower, type LoweredName, type LoweredNode } from './lower.ts';
import type { Picture } from './rows/gather.ts';
import type { LowerRows, RowsNode } from './rows/lower-rows.ts';
import { fromTensor, toTensor } from './rows/picture.ts';
import { layoutPrices, rowsLowering as usualRowsLowering } from './rows/table.ts';
import { LOWERINGS, type Lowerings, type TableName } from './table.ts';

/** Version of the standard operators that lowerings write. */
const OPSET = 21;

/** Version of the file format that goes with it. */
const IR_VERSION = 10;

/** A graph's model, and how the names of the graph are called in it. What nothing depends on is left out of `inputs` and `variables`. */
export interface LoweredGraph {
  readonly model: OnnxModel;
  /** Inputs of the graph that the model reads. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** Variables that the model reads. */
  readonly variables: ReadonlyMap<string, Value>;
  /** Every output of the graph. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** New value of every variable that the model computes one of. */
  readonly updates: ReadonlyMap<string, Value>;
  /** How the host updates the others when the model was run. */
  readonly hostUpdates: readonly HostUpdate<Value>[];
  /** Outputs of the model that these need. */
  readonly operands: readonly Value[];
}

/** How a graph is lowered. */
export interface LoweringOptions {
  /** Lowerings on tensors, where others than the usual ones are wanted. */
  readonly lowerings?: Lowerings;
  /** Which nodes work on pictures by rows: those for which it pays, unless given. */
  readonly byRows?: (graph: Graph) => ReadonlySet<AnyNode>;
  /** The lowering of such a node. */
  readonly rowsLowering?: (node: AnyNode) => LowerRows<LoweredName>;
}

/** The model of a graph that is shaped to this backend's capabilities; throws BackendError for an op without a lowering. */
export function graphToOnnx(graph: Graph, options: LoweringOptions = {}): LoweredGraph {
  const { lowerings = LOWERINGS, byRows = cheapestLayouts, rowsLowering = usualRowsLowering } = options;
  const builder = new ModelBuilder(lowerings, byRows(graph), rowsLowering);
  for (const node of graph.nodes) builder.lower(node);
  for (const [name, tensor] of graph.outputs) builder.publish('outputs', name, tensor);
  const hostUpdates = hostUpdatesOf(graph);
  const changed = new Set(hostUpdates.flatMap(changedBy));
  for (const [name, { update }] of graph.variables)
    if (update !== undefined && !changed.has(name)) builder.publish('updates', name, update);
  return builder.finish(hostUpdates);
}

/** An input of the model for a leaf of the graph. */
interface Source extends OnnxValue {
  readonly kind: 'inputs' | 'variables';
  readonly graphName: string;
}

class ModelBuilder {
  readonly #context = new LoweringContext();
  readonly #values = new Map<Tensor, Value>();
  readonly #sources: Source[] = [];
  readonly #renamed = new Map<Value, Value>();
  readonly #published = { outputs: new Map<string, Value>(), updates: new Map<string, Value>() };
  readonly #outputs: OnnxValue[] = [];
  readonly #lowerings: Lowerings;
  readonly #byRows: ReadonlySet<AnyNode>;
  readonly #pictures = new Map<Tensor, Picture>();
  readonly #rowsLowering: (node: AnyNode) => LowerRows<LoweredName>;

  constructor(lowerings: Lowerings, byRows: ReadonlySet<AnyNode>, rowsLowering: (node: AnyNode) => LowerRows<LoweredName>) {
    this.#lowerings = lowerings;
    this.#byRows = byRows;
    this.#rowsLowering = rowsLowering;
  }

  /** Writes one node of the graph. */
  lower(node: AnyNode): void {
    if (node.op === 'input') this.#source('inputs', node.params.name, node.outputs);
    else if (node.op === 'variable') this.#source('variables', node.params.name, node.outputs);
    else if (this.#byRows.has(node)) this.#operateByRows(node);
    else this.#operate(node);
  }

  #operateByRows(node: AnyNode): void {
    this.#context.enter(labelOf(node));
    const operand = (index: number) => node.inputs[index] as Tensor;
    const lowered = {
      params: node.params,
      inputs: node.inputs,
      outputs: node.outputs,
      picture: (index: number) => this.#picture(operand(index)),
      tensor: (index: number) => this.#value(operand(index)),
    } as unknown as RowsNode<LoweredName>;
    const results = this.#rowsLowering(node)(this.#context, lowered);
    node.outputs.forEach((tensor, index) => {
      const result = results[index];
      if (typeof result === 'string') this.#values.set(tensor, result);
      else if (result !== undefined) this.#pictures.set(tensor, result);
    });
  }

  /** A tensor by rows, converted when it is not. */
  #picture(tensor: Tensor): Picture {
    const known = this.#pictures.get(tensor) ?? fromTensor(this.#context, this.#value(tensor), image(tensor));
    this.#pictures.set(tensor, known);
    return known;
  }

  #operate(node: AnyNode): void {
    this.#context.enter(labelOf(node));
    const inputs = node.inputs.map((tensor) => ({ shape: tensor.shape, dtype: tensor.dtype, value: this.#value(tensor) }));
    const lowered = { params: node.params, inputs, outputs: node.outputs } as unknown as LoweredNode<TableName>;
    const result = this.#lowering(node)(this.#context, lowered);
    const values = typeof result === 'string' ? [result] : result;
    node.outputs.forEach((tensor, index) => {
      const value = values[index];
      if (value !== undefined) this.#values.set(tensor, value);
    });
  }

  /** The output of the model that a host update of `variable` reads a tensor from. */
  #operand(known: Map<Tensor, Value>, variable: string, tensor: Tensor): Value {
    const value = known.get(tensor) ?? this.#output(`${variable}/operand`, tensor);
    known.set(tensor, value);
    return value;
  }

  /** Makes a tensor an output of the model: under its own name where a node computes it, as a copy where it is an input or already an output. */
  publish(kind: 'outputs' | 'updates', name: string, tensor: Tensor): void {
    this.#published[kind].set(name, this.#output(kind === 'outputs' ? name : `${name}/next`, tensor));
  }

  /** The name of the output that a tensor is; `name`, unless that is taken. */
  #output(name: string, tensor: Tensor): Value {
    const value = this.#value(tensor);
    const free = this.#context.unique(name);
    if (this.#context.computes(value) && !this.#renamed.has(value)) {
      this.#renamed.set(value, free);
    } else {
      this.#context.enter(free);
      this.#renamed.set(this.#context.emit('Identity', [value]), free);
    }
    this.#outputs.push(valueInfo(free, tensor));
    return free;
  }

  /** The finished model, without the nodes, constants and inputs that no output depends on. */
  finish(hostUpdates: readonly HostUpdate<Tensor>[]): LoweredGraph {
    const operands = new Map<Tensor, Value>();
    const onHost = hostUpdates.map((update) => mapUpdate(update, (tensor) => this.#operand(operands, changedBy(update)[0] ?? '', tensor)));
    const name = (value: Value) => this.#renamed.get(value) ?? value;
    const nodes = this.#context.nodes.map((node) => ({ ...node, inputs: node.inputs.map(name), outputs: node.outputs.map(name) }));
    const used = new Set(this.#outputs.map((output) => output.name));
    const live = liveNodes(nodes, used);
    const sources = this.#sources.filter((source) => used.has(source.name));
    const model: OnnxModel = {
      nodes: live,
      initializers: this.#context.constants.filter((constant) => used.has(constant.name)),
      inputs: sources.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
      outputs: this.#outputs,
      irVersion: IR_VERSION,
      opsets: { '': OPSET, [CONTRIB_DOMAIN]: 1 },
    };
    const named = (kind: Source['kind']) =>
      new Map(sources.flatMap((source) => (source.kind === kind ? [[source.graphName, source.name] as const] : [])));
    return {
      model,
      inputs: named('inputs'),
      variables: named('variables'),
      ...this.#published,
      hostUpdates: onHost,
      operands: [...operands.values()],
    };
  }

  #source(kind: Source['kind'], graphName: string, [tensor]: readonly Tensor[]): void {
    if (tensor === undefined) return;
    const name = this.#context.unique(graphName);
    this.#values.set(tensor, name);
    this.#sources.push({ ...valueInfo(name, tensor), kind, graphName });
  }

  #lowering({ op }: AnyNode): Lower<TableName> {
    if (op in this.#lowerings) return this.#lowerings[op as TableName] as Lower<TableName>;
    throw new BackendError(`${op}: the onnx backend has no lowering of it; compile with core's compile, which decomposes it first.`);
  }

  /** A tensor as such, converted when it is by rows. */
  #value(tensor: Tensor): Value {
    const picture = this.#pictures.get(tensor);
    const value = this.#values.get(tensor) ?? (picture && toTensor(this.#context, picture));
    if (value !== undefined) this.#values.set(tensor, value);
    if (value === undefined) throw new BackendError(`${labelOf(tensor.node)}: used before it is computed; verify the graph.`);
    return value;
  }
}

function cheapestLayouts(graph: Graph): ReadonlySet<AnyNode> {
  return assignLayouts(graph, layoutPrices);
}

function labelOf({ op, id, scope }: AnyNode): string {
  return scope === '' ? `${op}${id}` : `${scope}/${op}${id}`;
}

function valueInfo(name: Value, { shape, dtype }: TensorType): OnnxValue {
  return { name, dtype: onnxType(dtype), shape };
}

/** The nodes that the values in `used` depend on; adds to `used` every value that they read. */
export function liveNodes(nodes: readonly OnnxNode[], used: Set<Value>): OnnxNode[] {
  const live: OnnxNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => used.has(output))) continue;
    for (const input of node.inputs) used.add(input);
    live.push(node);
  }
  return live.reverse();
}
