/** The ResNet generator of Johnson et al. as the paper uses it (appendix 7.2). */
import type { Tensor } from '../graph/graph.ts';
import { convolution, dropout, type LayerContext, norm, upConvolution } from '../nn/layers.ts';
import type { Scope } from '../nn/scope.ts';
import { add, reflectPad, relu, tanh } from '../ops.ts';
import { formatShape } from '../tensor.ts';
import { generatorExtents, innerBias, ModelError, type ResNetSpec } from './specs.ts';

const DOWNSAMPLINGS = 2;

/** Translates pictures N x C x H x W in [-1, 1]; throws ModelError unless H and W are multiples of 4 and at least 8. */
export function resnetGenerator(scope: Scope, x: Tensor, spec: ResNetSpec, context: LayerContext): Tensor {
  const [, , height = 0, width = 0] = x.shape;
  const { multiple, minimum } = generatorExtents(spec);
  if (height % multiple !== 0 || width % multiple !== 0 || Math.min(height, width) < minimum) {
    throw new ModelError(
      `the ResNet generator takes heights and widths that are multiples of ${multiple} and at least ${minimum}, got ${formatShape([height, width])}.`,
    );
  }
  const { filters, norm: kind } = spec;
  const bias = innerBias(kind);
  const activate = (at: Scope, y: Tensor) => relu(norm(at.child('norm'), y, kind, context));

  let h = scope.within('stem', (at) =>
    activate(at, convolution(at.child('conv'), reflectPad(x, 3), { filters, kernel: 7, bias }, context)),
  );
  for (let level = 0; level < DOWNSAMPLINGS; level++) {
    const options = { filters: filters * 2 ** (level + 1), kernel: 3, stride: 2, padding: 1, bias };
    h = scope.within(`down${level}`, (at) => activate(at, convolution(at.child('conv'), h, options, context)));
  }
  for (let block = 0; block < spec.blocks; block++) h = scope.within(`block${block}`, (at) => residualBlock(at, h, spec, context));
  for (let level = 0; level < DOWNSAMPLINGS; level++) {
    const options = { filters: filters * 2 ** (DOWNSAMPLINGS - 1 - level), kernel: 3, bias };
    h = scope.within(`up${level}`, (at) => activate(at, upConvolution(at.child('conv'), h, options, context)));
  }
  const head = { filters: spec.outputChannels, kernel: 7, bias: true };
  return scope.within('head', (at) => tanh(convolution(at.child('conv'), reflectPad(h, 3), head, context)));
}

/** x + norm(conv(relu(norm(conv(x))))), both convolutions 3x3 on reflection padding. */
function residualBlock(scope: Scope, x: Tensor, spec: ResNetSpec, context: LayerContext): Tensor {
  const options = { filters: x.shape[1] ?? 0, kernel: 3, bias: innerBias(spec.norm) };
  const half = (k: number, input: Tensor) =>
    norm(scope.child(`norm${k}`), convolution(scope.child(`conv${k}`), reflectPad(input, 1), options, context), spec.norm, context);
  const inner = relu(half(0, x));
  return add(x, half(1, spec.dropout ? dropout(scope, inner, context) : inner));
}
