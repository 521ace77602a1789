/** Clean-up of a model whose weights are constants: biases that are added behind convolutions become inputs of theirs. */
import type { OnnxModel, OnnxNode } from '@cyclegan/formats';
import { liveNodes } from '../lowering/graph-to-onnx.ts';

const CONVOLUTIONS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose']);

/** The same function with fewer nodes: `conv(x, w) + reshape(b)` is `conv(x, w, b)` where nothing else reads what was convolved. */
export function biasIntoConvolutions(model: OnnxModel): OnnxModel {
  const madeBy = new Map(model.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const vectors = new Set(model.initializers.filter(({ dims }) => dims.length === 1).map(({ name }) => name));
  const reads = new Map<string, number>();
  for (const { inputs } of model.nodes) for (const input of inputs) reads.set(input, (reads.get(input) ?? 0) + 1);

  const fuse = (node: OnnxNode): OnnxNode => {
    const [convolved = '', reshaped = ''] = node.inputs;
    const convolution = madeBy.get(convolved);
    const bias = madeBy.get(reshaped)?.inputs[0] ?? '';
    const fits =
      node.opType === 'Add' &&
      CONVOLUTIONS.has(convolution?.opType ?? '') &&
      convolution?.inputs.length === 2 &&
      reads.get(convolved) === 1 &&
      madeBy.get(reshaped)?.opType === 'Reshape' &&
      vectors.has(bias);
    return fits ? { ...convolution, inputs: [...convolution.inputs, bias], outputs: node.outputs } : node;
  };
  const used = new Set(model.outputs.map(({ name }) => name));
  const nodes = liveNodes(model.nodes.map(fuse), used);
  return { ...model, nodes, initializers: model.initializers.filter(({ name }) => used.has(name)) };
}
