/**
 * A graph with its weights as an ONNX model for any runtime: standard operators in their plainest forms, which hold for pictures of every size. Knows no
 * files and no sessions.
 */
import { type Graph, type HostTensor, ModelError, optimise, type TensorRecord } from '@cyclegan/core';
import type { OnnxModel, OnnxTensor, OnnxValue } from '@cyclegan/formats';
import { float } from '../lowering/attributes.ts';
import type { LoweringContext } from '../lowering/context.ts';
import { forwardDirect } from '../lowering/conv/forward-direct.ts';
import { inputGradTransposed } from '../lowering/conv/input-grad-transposed.ts';
import { graphToOnnx } from '../lowering/graph-to-onnx.ts';
import type { Operand } from '../lowering/lower.ts';
import { LOWERINGS, type Lowerings } from '../lowering/table.ts';
import { biasIntoConvolutions } from './bias.ts';

/** The oldest operator set, and version of the format, that have all that is written: most runtimes know them. */
const [OPSET, IR_VERSION] = [17, 8];

/** In the forms that are plainest, and hold for every size. */
const PLAIN: Lowerings = {
  ...LOWERINGS,
  conv2d: forwardDirect.lower,
  conv2dInputGrad: inputGradTransposed.lower,
  normalize: (context, { inputs: [x], params: { axes, epsilon } }) => {
    if (axes.join() !== '2,3') throw new ModelError(`an exported network normalises rows and columns, not the axes ${axes.join(', ')}.`);
    const [scale, bias] = [vector(context, x, 1), vector(context, x, 0)];
    return context.emit('InstanceNormalization', [x.value, scale, bias], { epsilon: float(epsilon) });
  },
};

function vector(context: LoweringContext, { shape: [, channels = 0] }: Operand, value: number): string {
  return context.once(`vector of ${channels} x ${value}`, () =>
    context.constant('f32', [channels], new Float32Array(channels).fill(value)),
  );
}

/** What is written beside the graph. */
export interface PlainModelParts {
  readonly name: string;
  /** The graph's variables; others may be among them. */
  readonly weights: TensorRecord;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Under `cyclegan.`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The model of a graph, whose extents hide no axis: none is 1. Throws ModelError when a weight is missing. */
export function plainModel(graph: Graph, { weights, metadata, ...parts }: PlainModelParts): OnnxModel {
  const { model, variables } = graphToOnnx(optimise(graph, ['normalize', 'maxPool']), { lowerings: PLAIN, byRows: () => new Set() });
  const constants = [...variables].map(([variable, value]) => constant(value, variable, weights));
  return biasIntoConvolutions({
    ...model,
    ...parts,
    initializers: [...constants, ...model.initializers],
    opsets: { '': OPSET },
    irVersion: IR_VERSION,
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`cyclegan.${key}`, value])),
  });
}

function constant(name: string, variable: string, weights: TensorRecord): OnnxTensor {
  const tensor: HostTensor | undefined = weights[variable];
  if (tensor === undefined) throw new ModelError(`there is no value for the variable ${variable}: the weights belong to another model.`);
  return { name, dtype: 'float32', dims: tensor.shape, data: Float32Array.from(tensor.data) };
}

/** Any number of pictures of any size. */
export function openPictures(name: string, channels: number): OnnxValue {
  return { name, dtype: 'float32', shape: ['N', channels, 'H', 'W'] };
}
