/** Discriminators: the PatchGAN of the paper (appendix 7.2) and the pixel discriminator of the reference. */
import type { Tensor } from '../graph/graph.ts';
import { convolution, type LayerContext, norm } from '../nn/layers.ts';
import type { Scope } from '../nn/scope.ts';
import { leakyRelu } from '../ops.ts';
import { formatShape } from '../tensor.ts';
import {
  type DiscriminatorSpec,
  discriminatorMinimum,
  innerBias,
  ModelError,
  type PatchSpec,
  type PixelSpec,
  patchChannels,
} from './specs.ts';

const SLOPE = 0.2;

/** Kernel, padding and stride of a layer of the PatchGAN; the head follows the last. */
function patchGeometry({ layers }: PatchSpec, layer: number) {
  return { kernel: 4, padding: 1, stride: layer < layers ? 2 : 1 };
}

/** Which pixels each value of a discriminator's map depends on, along one axis, normalisation aside. */
export interface ReceptiveField {
  /** Extent of a patch in pixels: 70 with three layers. */
  readonly size: number;
  /** Pixels from one patch to the next. */
  readonly stride: number;
  /** From the centre of the first pixel to that of the first patch, part of which may lie outside the picture. */
  readonly start: number;
}

/** The patches that a discriminator judges. */
export function receptiveField(spec: DiscriminatorSpec): ReceptiveField {
  let field: ReceptiveField = { size: 1, stride: 1, start: 0 };
  if (spec.kind === 'pixel') return field;
  for (let layer = 0; layer <= spec.layers + 1; layer++) {
    const { kernel, padding, stride } = patchGeometry(spec, layer);
    const reach = (kernel - 1) * field.stride;
    field = { size: field.size + reach, stride: stride * field.stride, start: field.start + reach / 2 - padding * field.stride };
  }
  return field;
}

/**
 * One logit for each patch of N x C x H x W; no norm in the first layer, stride 2 in all but the last two.
 * Throws ModelError when a picture is smaller than one patch needs.
 */
export function patchDiscriminator(scope: Scope, x: Tensor, spec: PatchSpec, context: LayerContext): Tensor {
  const [, , height = 0, width = 0] = x.shape;
  const minimum = discriminatorMinimum(spec);
  if (Math.min(height, width) < minimum) {
    throw new ModelError(
      `a PatchGAN of ${spec.layers} layers takes heights and widths of at least ${minimum}, got ${formatShape([height, width])}; give it fewer layers.`,
    );
  }
  let h = x;
  for (let layer = 0; layer <= spec.layers; layer++) {
    const first = layer === 0;
    const options = {
      ...patchGeometry(spec, layer),
      filters: patchChannels(spec, layer),
      bias: first || innerBias(spec.norm),
    };
    h = scope.within(`layer${layer}`, (at) => {
      const y = convolution(at.child('conv'), h, options, context);
      return leakyRelu(first ? y : norm(at.child('norm'), y, spec.norm, context), SLOPE);
    });
  }
  const head = { ...patchGeometry(spec, spec.layers + 1), filters: 1, bias: true };
  return scope.within('head', (at) => convolution(at.child('conv'), h, head, context));
}

/** One logit for each pixel of N x C x H x W, from 1x1 convolutions. */
export function pixelDiscriminator(scope: Scope, x: Tensor, { filters, norm: kind }: PixelSpec, context: LayerContext): Tensor {
  const bias = innerBias(kind);
  const first = scope.within('layer0', (at) =>
    leakyRelu(convolution(at.child('conv'), x, { filters, kernel: 1, bias: true }, context), SLOPE),
  );
  const second = scope.within('layer1', (at) => {
    const y = convolution(at.child('conv'), first, { filters: 2 * filters, kernel: 1, bias }, context);
    return leakyRelu(norm(at.child('norm'), y, kind, context), SLOPE);
  });
  return scope.within('head', (at) => convolution(at.child('conv'), second, { filters: 1, kernel: 1, bias }, context));
}
