/**
 * The one table between our variable names and the names of the reference implementation (the state_dict of
 * pytorch-CycleGAN-and-pix2pix), both ways. Its names are indexes into nn.Sequential, so they follow from the model's
 * settings; nothing outside this package may know them.
 */
import {
  type DiscriminatorSpec,
  type GeneratorSpec,
  type HostTensor,
  innerBias,
  type MobileResNetSpec,
  type NormKind,
  type PatchSpec,
  type PixelSpec,
  type ResNetSpec,
  resnetWidths,
  type TensorRecord,
  type UNetSpec,
} from '@cyclegan/core';
import { FormatError } from './errors.ts';

/**
 * The networks' names. We name a discriminator for the domain whose images it judges; the reference names it for the
 * generator it opposes. So our discB, which judges images of domain B, is its D_A.
 */
export const REFERENCE_NETS = {
  cyclegan: { genAB: 'G_A', genBA: 'G_B', discB: 'D_A', discA: 'D_B' },
  pix2pix: { genAB: 'G', discB: 'D' },
} as const;

/** Index of the first residual block in a ResNet generator's Sequential, behind the stem and two halvings. */
export const FIRST_BLOCK = 10;

/** One parameter or running statistic, by its path inside a network. */
export interface NamePair {
  /** For example `stem/conv/weight`. */
  readonly ours: string;
  /** For example `model.1.weight`. */
  readonly theirs: string;
  /** False for running statistics, which have neither gradient nor moments. */
  readonly trainable: boolean;
}

/** Every name of a network, ours beside the reference's: weights, biases and, with batch norm, its four vectors. */
export function referenceNames(spec: GeneratorSpec | DiscriminatorSpec): NamePair[] {
  switch (spec.kind) {
    case 'resnet':
    case 'mobile-resnet':
      return resnetNames(spec);
    case 'unet':
      return unetNames(spec);
    case 'patch':
      return patchNames(spec);
    case 'pixel':
      return pixelNames(spec);
  }
}

/**
 * A network's tensors under our names, from a state_dict of the reference; `trainableOnly` for its gradients or moments.
 * Its counter `num_batches_tracked` is ignored; throws FormatError naming the tensor when another is missing or left over.
 */
export function fromReference(
  spec: GeneratorSpec | DiscriminatorSpec,
  stateDict: TensorRecord,
  { trainableOnly = false }: { readonly trainableOnly?: boolean } = {},
): TensorRecord {
  const pairs = referenceNames(spec).filter(({ trainable }) => trainable || !trainableOnly);
  const used = Object.entries(stateDict).filter(([name]) => !name.endsWith('.num_batches_tracked'));
  const renamed = rename(
    new Map(used),
    pairs.map(({ ours, theirs }) => [theirs, ours]),
    spec,
  );
  return Object.fromEntries(renamed);
}

/** The inverse of fromReference: a network's tensors under the reference's names; throws FormatError naming a tensor that is missing or left over. */
export function toReference(spec: GeneratorSpec | DiscriminatorSpec, weights: TensorRecord): TensorRecord {
  const names = referenceNames(spec).map(({ ours, theirs }): [string, string] => [ours, theirs]);
  return Object.fromEntries(rename(new Map(Object.entries(weights)), names, spec));
}

function rename(
  tensors: ReadonlyMap<string, HostTensor>,
  names: readonly [from: string, to: string][],
  spec: GeneratorSpec | DiscriminatorSpec,
): [string, HostTensor][] {
  const known = new Set(names.map(([from]) => from));
  const extra = [...tensors.keys()].find((name) => !known.has(name));
  if (extra !== undefined)
    throw new FormatError(`Tensor '${extra}' does not belong to ${describeSpec(spec)}: do its settings match the file?`);
  return names.map(([from, to]) => {
    const tensor = tensors.get(from);
    if (!tensor) throw new FormatError(`Tensor '${from}' of ${describeSpec(spec)} is missing: do its settings match the file?`);
    return [to, tensor];
  });
}

function describeSpec(spec: GeneratorSpec | DiscriminatorSpec): string {
  const sizes = Object.entries(spec).filter(([key]) => ['blocks', 'levels', 'layers'].includes(key));
  const size = sizes.map(([key, value]) => `${value} ${key}, `).join('');
  return `a ${spec.kind} network (${size}${spec.norm} norm)`;
}

/** [pad, conv, norm, relu], 2 x [conv, norm, relu], the blocks, 2 x [transposed conv, norm, relu], [pad, conv, tanh]. */
function resnetNames(spec: ResNetSpec | MobileResNetSpec): NamePair[] {
  const blocks = resnetWidths(spec).blockWidths.length;
  const firstUp = FIRST_BLOCK + blocks;
  return [
    ...layer('stem', 'model', 1, spec.norm),
    ...[0, 1].flatMap((down) => layer(`down${down}`, 'model', 4 + 3 * down, spec.norm)),
    ...count(blocks).flatMap((block) => blockNames(spec, `block${block}`, `model.${FIRST_BLOCK + block}.conv_block`)),
    ...[0, 1].flatMap((up) => layer(`up${up}`, 'model', firstUp + 3 * up, spec.norm)),
    ...conv('head/conv', `model.${firstUp + 7}`, true),
  ];
}

/** [pad, conv, norm, relu, (dropout), pad, conv, norm]; a mobile block always has the dropout, if only of nothing. */
function blockNames(spec: ResNetSpec | MobileResNetSpec, ours: string, theirs: string): NamePair[] {
  const mobile = spec.kind === 'mobile-resnet';
  const convolution = mobile ? separable : conv;
  return [1, spec.dropout || mobile ? 6 : 5].flatMap((index, half) => [
    ...convolution(`${ours}/conv${half}`, `${theirs}.${index}`, innerBias(spec.norm), spec.norm),
    ...norm(`${ours}/norm${half}`, `${theirs}.${index + 1}`, spec.norm),
  ]);
}

/** [depthwise conv, norm, 1x1 conv], in a Sequential called conv. */
function separable(ours: string, theirs: string, bias: boolean, kind: NormKind): NamePair[] {
  return [
    ...conv(`${ours}/depthwise`, `${theirs}.conv.0`, bias),
    ...norm(`${ours}/norm`, `${theirs}.conv.1`, kind),
    ...conv(`${ours}/pointwise`, `${theirs}.conv.2`, bias),
  ];
}

/**
 * Each level contains the next: the outermost is [conv, level 1, relu, transposed conv, tanh], those inside
 * [relu, conv, norm, next level, relu, transposed conv, norm], the innermost [relu, conv, relu, transposed conv, norm].
 */
function unetNames(spec: UNetSpec): NamePair[] {
  const bias = innerBias(spec.norm);
  const innermost = spec.levels - 1;
  return count(spec.levels).flatMap((level) => {
    if (level === 0) return [...conv('down0/conv', 'model.model.0', bias), ...conv('up0/conv', 'model.model.3', true)];
    const theirs = `model.model.1.model${'.3.model'.repeat(level - 1)}`;
    const inner = level === innermost;
    return [
      ...conv(`down${level}/conv`, `${theirs}.1`, bias),
      ...(inner ? [] : norm(`down${level}/norm`, `${theirs}.2`, spec.norm)),
      ...layer(`up${level}`, theirs, inner ? 3 : 5, spec.norm),
    ];
  });
}

/** [conv, lrelu], layers x [conv, norm, lrelu], [conv]. */
function patchNames(spec: PatchSpec): NamePair[] {
  return [
    ...conv('layer0/conv', 'model.0', true),
    ...count(spec.layers).flatMap((index) => layer(`layer${index + 1}`, 'model', 2 + 3 * index, spec.norm)),
    ...conv('head/conv', `model.${2 + 3 * spec.layers}`, true),
  ];
}

/** [conv, lrelu, conv, norm, lrelu, conv]. */
function pixelNames(spec: PixelSpec): NamePair[] {
  return [
    ...conv('layer0/conv', 'net.0', true),
    ...layer('layer1', 'net', 2, spec.norm),
    ...conv('head/conv', 'net.5', innerBias(spec.norm)),
  ];
}

/** A convolution at `index` of a Sequential and the norm behind it. */
function layer(ours: string, theirs: string, index: number, kind: NormKind): NamePair[] {
  return [...conv(`${ours}/conv`, `${theirs}.${index}`, innerBias(kind)), ...norm(`${ours}/norm`, `${theirs}.${index + 1}`, kind)];
}

function conv(ours: string, theirs: string, bias: boolean): NamePair[] {
  const parts = bias ? ['weight', 'bias'] : ['weight'];
  return parts.map((part) => ({ ours: `${ours}/${part}`, theirs: `${theirs}.${part}`, trainable: true }));
}

/** Only batch norm has tensors; the others keep the index and nothing else. */
function norm(ours: string, theirs: string, kind: NormKind): NamePair[] {
  if (kind !== 'batch') return [];
  return [
    { ours: `${ours}/scale`, theirs: `${theirs}.weight`, trainable: true },
    { ours: `${ours}/offset`, theirs: `${theirs}.bias`, trainable: true },
    { ours: `${ours}/mean`, theirs: `${theirs}.running_mean`, trainable: false },
    { ours: `${ours}/variance`, theirs: `${theirs}.running_var`, trainable: false },
  ];
}

function count(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
