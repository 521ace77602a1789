/**
 * From a graph to operations: composites become their parts, Adam's applications become sets, everything else keeps its name. Knows no kernel.
 */
import { type AnyNode, BackendError, type CompositeName, f32, type Graph, type Node, type Tensor, type TensorType } from '@cyclegan/core';
import { AdamSets } from './adam-sets.ts';
import { Builder } from './builder.ts';
import { type AnyOperation, baseOf, type ElementwiseName, type LoweredProgram, type OperationName, type Value } from './operation.ts';

/** Composites that this backend computes natively; core decomposes the others. */
export const NATIVE_COMPOSITES = ['normalize', 'normalizeGrad', 'reluGrad', 'adam'] as const satisfies readonly CompositeName[];

/** More operands than this are joined in several steps, because a kernel binds only so many buffers. */
const JOINED = 4;

/** How a graph is lowered. */
export interface LowerOptions {
  /** Variables that no set of Adam replaces where they lie. */
  readonly copied?: ReadonlySet<string>;
  /** Bytes of weights that a set has at most; any number unless given. */
  readonly slabBytes?: number;
}

/** The operations of `graph`, whose composites are native ones. */
export function lower(graph: Graph, options: LowerOptions = {}): LoweredProgram {
  const lowering = new Lowering(graph, options);
  for (const node of graph.nodes) lowering.visit(node);
  return lowering.finish();
}

class Lowering {
  readonly #graph: Graph;
  readonly #builder = new Builder();
  readonly #values = new Map<Tensor, Value>();
  readonly #adam: AdamSets;

  constructor(graph: Graph, { copied = new Set(), slabBytes = Number.POSITIVE_INFINITY }: LowerOptions) {
    this.#graph = graph;
    this.#adam = new AdamSets(graph, copied, slabBytes);
  }

  visit(node: AnyNode): void {
    if (this.#adam.chooses(node)) return;
    if (node.inputs.some((tensor) => this.#adam.awaits(tensor))) this.#flush();
    if (node.op === 'adam' && this.#adam.take(node)) return;
    const outputs = this.#lower(node);
    node.outputs.forEach((tensor, k) => {
      this.#values.set(tensor, outputs[k] as Value);
    });
  }

  finish(): LoweredProgram {
    this.#flush();
    const { inputs, outputs, variables } = this.#graph;
    const updates = new Map<string, Value>();
    for (const [name, { update }] of variables) {
      if (update !== undefined) this.#update(name, this.#at(update), updates);
    }
    return {
      operations: this.#builder.operations,
      inputs,
      outputs: new Map([...outputs].map(([name, tensor]) => [name, this.#at(tensor)])),
      updates,
      variables: new Map([...variables].map(([name, { shape, dtype }]) => [name, { shape, dtype }])),
    };
  }

  /** An update by another variable's value takes a copy, since that variable may change as well. */
  #update(name: string, value: Value, updates: Map<string, Value>): void {
    const { operation } = baseOf(value);
    if (operation.op === 'adam' && isReplaced(operation.params, name)) return;
    if (operation.op === 'variable' && operation.params.name === name) return;
    const copies = operation.op === 'variable' || operation.op === 'adam';
    updates.set(name, copies ? this.#builder.emit('copy', [value], { params: {}, ...typeOf(value), scope: '' }) : value);
  }

  #flush(): void {
    this.#adam.flush(this.#builder, { at: (tensor) => this.#at(tensor), set: (tensor, value) => this.#values.set(tensor, value) });
  }

  #at(tensor: Tensor): Value {
    const value = this.#values.get(tensor);
    if (value === undefined) throw new BackendError(`webgpu: ${tensor.node.op} (node ${tensor.node.id}) has no value; verify the graph.`);
    return value;
  }

  #lower(node: AnyNode): readonly Value[] {
    const inputs = node.inputs.map((tensor) => this.#at(tensor));
    const same = { types: node.outputs, scope: node.scope };
    switch (node.op) {
      case 'input':
        return this.#builder.emitAll('feed', [], { params: { name: node.params.name }, ...same });
      case 'variable':
        return this.#builder.emitAll('variable', [], { params: { name: node.params.name }, ...same });
      case 'iota':
        return this.#builder.emitAll('iota', [], { params: {}, ...same });
      case 'concat':
        return [this.#concat(node, inputs)];
      case 'normalize':
        return this.#normalize(node, inputs);
      case 'normalizeGrad':
        return [this.#normalizeGrad(node, inputs)];
      case 'adam':
        return this.#writtenOutAdam(node, inputs);
      case 'maxPool':
      case 'averagePool':
      case 'resize':
      case 'softmaxCrossEntropy':
        throw new BackendError(
          `webgpu: cannot compile ${node.op} (node ${node.id}): it is not native; use core's compile, which shapes the graph to the backend.`,
        );
      default:
        return this.#builder.emitAll(node.op as OperationName, inputs, { params: node.params as never, ...same });
    }
  }

  #concat(node: Node<'concat'>, inputs: readonly Value[]): Value {
    const { axis } = node.params;
    let joined = inputs;
    while (joined.length > 1) {
      const next: Value[] = [];
      for (let first = 0; first < joined.length; first += JOINED) {
        const some = joined.slice(first, first + JOINED) as [Value, ...Value[]];
        const extent = some.reduce((total, { shape }) => total + (shape[axis] ?? 0), 0);
        const shape = some[0].shape.map((other, at) => (at === axis ? extent : other));
        const type = { shape, dtype: some[0].dtype, scope: node.scope };
        next.push(some.length === 1 ? some[0] : this.#builder.emit('concat', some, { params: { axis }, ...type }));
      }
      joined = next;
    }
    return joined[0] as Value;
  }

  #normalize({ params, outputs, scope }: Node<'normalize'>, [x]: readonly Value[]): readonly Value[] {
    const [y, ...statistics] = outputs as readonly [Tensor, ...Tensor[]];
    const made = this.#builder.emitAll('statistics', [x as Value], { params, types: statistics, scope });
    return [this.#builder.emit('normalized', [x as Value, ...made], { params: {}, ...typeOf(y), scope }), ...made];
  }

  #normalizeGrad({ params, outputs: [dx], scope }: Node<'normalizeGrad'>, inputs: readonly Value[]): Value {
    const [dy, y, rstd] = inputs as readonly [Value, Value, Value];
    const made = this.#builder.emitAll('projections', [dy, y], { params, types: [typeOf(rstd), typeOf(rstd)], scope });
    return this.#builder.emit('normalizedGrad', [dy, y, rstd, ...made], { params: {}, ...typeOf(dx as Tensor), scope });
  }

  /** The decomposition of core's `adam`. */
  #writtenOutAdam({ params: { beta1, beta2, epsilon }, scope }: Node<'adam'>, inputs: readonly Value[]): readonly Value[] {
    const [weight, m, v, gradient, stepSize, correction] = inputs as readonly [Value, Value, Value, Value, Value, Value];
    const apply = (op: ElementwiseName, ...operands: Value[]) =>
      this.#builder.emit(op, operands, { params: {}, ...typeOf(operands.find(({ shape }) => shape.length > 0) ?? weight), scope });
    const over = (op: 'mul' | 'div', a: Value, b: Value) => this.#builder.emit(op, [a, b], { params: {}, shape: [], dtype: 'f32', scope });
    const number = (value: number) =>
      this.#builder.emit('constant', [], { params: { data: f32([], [value]).data }, shape: [], dtype: 'f32', scope });
    const nextM = apply('add', apply('mul', m, number(beta1)), apply('mul', gradient, number(1 - beta1)));
    const nextV = apply('add', apply('mul', v, number(beta2)), apply('mul', apply('square', gradient), number(1 - beta2)));
    const divisor = apply('add', apply('sqrt', nextV), over('div', number(epsilon), correction));
    const step = apply('div', apply('mul', nextM, over('div', stepSize, correction)), divisor);
    return [apply('sub', weight, step), nextM, nextV];
  }
}

function isReplaced({ weights, m, v }: (AnyOperation & { readonly op: 'adam' })['params'], name: string): boolean {
  return [weights, m, v].some((names) => names.includes(name));
}

function typeOf({ shape, dtype }: TensorType): TensorType {
  return { shape, dtype };
}
