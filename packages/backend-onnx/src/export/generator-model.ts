/**
 * A trained generator as an ONNX model for any runtime: standard operators, weights inside, any number and size of pictures. Knows no files
 * and no sessions.
 */
import {
  type GeneratorSpec,
  generator,
  generatorExtents,
  type HostTensor,
  ModelError,
  optimise,
  type TensorRecord,
  trace,
} from '@cyclegan/core';
import type { OnnxModel, OnnxTensor, OnnxValue } from '@cyclegan/formats';
import { float } from '../lowering/attributes.ts';
import type { LoweringContext } from '../lowering/context.ts';
import { forwardDirect } from '../lowering/conv/forward-direct.ts';
import { inputGradTransposed } from '../lowering/conv/input-grad-transposed.ts';
import { graphToOnnx } from '../lowering/graph-to-onnx.ts';
import type { Operand } from '../lowering/lower.ts';
import { LOWERINGS, type Lowerings } from '../lowering/table.ts';
import { biasIntoConvolutions } from './bias.ts';

/** Names of the model's input and output, both N x C x H x W in [-1, 1]. */
export const GENERATOR_INPUT = 'input';
/** See GENERATOR_INPUT. */
export const GENERATOR_OUTPUT = 'output';

/** The oldest operator set, and version of the format, that have all that is written: most runtimes know them. */
const [OPSET, IR_VERSION] = [17, 8];

/** In the forms that are plainest, and hold for every size. */
const PLAIN: Lowerings = {
  ...LOWERINGS,
  conv2d: forwardDirect.lower,
  conv2dInputGrad: inputGradTransposed.lower,
  normalize: (context, { inputs: [x], params: { axes, epsilon } }) => {
    if (axes.join() !== '2,3') throw new ModelError(`a generator normalises rows and columns, not the axes ${axes.join(', ')}.`);
    const [scale, bias] = [vector(context, x, 1), vector(context, x, 0)];
    return context.emit('InstanceNormalization', [x.value, scale, bias], { epsilon: float(epsilon) });
  },
};

function vector(context: LoweringContext, { shape: [, channels = 0] }: Operand, value: number): string {
  return context.once(`vector of ${channels} x ${value}`, () =>
    context.constant('f32', [channels], new Float32Array(channels).fill(value)),
  );
}

/** What is exported. */
export interface ExportedGenerator {
  /** The generator's name, which its weights' names begin with. */
  readonly name: 'genAB' | 'genBA';
  readonly spec: GeneratorSpec;
  /** Its variables under their full names; others may be among them. */
  readonly weights: TensorRecord;
}

/**
 * The model of a generator: `input` to `output`, N x C x H x W in [-1, 1] with N, H and W open; H and W are multiples of what the metadata's
 * `cyclegan.sizeMultiple` says. Throws ModelError when a weight is missing.
 */
export function generatorModel({ name, spec, weights }: ExportedGenerator): OnnxModel {
  // no extent is 1, which would hide axes
  const extent = 2 * generatorExtents(spec).minimum;
  const graph = trace((recorder) => {
    const net = generator(recorder, name, spec, { init: { kind: 'normal', gain: 0 }, training: false });
    recorder.output(GENERATOR_OUTPUT, net.apply(recorder.input(GENERATOR_INPUT, [2, spec.inputChannels, extent, extent])));
  });
  const { model, variables } = graphToOnnx(optimise(graph, ['normalize']), { lowerings: PLAIN, byRows: () => new Set() });
  const constants = [...variables].map(([variable, value]) => constant(value, variable, weights));
  return biasIntoConvolutions({
    ...model,
    name,
    inputs: [pictures(GENERATOR_INPUT, spec.inputChannels)],
    outputs: [pictures(GENERATOR_OUTPUT, spec.outputChannels)],
    initializers: [...constants, ...model.initializers],
    opsets: { '': OPSET },
    irVersion: IR_VERSION,
    metadata: metadataOf(name, spec),
  });
}

function constant(name: string, variable: string, weights: TensorRecord): OnnxTensor {
  const tensor: HostTensor | undefined = weights[variable];
  if (tensor === undefined) throw new ModelError(`there is no value for the variable ${variable}: the weights belong to another model.`);
  return { name, dtype: 'float32', dims: tensor.shape, data: Float32Array.from(tensor.data) };
}

function pictures(name: string, channels: number): OnnxValue {
  return { name, dtype: 'float32', shape: ['N', channels, 'H', 'W'] };
}

function metadataOf(name: ExportedGenerator['name'], spec: GeneratorSpec): Record<string, string> {
  const [from, to] = name === 'genAB' ? ['A', 'B'] : ['B', 'A'];
  const { multiple, minimum } = generatorExtents(spec);
  const entries = {
    network: name,
    direction: `${from}to${to}`,
    inputDomain: from,
    outputDomain: to,
    layout: 'NCHW',
    valueRange: '[-1, 1]',
    sizeMultiple: String(multiple),
    minimumSize: String(minimum),
    spec: JSON.stringify(spec),
  };
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [`cyclegan.${key}`, value]));
}
