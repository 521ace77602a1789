/** Networks that judge pictures by their colours alone, so that what they find is known: written as ONNX files with their descriptions. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Palette } from '@cyclegan/eval';
import { encodeOnnxModel, type OnnxDim, type OnnxModel, type OnnxTensor } from '@cyclegan/formats';

const floats = (name: string, dims: readonly number[], data: readonly number[]): OnnxTensor => ({
  name,
  dtype: 'float32',
  dims,
  data: Float32Array.from(data),
});

/** The extents of what a network takes. */
export interface Extents {
  readonly size: number;
  /** How many pictures at a time; a name is any number. */
  readonly batch?: OnnxDim;
}

async function write(folder: string, name: string, model: OnnxModel, description: object): Promise<string> {
  const file = join(folder, `${name}.onnx`);
  await writeFile(file, encodeOnnxModel(model));
  await writeFile(join(folder, `${name}.json`), JSON.stringify(description));
  return file;
}

/** A segmentation network that gives each pixel the class of the nearest colour. */
export async function writeNearestColour(folder: string, palette: Palette, { size, batch = 'N' }: Extents): Promise<string> {
  const colours = palette.classes.map(({ rgb }) => rgb.map((sample) => sample / 255));
  // |x - c|^2 is least where 2 c.x - |c|^2 is largest
  const weights = colours.flatMap((colour) => colour.map((value) => 2 * value));
  const biases = colours.map((colour) => -colour.reduce((sum, value) => sum + value * value, 0));
  const model: OnnxModel = {
    inputs: [{ name: 'image', dtype: 'float32', shape: [batch, 3, size, size] }],
    outputs: [{ name: 'scores', dtype: 'float32', shape: [batch, colours.length, size, size] }],
    initializers: [floats('w', [colours.length, 3, 1, 1], weights), floats('b', [colours.length], biases)],
    nodes: [{ opType: 'Conv', inputs: ['image', 'w', 'b'], outputs: ['scores'] }],
  };
  const segmentation = { output: 'scores', classes: palette.classes };
  return write(folder, 'segmenter', model, { input: { width: size, height: size, interpolation: 'nearest' }, segmentation });
}

/** A network whose features, and whose classes red, green and blue, are the picture's mean colour. */
export async function writeMeanColour(folder: string, { size, batch = 'N' }: Extents, name = 'colours'): Promise<string> {
  const model: OnnxModel = {
    inputs: [{ name: 'image', dtype: 'float32', shape: [batch, 3, size, size] }],
    outputs: [
      { name: 'means', dtype: 'float32', shape: [batch, 3] },
      { name: 'image2', dtype: 'float32', shape: [batch, 3, size, size] },
    ],
    initializers: [],
    nodes: [
      { opType: 'GlobalAveragePool', inputs: ['image'], outputs: ['pooled'] },
      { opType: 'Flatten', inputs: ['pooled'], outputs: ['means'] },
      { opType: 'Identity', inputs: ['image'], outputs: ['image2'] },
    ],
  };
  return write(folder, name, model, {
    input: { width: size, height: size, range: [0, 255] },
    features: { output: 'means' },
    classification: { output: 'means', names: { 0: 'red', 1: 'green', 2: 'blue' } },
  });
}
