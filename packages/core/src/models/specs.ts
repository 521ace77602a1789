/** What a network looks like, as data: the settings from which generators and discriminators are built and their weights named. */

/** A network does not fit its input or settings; the message names the setting and the remedy. */
export class ModelError extends Error {
  override name = 'ModelError';
}

/** Normalisation after a convolution: instance norm without affine parameters, batch norm with them and running statistics, or none. */
export type NormKind = 'instance' | 'batch' | 'none';

/** ResNet generator (paper, appendix 7.2: c7s1-k, d2k, d4k, R4k x blocks, u2k, uk, c7s1-3 with k = filters). Heights and widths are multiples of 4. */
export interface ResNetSpec {
  readonly kind: 'resnet';
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly filters: number;
  readonly blocks: number;
  readonly norm: NormKind;
  readonly dropout: boolean;
}

/**
 * ResNet generator for small machines (Li et al. 2020, "GAN Compression", section 3.2): the residual blocks are depthwise separable
 * convolutions, each layer has a width of its own, and inputs are clamped to [-1, 1]. Heights and widths are multiples of 4.
 */
export interface MobileResNetSpec {
  readonly kind: 'mobile-resnet';
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Channels behind the stem and behind each of the two halvings. */
  readonly downWidths: readonly [number, number, number];
  /** Channels between the two convolutions of each residual block. */
  readonly blockWidths: readonly number[];
  /** Channels behind each of the two doublings. */
  readonly upWidths: readonly [number, number];
  readonly norm: NormKind;
  readonly dropout: boolean;
}

/** U-Net generator with skip connections; `levels` halvings (7 is the reference's unet_128, 8 its unet_256), heights and widths multiples of 2^levels. */
export interface UNetSpec {
  readonly kind: 'unet';
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly filters: number;
  readonly levels: number;
  readonly norm: NormKind;
  readonly dropout: boolean;
}

/** A generator: pictures in [-1, 1] to pictures in [-1, 1], of the same height and width. */
export type GeneratorSpec = ResNetSpec | MobileResNetSpec | UNetSpec;

/** PatchGAN: one logit per overlapping patch; 3 layers see 70x70 (paper, section 4). */
export interface PatchSpec {
  readonly kind: 'patch';
  readonly inputChannels: number;
  readonly filters: number;
  readonly layers: number;
  readonly norm: NormKind;
}

/** Pixel discriminator: 1x1 convolutions, one logit per pixel. */
export interface PixelSpec {
  readonly kind: 'pixel';
  readonly inputChannels: number;
  readonly filters: number;
  readonly norm: NormKind;
}

/** A discriminator: pictures to a map of logits. */
export type DiscriminatorSpec = PatchSpec | PixelSpec;

/** Heights and widths that a generator takes: multiples of `multiple`, at least `minimum`. */
export function generatorExtents(spec: GeneratorSpec): { readonly multiple: number; readonly minimum: number } {
  return spec.kind === 'unet' ? { multiple: 2 ** spec.levels, minimum: 2 ** spec.levels } : { multiple: 4, minimum: 8 };
}

/** Smallest height and width that a discriminator takes: the PatchGAN's last map is floor(extent / 2^layers) - 2 wide. */
export function discriminatorMinimum(spec: DiscriminatorSpec): number {
  return spec.kind === 'patch' ? 3 * 2 ** spec.layers : 1;
}

/** Throws ModelError naming the first setting of network `name` that is no whole number of at least 1 (0 for residual blocks). */
export function checkCounts(name: string, spec: GeneratorSpec | DiscriminatorSpec): void {
  for (const [setting, value] of Object.entries(spec)) {
    const least = setting === 'blocks' ? 0 : 1;
    for (const count of [value].flat()) {
      if (typeof count !== 'number' || (Number.isInteger(count) && count >= least)) continue;
      throw new ModelError(`${name}: ${setting} must be a whole number of at least ${least}, got ${count}.`);
    }
  }
}

/** Whether the convolutions in front of a norm layer carry a bias, as in the reference: with instance norm alone. */
export function innerBias(norm: NormKind): boolean {
  return norm === 'instance';
}

/** Channels behind the layers of a ResNet generator: the stem and two halvings, inside each residual block, and the two doublings. */
export function resnetWidths(spec: ResNetSpec | MobileResNetSpec): Pick<MobileResNetSpec, 'downWidths' | 'blockWidths' | 'upWidths'> {
  if (spec.kind === 'mobile-resnet') return spec;
  const { filters, blocks } = spec;
  return {
    downWidths: [filters, 2 * filters, 4 * filters],
    blockWidths: Array.from({ length: blocks }, () => 4 * filters),
    upWidths: [2 * filters, filters],
  };
}

/** Channels of a generator's first layer, which its memory at full size grows with. */
export function firstWidth(spec: GeneratorSpec): number {
  return spec.kind === 'mobile-resnet' ? spec.downWidths[0] : spec.filters;
}

/** Channels of the U-Net's encoder at `level` (0 outermost): filters times 1, 2, 4, 8, 8, 8 ... */
export function unetChannels(spec: UNetSpec, level: number): number {
  return spec.filters * Math.min(8, 2 ** level);
}

/** Channels of the PatchGAN's `layer` (0 first): filters times 1, 2, 4, 8, 8 ... */
export function patchChannels(spec: PatchSpec, layer: number): number {
  return spec.filters * Math.min(8, 2 ** layer);
}
