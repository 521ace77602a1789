/**
 * FCN-8s (Long, Shelhamer and Darrell 2015, "Fully Convolutional Networks for Semantic Segmentation"), the network behind the paper's FCN score: the
 * layers of VGG16 with its fully connected ones as convolutions, and class scores of three depths, enlarged and added up. Knows nothing of losses.
 */
import type { Tensor, Trace } from '../graph/graph.ts';
import { BILINEAR } from '../nn/initializers.ts';
import { convolution, dropout, type LayerContext, norm } from '../nn/layers.ts';
import { Scope } from '../nn/scope.ts';
import { add, conv2dInputGrad, convGeometry, maxPool, relu } from '../ops.ts';
import { formatShape } from '../tensor.ts';
import { ModelError, type NormKind } from './specs.ts';

/** An FCN-8s: pictures N x C x H x W to scores N x classes x H x W, H and W multiples of 32. */
export interface FcnSpec {
  readonly kind: 'fcn8s';
  readonly inputChannels: number;
  readonly classes: number;
  /** The published numbers of channels (64 to 512, and 4096) are multiplied by this, and rounded. */
  readonly widthMultiplier: number;
  /** Behind the convolutions of VGG16, which have none as published: `none`. Trained from nothing, `batch` learns much faster. */
  readonly norm: NormKind;
  /** Drop half of the two widest layers, as published. */
  readonly dropout: boolean;
}

/** What heights and widths of pictures are multiples of: five poolings halve them. */
export const FCN_MULTIPLE = 32;

/** What the names of an FCN's variables begin with. */
export const FCN_NAME = 'fcn';

/** VGG16 before its fully connected layers; a pooling follows each block. */
const BLOCKS = [
  { filters: 64, convolutions: 2 },
  { filters: 128, convolutions: 2 },
  { filters: 256, convolutions: 3 },
  { filters: 512, convolutions: 3 },
  { filters: 512, convolutions: 3 },
] as const;

const CONNECTED = 4096;
const HALVING = { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;

/** An FCN in a trace: apply it to pictures, reach its variables through `scope`; throws ModelError for a spec that describes none. */
export function fcn8s(trace: Trace, spec: FcnSpec, context: LayerContext): { readonly scope: Scope; apply(x: Tensor): Tensor } {
  checkSpec(spec);
  const scope = new Scope(trace, FCN_NAME);
  return { scope, apply: (x) => trace.scoped(FCN_NAME, () => scores(scope, x, spec, context)) };
}

/**
 * Unlike the published network, whose 100 pixels of padding are cut off again, every layer keeps its extents (fc6 pads by 3), so that the three scores
 * lie on each other without crops. The weights that enlarge start as bilinear interpolation and are learnt.
 */
function scores(scope: Scope, x: Tensor, spec: FcnSpec, context: LayerContext): Tensor {
  checkPictures(x, spec);
  const [, , pool3, pool4, pool5] = pooledBlocks(scope, x, spec, context) as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const connected = (name: string, y: Tensor, kernel: number) =>
    scope.within(name, (at) => {
      const options = { filters: channelsOf(spec, CONNECTED), kernel, padding: (kernel - 1) / 2, bias: true };
      const h = relu(convolution(at, y, options, context));
      return spec.dropout ? dropout(at, h, context) : h;
    });
  const score = (name: string, y: Tensor) =>
    scope.within(`score-${name}`, (at) => convolution(at, y, { filters: spec.classes, kernel: 1, bias: true }, context));
  const enlarged = (name: string, y: Tensor, factor: number) => scope.within(`enlarge-${name}`, (at) => enlarge(at, y, factor));

  const fc7 = connected('fc7', connected('fc6', pool5, 7), 1);
  const with4 = add(enlarged('fc7', score('fc7', fc7), 2), score('pool4', pool4));
  const with3 = add(enlarged('pool4', with4, 2), score('pool3', pool3));
  return enlarged('pool3', with3, 8);
}

/** What comes out of each of VGG16's five poolings. */
function pooledBlocks(scope: Scope, x: Tensor, spec: FcnSpec, context: LayerContext): readonly Tensor[] {
  let h = x;
  return BLOCKS.map(({ filters, convolutions }, block) => {
    const options = { filters: channelsOf(spec, filters), kernel: 3, padding: 1, bias: spec.norm !== 'batch' };
    for (let layer = 0; layer < convolutions; layer++) {
      h = scope.within(`conv${block + 1}-${layer + 1}`, (at) =>
        relu(norm(at.child('norm'), convolution(at.child('conv'), h, options, context), spec.norm, context)),
      );
    }
    h = maxPool(h, HALVING);
    return h;
  });
}

/** A transposed convolution that multiplies heights and widths; variable `weight` (C,C,2F,2F). */
function enlarge(scope: Scope, x: Tensor, factor: number): Tensor {
  const [, channels = 0, height = 0, width = 0] = x.shape;
  const weight = scope.variable('weight', [channels, channels, 2 * factor, 2 * factor], BILINEAR);
  return conv2dInputGrad(x, weight, { ...convGeometry(factor, factor / 2), inputSize: [factor * height, factor * width] });
}

function channelsOf({ widthMultiplier }: FcnSpec, published: number): number {
  return Math.max(1, Math.round(widthMultiplier * published));
}

function checkSpec({ classes, widthMultiplier }: FcnSpec): void {
  if (!Number.isInteger(classes) || classes < 2)
    throw new ModelError(`${FCN_NAME}: classes must be a whole number of at least 2, got ${classes}.`);
  if (!(widthMultiplier > 0 && widthMultiplier < Number.POSITIVE_INFINITY))
    throw new ModelError(`${FCN_NAME}: widthMultiplier must be a number above 0, got ${widthMultiplier}.`);
}

function checkPictures({ shape: [, channels = 0, height = 0, width = 0] }: Tensor, { inputChannels }: FcnSpec): void {
  if (channels !== inputChannels) throw new ModelError(`${FCN_NAME} takes pictures of ${inputChannels} channels, got ${channels}.`);
  if (height % FCN_MULTIPLE === 0 && width % FCN_MULTIPLE === 0) return;
  throw new ModelError(`an FCN-8s takes heights and widths that are multiples of ${FCN_MULTIPLE}, got ${formatShape([height, width])}.`);
}
