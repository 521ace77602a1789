import {
  type DiscriminatorSpec,
  discriminator,
  discriminatorMinimum,
  f32,
  type GeneratorSpec,
  generator,
  generatorExtents,
  initialise,
  type TensorRecord,
  trace,
} from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { findNetworks, inferSpec, isGenerator, parseReferenceFileName, referenceFileName } from '../../src/index.ts';
import { toReference } from '../../src/reference-names.ts';

const G = { inputChannels: 1, outputChannels: 4, filters: 2, dropout: false } as const;
const D = { inputChannels: 3, filters: 2 } as const;
const WIDTHS = { downWidths: [3, 2, 4], blockWidths: [5, 6, 7], upWidths: [8, 9] } as const;
const RESNET = { kind: 'resnet', ...G, blocks: 2, norm: 'instance' } as const;
const PATCH = { kind: 'patch', ...D, layers: 3, norm: 'instance' } as const;

const SPECS: readonly (GeneratorSpec | DiscriminatorSpec)[] = (['instance', 'batch', 'none'] as const).flatMap((norm) => [
  { ...RESNET, norm },
  { ...RESNET, norm, blocks: 0 },
  { ...RESNET, norm, blocks: 12, dropout: true },
  { kind: 'mobile-resnet', inputChannels: 3, outputChannels: 1, ...WIDTHS, norm, dropout: false } as const,
  ...[2, 3, 7].map((levels) => ({ kind: 'unet', ...G, levels, norm }) as const),
  ...[1, 3, 5].map((layers) => ({ ...PATCH, layers, norm })),
  { kind: 'pixel', ...D, norm } as const,
]);

/** Random weights of a network under the reference's names. */
function stateDictOf(spec: GeneratorSpec | DiscriminatorSpec): TensorRecord {
  const extent = isGenerator(spec) ? generatorExtents(spec).minimum : discriminatorMinimum(spec);
  const context = { init: { kind: 'normal', gain: 1 }, training: false } as const;
  const { variables } = trace((recorder) => {
    const net = isGenerator(spec) ? generator(recorder, 'n', spec, context) : discriminator(recorder, 'n', spec, context);
    net.apply(recorder.input('x', [1, spec.inputChannels, extent, extent]));
  });
  const weights = [...variables].map(([name, variable]) => [name.slice(2), initialise(name, variable, variable.init, 1)] as const);
  return toReference(spec, Object.fromEntries(weights));
}

const prefixed = (prefix: string, record: TensorRecord) =>
  Object.fromEntries(Object.entries(record).map(([name, tensor]) => [`${prefix}${name}`, tensor]));

it.each(SPECS)('reads %j off the names and shapes of its tensors', (spec) => {
  expect(inferSpec(stateDictOf(spec))).toEqual(spec);
});

describe('inferSpec refuses', () => {
  const whole = stateDictOf(RESNET);
  const { 'model.7.weight': _, ...withoutOne } = whole;
  it.each([
    [
      'a tensor that is missing',
      withoutOne,
      'look like a resnet network but do not fit one: model.7.weight is missing (expected 8x4x3x3).',
    ],
    ['a tensor that is left over', { ...whole, 'model.99.weight': f32([1], [1]) }, 'model.99.weight is left over'],
    ['another shape', { ...whole, 'model.4.weight': f32([4, 2, 3, 1], Array(24)) }, 'model.4.weight is 4x2x3x1 (expected 4x2x3x3)'],
    [
      'whole numbers',
      { ...whole, 'model.1.bias': { shape: [2], dtype: 'i32', data: Int32Array.of(1, 2) } },
      'model.1.bias holds i32 values',
    ],
    ['other networks', { 'features.0.weight': f32([1], [1]) }, 'belong to no network that is known'],
    ['no tensors', {}, 'belong to no network that is known'],
    ['empty kernels', { ...whole, 'model.1.weight': f32([0, 1, 7, 7], []) }, 'No such network: net: filters must be a whole number'],
  ] as readonly (readonly [string, TensorRecord, string])[])('%s', (_name, stateDict, message) => {
    expect(() => inferSpec(stateDict)).toThrow(message);
  });

  it('at most six problems by name', () => {
    const few = { 'model.1.weight': f32([2, 1, 7, 7], new Float32Array(98)), 'model.10.conv_block.1.weight': f32([1], [1]) };
    expect(() => inferSpec(few)).toThrow(/: (model[^;]*; ){6}and \d+ more/);
  });
});

describe('findNetworks', () => {
  const stateDict = stateDictOf(RESNET);
  const judge = stateDictOf(PATCH);

  it.each([
    ['', 'genAB'],
    ['latest_net_G_A.pth', 'genAB'],
    ['200_net_G_B.safetensors', 'genBA'],
    ['latest_net_G.pth', 'genAB'],
  ])("takes a generator in '%s' for %s", (file, name) => {
    expect(findNetworks(stateDict, file)).toMatchObject([{ name, spec: RESNET }]);
  });

  it("takes the reference's D_A for the discriminator of B", () => {
    expect(findNetworks(judge, 'latest_net_D_A.pth')).toMatchObject([{ name: 'discB', spec: PATCH }]);
    expect(findNetworks(judge, 'latest_net_D_B.pth')).toMatchObject([{ name: 'discA' }]);
    expect(findNetworks(judge)).toMatchObject([{ name: 'discB' }]);
  });

  it.each(['', 'module.', 'model.', 'net.', 'model.module.', 'nets/a.model.'])(
    "tells wrappers such as '%s' from a U-Net's first model",
    (wrapper) => {
      for (const spec of [
        RESNET,
        PATCH,
        { kind: 'unet', ...G, levels: 2, norm: 'instance' },
        { kind: 'pixel', ...D, norm: 'batch' },
      ] as const)
        expect(findNetworks(prefixed(wrapper, stateDictOf(spec)))).toMatchObject([{ spec }]);
    },
  );

  it('passes over what lies beside wrapped networks, not what lies among their tensors', () => {
    const one = f32([1], [1]);
    const state = { 'optimizer.state.0.exp_avg': one, 'optimizers.0.state.3.step': one, rng: one };
    for (const wrapper of ['state_dict.', 'G_A.', 'model.'])
      expect(findNetworks({ ...state, ...prefixed(wrapper, stateDict) })).toMatchObject([{ name: 'genAB', spec: RESNET }]);
    expect(() => findNetworks({ ...prefixed('G_A.', stateDict), 'G_A.extra.weight': one })).toThrow('extra.weight is left over');
    expect(() => findNetworks({ ...stateDict, 'extra.weight': one })).toThrow('extra.weight is left over');
    expect(() => findNetworks(state)).toThrow('belong to no network that is known');
  });

  it('goes past wrappers, and tells networks apart by their prefixes', () => {
    expect(findNetworks(prefixed('state_dict.module.', stateDict))).toMatchObject([{ name: 'genAB' }]);
    const both = { ...prefixed('netG_A.', stateDict), ...prefixed('netG_B.module.', stateDict), ...prefixed('D_B/', judge) };
    expect(findNetworks(both).map(({ name }) => name)).toEqual(['genAB', 'genBA', 'discA']);
  });

  it('leaves out counters and the unused statistics of old instance norms', () => {
    const old = { ...stateDict, 'model.2.running_mean': f32([2], [0, 0]), 'model.2.running_var': f32([2], [1, 1]) };
    expect(findNetworks(old)).toEqual(findNetworks(stateDict));
    const batch = stateDictOf({ ...RESNET, norm: 'batch' });
    const counted = { ...batch, 'model.2.num_batches_tracked': { shape: [], dtype: 'i32', data: Int32Array.of(7) } } as const;
    expect(findNetworks(counted)).toEqual(findNetworks(batch));
  });

  it('refuses more networks than a run has, at once', () => {
    const many = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`n${index}.model.1.weight`, f32([1], [1])]));
    expect(() => findNetworks(many)).toThrow('There are 5 networks; a run has at most 4: keep one network to a file.');
  });

  it('refuses two of one name, and names that contradict the tensors', () => {
    expect(() => findNetworks({ ...prefixed('a.', stateDict), ...prefixed('b.', stateDict) })).toThrow(
      "several networks that may be genAB, one below 'b'",
    );
    expect(() => findNetworks(stateDict, 'latest_net_D_A.pth')).toThrow(
      'The name says discB, but the tensors are those of a resnet generator.',
    );
  });
});

it('names files as the reference does', () => {
  expect(referenceFileName('discB', { extension: 'pth', model: 'cyclegan' })).toBe('latest_net_D_A.pth');
  expect(referenceFileName('discB', { extension: 'pth', model: 'pix2pix' })).toBe('latest_net_D.pth');
  const safetensors = referenceFileName('genBA', { extension: 'safetensors', model: 'cyclegan' });
  expect(parseReferenceFileName(safetensors)).toEqual({ network: 'genBA', label: 'latest' });
  expect(parseReferenceFileName('horse2zebra.pth')).toBeUndefined();
});
