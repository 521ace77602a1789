import { type DiscriminatorSpec, f32, type GeneratorSpec } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { fromReference, referenceNames, toReference } from '../../src/reference-names.ts';

const G = { inputChannels: 3, outputChannels: 3, filters: 8, dropout: false } as const;
const D = { inputChannels: 3, filters: 8 } as const;

function theirs(spec: GeneratorSpec | DiscriminatorSpec, ours: string): string | undefined {
  return referenceNames(spec).find((pair) => pair.ours === ours)?.theirs;
}

const WIDTHS = { downWidths: [8, 16, 32], blockWidths: [4, 8], upWidths: [16, 8] } as const;

const NORMS = ['instance', 'batch', 'none'] as const;
const SPECS: readonly (GeneratorSpec | DiscriminatorSpec)[] = NORMS.flatMap((norm) => [
  { kind: 'resnet', ...G, blocks: 6, norm } as const,
  { kind: 'resnet', ...G, blocks: 9, norm, dropout: true } as const,
  { kind: 'mobile-resnet', inputChannels: 3, outputChannels: 3, ...WIDTHS, norm, dropout: false } as const,
  { kind: 'unet', ...G, levels: 7, norm } as const,
  { kind: 'unet', ...G, levels: 8, norm, dropout: true } as const,
  { kind: 'patch', ...D, layers: 3, norm } as const,
  { kind: 'patch', ...D, layers: 1, norm } as const,
  { kind: 'pixel', ...D, norm } as const,
]);

describe('referenceNames', () => {
  it.each(SPECS)('is one to one for %o', (spec) => {
    const pairs = referenceNames(spec);
    expect(new Set(pairs.map((pair) => pair.ours)).size).toBe(pairs.length);
    expect(new Set(pairs.map((pair) => pair.theirs)).size).toBe(pairs.length);
  });

  it.each(SPECS)('goes both ways for %o', (spec) => {
    const stateDict = Object.fromEntries(referenceNames(spec).map((pair, index) => [pair.theirs, f32([], [index])]));
    expect(toReference(spec, fromReference(spec, stateDict))).toEqual(stateDict);
  });

  it('follows the layout of the ResNet generator', () => {
    const spec = { kind: 'resnet', ...G, blocks: 9, norm: 'batch' } as const;
    expect(theirs(spec, 'stem/norm/scale')).toBe('model.2.weight');
    expect(theirs(spec, 'down1/conv/weight')).toBe('model.7.weight');
    expect(theirs(spec, 'block8/norm1/variance')).toBe('model.18.conv_block.6.running_var');
    expect(theirs(spec, 'up1/norm/offset')).toBe('model.23.bias');
    expect(theirs(spec, 'head/conv/bias')).toBe('model.26.bias');
    expect(theirs(spec, 'stem/conv/bias')).toBeUndefined();
    expect(theirs({ ...spec, dropout: true }, 'block0/conv1/weight')).toBe('model.10.conv_block.6.weight');
  });

  it('follows the layout of the mobile ResNet generator', () => {
    const spec = { kind: 'mobile-resnet', inputChannels: 3, outputChannels: 3, ...WIDTHS, norm: 'batch', dropout: false } as const;
    expect(theirs(spec, 'block0/conv0/depthwise/weight')).toBe('model.10.conv_block.1.conv.0.weight');
    expect(theirs(spec, 'block1/conv1/norm/scale')).toBe('model.11.conv_block.6.conv.1.weight');
    expect(theirs(spec, 'block1/conv1/pointwise/weight')).toBe('model.11.conv_block.6.conv.2.weight');
    expect(theirs(spec, 'block1/norm1/mean')).toBe('model.11.conv_block.7.running_mean');
    expect(theirs(spec, 'head/conv/bias')).toBe('model.19.bias');
  });

  it('follows the layout of the U-Net', () => {
    const spec = { kind: 'unet', ...G, levels: 5, norm: 'batch' } as const;
    expect(theirs(spec, 'down0/conv/weight')).toBe('model.model.0.weight');
    expect(theirs(spec, 'up0/conv/bias')).toBe('model.model.3.bias');
    expect(theirs(spec, 'down1/norm/mean')).toBe('model.model.1.model.2.running_mean');
    expect(theirs(spec, 'up4/norm/scale')).toBe('model.model.1.model.3.model.3.model.3.model.4.weight');
    expect(theirs(spec, 'down4/norm/scale')).toBeUndefined();
  });

  it('follows the layout of the discriminators', () => {
    const patch = { kind: 'patch', ...D, layers: 5, norm: 'none' } as const;
    expect(theirs(patch, 'layer5/conv/weight')).toBe('model.14.weight');
    expect(theirs(patch, 'layer5/conv/bias')).toBeUndefined();
    expect(theirs(patch, 'head/conv/bias')).toBe('model.17.bias');
    const pixel = { kind: 'pixel', ...D, norm: 'batch' } as const;
    expect(referenceNames(pixel).map((pair) => pair.theirs)).toEqual([
      'net.0.weight',
      'net.0.bias',
      'net.2.weight',
      'net.3.weight',
      'net.3.bias',
      'net.3.running_mean',
      'net.3.running_var',
      'net.5.weight',
    ]);
  });
});

describe('fromReference', () => {
  const spec = { kind: 'pixel', ...D, norm: 'batch' } as const;
  const stateDict = Object.fromEntries(referenceNames(spec).map((pair) => [pair.theirs, f32([], [1])]));

  it('ignores the counter of batches and nothing else', () => {
    expect(fromReference(spec, { ...stateDict, 'net.3.num_batches_tracked': f32([], [1]) })).toEqual(fromReference(spec, stateDict));
    expect(() => fromReference(spec, { ...stateDict, 'net.7.weight': f32([], [1]) })).toThrow(
      "Tensor 'net.7.weight' does not belong to a pixel network (batch norm)",
    );
  });

  it('names what is missing', () => {
    const { 'net.5.weight': _, ...rest } = stateDict;
    expect(() => fromReference(spec, rest)).toThrow("Tensor 'net.5.weight' of a pixel network (batch norm) is missing");
  });

  it('leaves running statistics out of gradients', () => {
    const { 'net.3.running_mean': _mean, 'net.3.running_var': _variance, ...gradients } = stateDict;
    expect(Object.keys(fromReference(spec, gradients, { trainableOnly: true }))).not.toContain('layer1/norm/mean');
    expect(() => fromReference(spec, gradients)).toThrow('is missing');
  });
});
