import { describe, expect, it } from 'vitest';
import { discriminator, type Graph, generator, grad, reshape, slice, trace } from '../../../src/index.ts';
import type { DiscriminatorSpec, GeneratorSpec, MobileResNetSpec, NormKind, PatchSpec, ResNetSpec } from '../../../src/models/specs.ts';
import { PAPER_INIT } from '../../../src/nn/initializers.ts';
import { initialValues } from '../../../src/training/model.ts';
import { counting, runOnce, weightCount } from '../training/tiny.ts';

type Size = readonly [height: number, width: number];

const TRAINING = { init: PAPER_INIT, training: true };
const CHANNELS = { inputChannels: 3, outputChannels: 3 };
const RESNET: ResNetSpec = { kind: 'resnet', ...CHANNELS, filters: 64, blocks: 9, norm: 'instance', dropout: false };
const MOBILE: MobileResNetSpec = {
  kind: 'mobile-resnet',
  ...CHANNELS,
  downWidths: [2, 3, 4],
  blockWidths: [5, 1],
  upWidths: [6, 7],
  norm: 'instance',
  dropout: false,
};
const PATCH: PatchSpec = { kind: 'patch', inputChannels: 3, filters: 64, layers: 3, norm: 'instance' };

function unet(levels: number, norm: NormKind, filters = 64): GeneratorSpec {
  return { kind: 'unet', ...CHANNELS, filters, levels, norm, dropout: true };
}

const generatorGraph = (spec: GeneratorSpec, [height, width]: Size, training = true): Graph =>
  trace((recorder) => {
    const net = generator(recorder, 'genAB', spec, { init: PAPER_INIT, training });
    recorder.output('y', net.apply(recorder.input('x', [2, spec.inputChannels, height, width])));
  });

const discriminatorGraph = (spec: DiscriminatorSpec, [height, width]: Size): Graph =>
  trace((recorder) => {
    const net = discriminator(recorder, 'discB', spec, TRAINING);
    recorder.output('y', net.apply(recorder.input('x', [2, spec.inputChannels, height, width])));
  });

describe('generators', () => {
  const small = { filters: 2, inputChannels: 2, outputChannels: 5 };
  it.each([
    [{ ...RESNET, ...small, blocks: 2 }, [12, 8]],
    [{ ...RESNET, ...small, blocks: 0, norm: 'batch' }, [8, 20]],
    [{ ...MOBILE, ...small }, [12, 8]],
    [{ ...unet(5, 'batch'), ...small }, [32, 96]],
    [{ ...unet(1, 'instance'), ...small }, [2, 6]],
  ] as readonly (readonly [GeneratorSpec, Size])[])('%j keeps the size %j', (spec, [height, width]) => {
    expect(generatorGraph(spec, [height, width]).outputs.get('y')?.shape).toEqual([2, 5, height, width]);
  });

  it('give each layer of a mobile ResNet its own width, and each channel of a block its own kernel', () => {
    const shapes = [...generatorGraph(MOBILE, [8, 8]).variables].flatMap(([name, { shape }]) =>
      name.endsWith('weight') ? [[name.replace(/^genAB\/|\/weight$/g, ''), shape] as const] : [],
    );
    expect(shapes).toEqual([
      ['stem/conv', [2, 3, 7, 7]],
      ['down0/conv', [3, 2, 3, 3]],
      ['down1/conv', [4, 3, 3, 3]],
      ['block0/conv0/depthwise', [4, 1, 3, 3]],
      ['block0/conv0/pointwise', [5, 4, 1, 1]],
      ['block0/conv1/depthwise', [5, 1, 3, 3]],
      ['block0/conv1/pointwise', [4, 5, 1, 1]],
      ['block1/conv0/depthwise', [4, 1, 3, 3]],
      ['block1/conv0/pointwise', [1, 4, 1, 1]],
      ['block1/conv1/depthwise', [1, 1, 3, 3]],
      ['block1/conv1/pointwise', [4, 1, 1, 1]],
      ['up0/conv', [4, 6, 3, 3]],
      ['up1/conv', [6, 7, 3, 3]],
      ['head/conv', [3, 7, 7, 7]],
    ]);
  });

  it('clamp what a mobile ResNet is given', async () => {
    const graph = generatorGraph(MOBILE, [8, 8]);
    const values = initialValues(graph, 1);
    const wild = { ...counting([2, 3, 8, 8]), data: Float64Array.from({ length: 384 }, (_, at) => ((at * 7) % 41) / 10 - 2) };
    const tame = { ...wild, data: wild.data.map((value) => Math.max(-1, Math.min(1, value))) };
    const [given, clamped] = [await runOnce(graph, { x: wild }, values), await runOnce(graph, { x: tame }, values)];
    expect(given.outputs.y).toEqual(clamped.outputs.y);
  });

  it('make pictures between -1 and 1', async () => {
    const graph = generatorGraph({ ...RESNET, ...small, blocks: 1 }, [8, 8]);
    const values = initialValues(graph, 1);
    const { outputs } = await runOnce(graph, { x: counting([2, 2, 8, 8]) }, { ...values, 'genAB/head/conv/bias': counting([5], 0.2) });
    for (const value of outputs.y?.data ?? []) expect(Math.abs(value)).toBeLessThan(1);
  });

  it('mask a U-Net between the innermost level and the four outermost, and every block of a ResNet', () => {
    const masks = (spec: GeneratorSpec, size: Size, training = true) =>
      [...generatorGraph(spec, size, training).inputs.keys()].flatMap((name) => /^dropout\/genAB\/(\w+)/.exec(name)?.[1] ?? []);
    expect(masks(unet(8, 'batch'), [256, 256])).toEqual(['up6', 'up5', 'up4']);
    expect(masks(unet(7, 'batch'), [128, 128])).toEqual(['up5', 'up4']);
    expect(masks(unet(7, 'batch'), [128, 128], false)).toEqual([]);
    expect(masks({ ...RESNET, blocks: 3, dropout: true }, [8, 8])).toEqual(['block0', 'block1', 'block2']);
  });

  it('start every network from other weights', () => {
    const graph = trace((recorder) => {
      const x = recorder.input('x', [1, 3, 8, 8]);
      for (const name of ['genAB', 'genBA']) generator(recorder, name, { ...RESNET, filters: 1, blocks: 1 }, TRAINING).apply(x);
    });
    const values = initialValues(graph, 1);
    expect(values['genAB/stem/conv/weight']?.data).not.toEqual(values['genBA/stem/conv/weight']?.data);
  });
});

describe('parameter counts as published', () => {
  const millions = (graph: Graph) => Math.round(weightCount(graph) / 1e3) / 1e3;
  it.each([
    ['ResNet-9', generatorGraph(RESNET, [256, 256]), 11.378],
    ['ResNet-6', generatorGraph({ ...RESNET, blocks: 6 }, [256, 256]), 7.838],
    ['U-Net 256 with batch norm', generatorGraph(unet(8, 'batch'), [256, 256]), 54.414],
    ['U-Net 128 with batch norm', generatorGraph(unet(7, 'batch'), [128, 128]), 41.829],
    ['70 x 70 PatchGAN', discriminatorGraph(PATCH, [256, 256]), 2.765],
    ['70 x 70 PatchGAN of pairs with batch norm', discriminatorGraph({ ...PATCH, inputChannels: 6, norm: 'batch' }, [256, 256]), 2.769],
  ])('%s', (_, graph, expected) => {
    expect(millions(graph)).toBe(expected);
  });
});

describe('discriminators', () => {
  const small = { kind: 'patch', inputChannels: 1, filters: 2, layers: 3, norm: 'instance' } as const;
  it.each([
    [PATCH, [256, 256], [2, 1, 30, 30]],
    [{ ...small, layers: 5 }, [128, 97], [2, 1, 2, 1]],
    [small, [24, 40], [2, 1, 1, 3]],
    [{ kind: 'pixel', inputChannels: 4, filters: 3, norm: 'batch' }, [5, 7], [2, 1, 5, 7]],
  ] as readonly (readonly [DiscriminatorSpec, Size, number[]])[])('%j of %j makes %j', (spec, size, shape) => {
    expect(discriminatorGraph(spec, size).outputs.get('y')?.shape).toEqual(shape);
  });

  // 1 + 3, twice + 2, ... from the last layer back: 4, 7, 16, 34, 70
  it.each([
    [1, 16],
    [2, 34],
    [3, 70],
  ])('a PatchGAN of %d layers sees squares of %d pixels', async (layers, receptive) => {
    const size = 104;
    const graph = trace((recorder) => {
      const net = discriminator(recorder, 'discB', { ...small, filters: 1, layers, norm: 'none' }, TRAINING);
      const x = recorder.input('x', [1, 1, size, size]);
      const logits = net.apply(x);
      const middle = Math.floor((logits.shape[2] ?? 0) / 2);
      const logit = slice(logits, [0, 0, middle, middle], [1, 1, middle + 1, middle + 1]);
      const [gradient] = grad(reshape(logit, []), [x]);
      if (gradient !== undefined) recorder.output('gradient', gradient);
    });
    const { outputs } = await runOnce(graph, { x: counting([1, 1, size, size], 1e-4) }, initialValues(graph, 1));
    const seen = Array.from(outputs.gradient?.data ?? []).flatMap((value, at) => (value === 0 ? [] : [at]));
    const rows = seen.map((at) => Math.floor(at / size));
    const columns = seen.map((at) => at % size);
    expect(Math.max(...rows) - Math.min(...rows) + 1).toBe(receptive);
    expect(Math.max(...columns) - Math.min(...columns) + 1).toBe(receptive);
    expect(seen).toHaveLength(receptive ** 2);
  });
});

describe('biases', () => {
  const biases = (graph: Graph) => [...graph.variables.keys()].filter((name) => name.endsWith('/bias'));
  const norms: readonly NormKind[] = ['batch', 'none'];

  it.each(norms)('stand only where no norm follows, with %s', (norm) => {
    expect(biases(generatorGraph({ ...RESNET, blocks: 1, norm }, [8, 8]))).toEqual(['genAB/head/conv/bias']);
    expect(biases(generatorGraph(unet(3, norm), [8, 8]))).toEqual(['genAB/up0/conv/bias']);
    expect(biases(discriminatorGraph({ ...PATCH, norm }, [24, 24]))).toEqual(['discB/layer0/conv/bias', 'discB/head/conv/bias']);
    expect(biases(discriminatorGraph({ kind: 'pixel', inputChannels: 3, filters: 2, norm }, [4, 4]))).toEqual(['discB/layer0/conv/bias']);
  });

  it('stand everywhere with instance norm, as in the reference', () => {
    for (const graph of [
      generatorGraph({ ...RESNET, blocks: 1 }, [8, 8]),
      generatorGraph(unet(3, 'instance'), [8, 8]),
      discriminatorGraph(PATCH, [24, 24]),
    ]) {
      expect(biases(graph)).toHaveLength([...graph.variables.keys()].filter((name) => name.endsWith('/weight')).length);
    }
  });
});

describe('ModelError', () => {
  const multiples = 'the ResNet generator takes heights and widths that are multiples of 4 and at least 8';
  const levels = 'a U-Net of 3 levels takes heights and widths that are multiples of 8';
  it.each([
    [RESNET, [256, 258], `${multiples}, got 256x258.`],
    [RESNET, [4, 8], `${multiples}, got 4x8.`],
    [unet(3, 'batch'), [8, 12], `${levels}, got 8x12.`],
    [{ ...RESNET, filters: 0 }, [8, 8], 'genAB: filters must be a whole number of at least 1, got 0.'],
    [{ ...RESNET, blocks: 1.5 }, [8, 8], 'genAB: blocks must be a whole number of at least 0, got 1.5.'],
    [{ ...MOBILE, blockWidths: [4, 0] }, [8, 8], 'genAB: blockWidths must be a whole number of at least 1, got 0.'],
    [unet(0, 'batch'), [8, 8], 'genAB: levels must be a whole number of at least 1, got 0.'],
  ] as readonly (readonly [GeneratorSpec, Size, string])[])('for %j on %j', (spec, size, message) => {
    expect(() => generatorGraph(spec, size)).toThrow(message);
  });

  it.each([
    [PATCH, [23, 256], 'a PatchGAN of 3 layers takes heights and widths of at least 24, got 23x256; give it fewer layers.'],
    [{ ...PATCH, layers: 0 }, [64, 64], 'discB: layers must be a whole number of at least 1, got 0.'],
    [{ ...PATCH, inputChannels: Number.NaN }, [64, 64], 'discB: inputChannels must be a whole number of at least 1, got NaN.'],
  ] as readonly (readonly [DiscriminatorSpec, Size, string])[])('for %j on %j', (spec, size, message) => {
    expect(() => discriminatorGraph(spec, size)).toThrow(message);
  });

  it('names the network that is given other channels', () => {
    const apply = () =>
      trace((recorder) => {
        discriminator(recorder, 'discA', PATCH, TRAINING).apply(recorder.input('x', [1, 4, 64, 64]));
      });
    expect(apply).toThrow('discA takes pictures of 3 channels, got 4.');
  });
});
