/**
 * How much memory an order of computation takes: a run simulated tensor by tensor. Knows nothing of engines, whose scratch
 * memory and rounding come on top.
 */
import type { Graph, Tensor } from '../graph/graph.ts';
import { type DType, sizeOf, type TensorType } from '../tensor.ts';

const BYTES: Readonly<Record<DType, number>> = { f32: 4, f16: 2, i32: 4, bool: 1 };

/** Bytes of a tensor's elements. */
export function bytesOf({ shape, dtype }: TensorType): number {
  return sizeOf(shape) * BYTES[dtype];
}

/**
 * The most bytes that tensors hold at a time when the nodes run in their order: each is there from its node on until its last reader has run, outputs of the
 * graph until the end. Inputs, constants, variables and their next values are not counted; a reshape is its input under another name.
 */
export function peakBytes(graph: Graph): number {
  const owner = new Map<Tensor, Tensor>();
  const lastReader = new Map<Tensor, number>();
  const owned = (tensor: Tensor) => owner.get(tensor) ?? tensor;
  graph.nodes.forEach((node, position) => {
    for (const input of node.inputs) lastReader.set(owned(input), position);
    if (node.op === 'reshape') owner.set(node.outputs[0] as Tensor, owned(node.inputs[0] as Tensor));
  });
  const kept = new Set([...graph.outputs.values()].map(owned));
  const elsewhere = new Set([...graph.variables.values()].flatMap(({ update }) => (update === undefined ? [] : owned(update))));
  const bytes = (tensor: Tensor) => (tensor.node.inputs.length === 0 || elsewhere.has(tensor) ? 0 : bytesOf(tensor));
  let live = 0;
  let peak = 0;
  graph.nodes.forEach((node, position) => {
    const made = node.op === 'reshape' ? [] : node.outputs;
    for (const output of made) live += bytes(output);
    peak = Math.max(peak, live);
    const dead = new Set([
      ...node.inputs.map(owned).filter((input) => lastReader.get(input) === position),
      ...made.filter((each) => !lastReader.has(each)),
    ]);
    for (const tensor of dead) if (!kept.has(tensor)) live -= bytes(tensor);
  });
  return peak;
}
