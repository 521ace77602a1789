/** Exported generators in ONNX Runtime, as anybody would run them, against what the reference backend translates. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GeneratorSpec, initialValues, sizeOf, type TensorRecord, Translator, traceTranslation } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { randomTensor } from '@cyclegan/core/testing';
import { decodeOnnxModel, encodeOnnxModel } from '@cyclegan/formats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generatorModel, loadOnnxModel } from '../../src/index.ts';
import { expectClose } from './compare.ts';

const CHANNELS = { inputChannels: 3, outputChannels: 2 } as const;
const RESNET = { kind: 'resnet', ...CHANNELS, filters: 3, blocks: 2, norm: 'instance', dropout: true } as const;
const UNET = { kind: 'unet', ...CHANNELS, filters: 3, levels: 3, norm: 'batch', dropout: false } as const;
const SPECS: readonly GeneratorSpec[] = [
  RESNET,
  { ...RESNET, norm: 'batch' },
  { ...RESNET, norm: 'none' },
  {
    kind: 'mobile-resnet',
    ...CHANNELS,
    downWidths: [3, 4, 5],
    blockWidths: [6, 2],
    upWidths: [4, 3],
    norm: 'instance',
    dropout: false,
  },
  UNET,
  { ...UNET, norm: 'instance' },
];

/** Random weights, biases and statistics among them. */
function weightsOf(spec: GeneratorSpec): TensorRecord {
  const graph = traceTranslation('genBA', spec, { batch: 1, height: 16, width: 16 });
  return Object.fromEntries(
    Object.entries(initialValues(graph, 1)).map(([name, { shape }]) => {
      const tensor = randomTensor(shape, name);
      // sums of about 1, so that rounding stays small
      const scale = Math.sqrt(sizeOf(shape.slice(1)));
      const value = name.endsWith('variance') ? (x: number) => 0.5 + Math.abs(x) : (x: number) => x / scale;
      return [name, { ...tensor, data: tensor.data.map(value) }];
    }),
  );
}

describe.each(SPECS)('%j', (spec) => {
  it('exported is one file for every size and number of pictures', async () => {
    const weights = weightsOf(spec);
    const folder = await mkdtemp(join(tmpdir(), 'cyclegan-export-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'BtoA.onnx');
    await writeFile(path, encodeOnnxModel(generatorModel({ name: 'genBA', spec, weights })));
    const model = await loadOnnxModel(path);
    const backend = createReferenceBackend();
    const translator = new Translator({ backend, generator: spec, weights, direction: 'BtoA' });
    for (const [batch, height, width] of [
      [1, 16, 16],
      [2, 24, 40],
      [3, 8, 16],
    ] as const) {
      const x = randomTensor([batch, 3, height, width], 'x');
      expectClose({ y: await model.run(x) }, { y: await translator.translate(x) }, 1e-5);
    }
    await model.dispose();
    translator.dispose();
  });

  it('exported is made of standard operators, convolutions with their biases in them', () => {
    const model = decodeOnnxModel(encodeOnnxModel(generatorModel({ name: 'genAB', spec, weights: renamed(weightsOf(spec)) })));
    expect(model.opsets).toEqual({ '': 17 });
    expect(model.nodes.filter(({ domain = '' }) => domain !== '')).toEqual([]);
    const convolutions = model.nodes.filter(({ opType }) => opType.startsWith('Conv'));
    // those in front of a normalisation have no effect and are left out
    const biases = model.initializers.filter(({ name }) => name.endsWith('/bias'));
    expect(biases).not.toEqual([]);
    expect(convolutions.filter(({ inputs }) => inputs.length === 3)).toHaveLength(biases.length);
    expect(model.inputs).toEqual([{ name: 'input', dtype: 'float32', shape: ['N', 3, 'H', 'W'] }]);
    expect(model.outputs).toEqual([{ name: 'output', dtype: 'float32', shape: ['N', 2, 'H', 'W'] }]);
    expect(model.metadata).toMatchObject({
      'cyclegan.direction': 'AtoB',
      'cyclegan.inputDomain': 'A',
      'cyclegan.valueRange': '[-1, 1]',
      'cyclegan.sizeMultiple': spec.kind === 'unet' ? '8' : '4',
    });
  });
});

/** The weights as those of the other generator. */
function renamed(weights: TensorRecord): TensorRecord {
  return Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name.replace('genBA', 'genAB'), tensor]));
}

it('writes standard operators also where a program would work by rows', () => {
  const spec = { ...UNET, filters: 32, levels: 6 };
  const graph = traceTranslation('genAB', spec, { batch: 1, height: 64, width: 64 });
  const zeros = [...graph.variables.values()].map(
    ({ name, shape }) => [name, { shape, dtype: 'f32', data: new Float32Array(sizeOf(shape)) }] as const,
  );
  const { nodes } = generatorModel({ name: 'genAB', spec, weights: Object.fromEntries(zeros) });
  expect(nodes.filter(({ opType, domain = '' }) => domain !== '' || opType === 'Gather')).toEqual([]);
});

it('needs every weight', () => {
  expect(() => generatorModel({ name: 'genAB', spec: RESNET, weights: {} })).toThrow('there is no value for the variable genAB/');
});
