/** The ResNet generator of Johnson et al. as the paper uses it (appendix 7.2), and its variant for small machines. */
import type { Tensor } from '../graph/graph.ts';
import { convolution, dropout, type LayerContext, norm, separableConvolution, upConvolution } from '../nn/layers.ts';
import type { Scope } from '../nn/scope.ts';
import { add, max, min, reflectPad, relu, tanh } from '../ops.ts';
import { formatShape } from '../tensor.ts';
import { generatorExtents, innerBias, type MobileResNetSpec, ModelError, type ResNetSpec, resnetWidths } from './specs.ts';

/** Translates pictures N x C x H x W in [-1, 1]; throws ModelError unless H and W are multiples of 4 and at least 8. */
export function resnetGenerator(scope: Scope, x: Tensor, spec: ResNetSpec | MobileResNetSpec, context: LayerContext): Tensor {
  checkExtents(x, spec);
  const { norm: kind } = spec;
  const { downWidths, blockWidths, upWidths } = resnetWidths(spec);
  const [stem, ...halvings] = downWidths;
  const bias = innerBias(kind);
  const activate = (at: Scope, y: Tensor) => relu(norm(at.child('norm'), y, kind, context));

  const picture = spec.kind === 'mobile-resnet' ? max(min(x, 1), -1) : x;
  let h = scope.within('stem', (at) =>
    activate(at, convolution(at.child('conv'), reflectPad(picture, 3), { filters: stem, kernel: 7, bias }, context)),
  );
  for (const [level, filters] of halvings.entries()) {
    const options = { filters, kernel: 3, stride: 2, padding: 1, bias };
    h = scope.within(`down${level}`, (at) => activate(at, convolution(at.child('conv'), h, options, context)));
  }
  for (const [block, inner] of blockWidths.entries()) {
    h = scope.within(`block${block}`, (at) => residualBlock(at, h, { spec, inner }, context));
  }
  for (const [level, filters] of upWidths.entries()) {
    h = scope.within(`up${level}`, (at) => activate(at, upConvolution(at.child('conv'), h, { filters, kernel: 3, bias }, context)));
  }
  const head = { filters: spec.outputChannels, kernel: 7, bias: true };
  return scope.within('head', (at) => tanh(convolution(at.child('conv'), reflectPad(h, 3), head, context)));
}

function checkExtents({ shape: [, , height = 0, width = 0] }: Tensor, spec: ResNetSpec | MobileResNetSpec): void {
  const { multiple, minimum } = generatorExtents(spec);
  if (height % multiple === 0 && width % multiple === 0 && Math.min(height, width) >= minimum) return;
  throw new ModelError(
    `the ResNet generator takes heights and widths that are multiples of ${multiple} and at least ${minimum}, got ${formatShape([height, width])}.`,
  );
}

/** What a residual block is like: `inner` channels between its convolutions. */
interface BlockShape {
  readonly spec: ResNetSpec | MobileResNetSpec;
  readonly inner: number;
}

/** x + norm(conv(relu(norm(conv(x))))), both convolutions 3x3 on reflection padding. */
function residualBlock(scope: Scope, x: Tensor, { spec, inner }: BlockShape, context: LayerContext): Tensor {
  const [convolve, bias] = [spec.kind === 'mobile-resnet' ? separableConvolution : convolution, innerBias(spec.norm)];
  const half = (k: number, input: Tensor, filters: number) => {
    const options = { filters, kernel: 3, bias, norm: spec.norm };
    return norm(scope.child(`norm${k}`), convolve(scope.child(`conv${k}`), reflectPad(input, 1), options, context), spec.norm, context);
  };
  const hidden = relu(half(0, x, inner));
  return add(x, half(1, spec.dropout ? dropout(scope, hidden, context) : hidden, x.shape[1] ?? 0));
}
