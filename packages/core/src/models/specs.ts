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
export type GeneratorSpec = ResNetSpec | UNetSpec;

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
  return spec.kind === 'resnet' ? { multiple: 4, minimum: 8 } : { multiple: 2 ** spec.levels, minimum: 2 ** spec.levels };
}

/** Smallest height and width that a discriminator takes: the PatchGAN's last map is floor(extent / 2^layers) - 2 wide. */
export function discriminatorMinimum(spec: DiscriminatorSpec): number {
  return spec.kind === 'patch' ? 3 * 2 ** spec.layers : 1;
}

/** Throws ModelError naming the first setting of network `name` that is no whole number of at least 1 (0 for residual blocks). */
export function checkCounts(name: string, spec: GeneratorSpec | DiscriminatorSpec): void {
  for (const [setting, value] of Object.entries(spec)) {
    const least = setting === 'blocks' ? 0 : 1;
    if (typeof value !== 'number' || (Number.isInteger(value) && value >= least)) continue;
    throw new ModelError(`${name}: ${setting} must be a whole number of at least ${least}, got ${value}.`);
  }
}

/** Whether the convolutions in front of a norm layer carry a bias, as in the reference: with instance norm alone. */
export function innerBias(norm: NormKind): boolean {
  return norm === 'instance';
}

/** Channels of the U-Net's encoder at `level` (0 outermost): filters times 1, 2, 4, 8, 8, 8 ... */
export function unetChannels(spec: UNetSpec, level: number): number {
  return spec.filters * Math.min(8, 2 ** level);
}

/** Channels of the PatchGAN's `layer` (0 first): filters times 1, 2, 4, 8, 8 ... */
export function patchChannels(spec: PatchSpec, layer: number): number {
  return spec.filters * Math.min(8, 2 ** layer);
}
