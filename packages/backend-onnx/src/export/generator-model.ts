/**
 * A trained generator as an ONNX model for any runtime: standard operators, weights inside, any number and size of pictures. Knows no files
 * and no sessions.
 */
import { type GeneratorSpec, generator, generatorExtents, type TensorRecord, trace } from '@cyclegan/core';
import type { OnnxModel } from '@cyclegan/formats';
import { openPictures, plainModel } from './plain-model.ts';

/** Names of the model's input and output, both N x C x H x W in [-1, 1]. */
export const GENERATOR_INPUT = 'input';
/** See GENERATOR_INPUT. */
export const GENERATOR_OUTPUT = 'output';

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
  return plainModel(graph, {
    name,
    weights,
    inputs: [openPictures(GENERATOR_INPUT, spec.inputChannels)],
    outputs: [openPictures(GENERATOR_OUTPUT, spec.outputChannels)],
    metadata: metadataOf(name, spec),
  });
}

function metadataOf(name: ExportedGenerator['name'], spec: GeneratorSpec): Record<string, string> {
  const [from, to] = name === 'genAB' ? ['A', 'B'] : ['B', 'A'];
  const { multiple, minimum } = generatorExtents(spec);
  return {
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
}
