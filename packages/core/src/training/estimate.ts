/**
 * What a training step asks of an engine, told from its graph without running it: multiplications, bytes moved, nodes, and bytes held.
 * Knows no engine: how fast one works is measured by speed.ts, and what it needs beside the tensors is its own affair.
 */
import type { Capabilities } from '../backend.ts';
import type { MemoryUse } from '../compile.ts';
import type { AnyNode, Graph, Tensor } from '../graph/graph.ts';
import type { Precision } from '../passes/mix-precision.ts';
import { optimise } from '../passes/passes.ts';
import { bytesOf, peakBytes } from '../passes/peak-bytes.ts';
import { recompute } from '../passes/recompute.ts';
import { sizeOf, type TensorType } from '../tensor.ts';
import { type ModelConfig, traceStep } from './model.ts';

/** What running a graph once takes. */
export interface Work {
  /** Multiplications, each with an addition, of convolutions and matrix products as they are defined; an engine may get by with fewer. */
  readonly multiplyAdds: number;
  /** The same, each counted by how long it takes in its place (see TIME_OF): what the time goes by. */
  readonly products: number;
  /** Bytes read and written when every node reads its inputs and writes its outputs. */
  readonly bytes: number;
  /** Nodes that compute something. */
  readonly nodes: number;
}

/** Bytes that tensors hold while a graph runs. */
export interface HeldBytes {
  /** All variables: weights, moments of Adam, image buffers. */
  readonly variables: number;
  /** Those of them that convolutions of stride 1 read: engines keep such kernels in another form as well. */
  readonly kernels: number;
  /** What lies between the nodes when it is most, if all gradients of weights stay until the end. */
  readonly activations: number;
}

/**
 * How long a multiplication takes, in those of a strided convolution. With stride 1 engines need fewer (Winograd), and where a convolution
 * sees or makes few channels they move more than they multiply. Fitted to steps of ResNets and U-Nets from 16 x 16 to 256 x 256.
 */
const TIME_OF = { unstrided: 0.3, strided: 1, thin: 5 } as const;

/** Channels below which a convolution is thin. */
const THIN = 16;

/** A training step's work and memory. */
export interface StepCost {
  readonly work: Work;
  readonly held: HeldBytes;
}

/** The cost of a model's training step, as it is shaped for an engine with these native `composites`; throws ModelError as `traceStep` does. */
export function stepCost(
  model: ModelConfig,
  {
    composites,
    memory = 'fast',
    precision = 'f32',
  }: Pick<Capabilities, 'composites'> & { readonly memory?: MemoryUse | undefined; readonly precision?: Precision | undefined },
): StepCost {
  const optimised = optimise(traceStep(model, { precision }), composites, precision);
  const graph = memory === 'low' ? recompute(optimised) : optimised;
  return { work: workOf(graph), held: heldBytes(graph) };
}

/** The work of a graph. */
export function workOf({ nodes }: Graph): Work {
  const computing = nodes.filter(({ op, inputs }) => inputs.length > 0 && op !== 'reshape');
  const total = (amount: (node: AnyNode) => number) => computing.reduce((sum, node) => sum + amount(node), 0);
  return {
    multiplyAdds: total(multiplyAddsOf),
    products: total((node) => multiplyAddsOf(node) * timeOf(node)),
    bytes: total(({ inputs, outputs }) => totalBytes(inputs) + totalBytes(outputs)),
    nodes: computing.length,
  };
}

/** Multiplications of a node, each with an addition; 0 of one that is neither a convolution nor a matrix product. */
function multiplyAddsOf(node: AnyNode): number {
  const [first, second] = node.inputs as readonly [Tensor, Tensor];
  const [result] = node.outputs as readonly [Tensor];
  switch (node.op) {
    case 'conv2d':
      return sizeOf(result.shape) * kernelSize(second);
    case 'conv2dInputGrad':
      return sizeOf(first.shape) * kernelSize(second);
    case 'conv2dWeightGrad':
      return sizeOf(second.shape) * kernelSize(result);
    case 'matmul':
      return sizeOf(result.shape) * (first.shape.at(-1) ?? 0);
    default:
      return 0;
  }
}

/** Elements of the kernel of one output channel; the weight is O x C/groups x KH x KW. */
function kernelSize({ shape: [, ...kernel] }: Tensor): number {
  return sizeOf(kernel);
}

function timeOf(node: AnyNode): number {
  const weight = weightOf(node);
  if (weight === undefined) return TIME_OF.unstrided;
  const [out = 0, into = 0] = weight.shape;
  if (Math.min(out, into) < THIN) return TIME_OF.thin;
  return isStrided(node) ? TIME_OF.strided : TIME_OF.unstrided;
}

/** The kernels that a convolution reads, or computes the gradient of; undefined for other nodes. */
function weightOf({ op, inputs, outputs }: AnyNode): Tensor | undefined {
  if (op === 'conv2d' || op === 'conv2dInputGrad') return inputs[1];
  return op === 'conv2dWeightGrad' ? outputs[0] : undefined;
}

function isStrided({ params }: AnyNode): boolean {
  return 'strides' in params && params.strides.some((stride) => stride > 1);
}

function heldBytes(graph: Graph): HeldBytes {
  const gradients = graph.nodes.flatMap(({ op, inputs }) => (op === 'adam' ? [inputs[3] as Tensor] : []));
  const kept = gradients.map((gradient, at) => [`gradient ${at}`, gradient] as const);
  const kernels = graph.nodes.flatMap((node) => (isStrided(node) ? [] : (weightOf(node) ?? [])));
  return {
    variables: totalBytes([...graph.variables.values()]),
    kernels: totalBytes([...new Set(kernels)].filter(({ node }) => node.op === 'variable')),
    activations: peakBytes({ ...graph, outputs: new Map([...graph.outputs, ...kept]) }),
  };
}

function totalBytes(tensors: readonly TensorType[]): number {
  return tensors.reduce((total, tensor) => total + bytesOf(tensor), 0);
}
